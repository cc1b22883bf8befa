"""Who may do what on the server: the `auth` of langgraph.json.

Threads, runs and crons belong to the key that made them; other keys do not see them. Every caller
may read the assistants that come with the server.
"""

import os
from collections.abc import Mapping
from typing import Any

from langgraph_sdk import Auth

from graph.server.keys import MISSING, caller_of, keys_of
from graph.server.policy import refused_input, refused_settings

auth = Auth()


@auth.authenticate
async def authenticate(headers: dict[Any, Any]) -> Auth.types.MinimalUserDict:
    """Return the caller whose key is in the headers; refuse all others with 401.

    LangGraph's server gives headers as bytes, Aegra as text.
    """
    key = headers.get(b"x-api-key") or headers.get("x-api-key") or ""
    text = key.decode("latin-1") if isinstance(key, bytes) else key
    caller = caller_of(text, keys_of(os.environ))
    if caller is None:
        raise Auth.exceptions.HTTPException(status_code=401, detail=MISSING)
    return {"identity": caller}


@auth.on
async def own(ctx: Auth.types.AuthContext, value: dict[str, Any]) -> dict[str, Any]:
    """Mark what is made as the caller's; show and change nothing but the caller's own."""
    owner = {"owner": ctx.user.identity}
    if ctx.action in {"create", "update", "create_run"}:
        if value.get("metadata") is None:  # as Aegra may say
            value["metadata"] = {}
        value["metadata"].pop("created_by", None)  # the server's own mark
        value["metadata"].update(owner)  # in place: the server keeps this very dict, empty or not
    return owner


@auth.on.threads.create_run
async def run(ctx: Auth.types.AuthContext, value: Any) -> dict[str, Any]:  # noqa: ANN401 - the SDK's type leaves out what is checked
    """Refuse unknown fields of input and context, which the server would drop without a word."""
    given = value.get("kwargs", {})
    _refuse(refused_input(given.get("input")) or _refused_context(given))
    return await own(ctx, value)


@auth.on(resources="assistants", actions=["create", "update"])
async def assistant(ctx: Auth.types.AuthContext, value: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Refuse unknown fields of the context that an assistant brings to its runs."""
    _refuse(_refused_context(value))
    return await own(ctx, value)


@auth.on(resources="assistants", actions=["read", "search"])
async def assistants(ctx: Auth.types.AuthContext, value: Any) -> dict[str, Any]:  # noqa: ANN401, ARG001 - as above
    """Show the caller's own assistants and the server's."""
    return {"$or": [{"owner": ctx.user.identity}, {"created_by": "system"}]}


@auth.on.store
async def store(ctx: Auth.types.AuthContext, value: Any) -> bool:  # noqa: ANN401, ARG001 - as above
    """Refuse the store: nothing here uses it, and it knows no owners."""
    return False


def _refuse(problem: str | None) -> None:
    if problem:
        raise Auth.exceptions.HTTPException(status_code=422, detail=problem)


def _refused_context(given: Mapping[str, Any]) -> str | None:
    return refused_settings(_without_own(given.get("context") or {}))


def _without_own(context: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what the server itself mirrors into a context."""
    own_names = {"thread_id", "checkpoint_id", "checkpoint_ns", "graph_id", "assistant_id"}
    return {
        name: value
        for name, value in context.items()
        if name not in own_names and not name.startswith(("__", "langgraph_"))
    }
