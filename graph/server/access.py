"""Who may do what on the server: the `auth` of langgraph.json.

Threads, runs and crons belong to the key that made them; other keys do not see them. Every caller
may read the assistants that come with the server.
"""

import os
from collections.abc import Mapping
from typing import Any

from langgraph_sdk import Auth

from graph.server.going_on import refused_going_on
from graph.server.keys import MISSING, caller_of, keys_of
from graph.server.policy import refused_input, refused_settings
from graph.server.shared import keep_listed

auth = Auth()

OWN_NAMES = {
    "assistant_id",
    "checkpoint_id",
    "checkpoint_map",
    "checkpoint_ns",
    "cron_id",
    "graph_id",
    "run_id",
    "thread_id",
    "user_id",
}
"""What the server itself writes into a context or a configuration."""

NO_WEBHOOKS = "webhook: this server calls no caller's address; wait for the run, or join its stream"
LOSES_RECORDS = (
    "a run without a thread is deleted at its end, with the records that were paid for: create a "
    "thread, or send on_completion: keep"
)
CRON_LOSES_RECORDS = (
    "each run of this cron would be deleted at its end, with the records that were paid for: send "
    "on_run_completed: keep"
)


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


@auth.on(resources="threads", actions=["create", "update"])
async def thread(ctx: Auth.types.AuthContext, value: Any) -> dict[str, Any]:  # noqa: ANN401 - as below
    """Keep what a caller says of a thread: the server itself forgets it when it is killed."""
    says = value.get("metadata") is not None and "action" not in value
    filters = await own(ctx, value)
    if ctx.action == "create" or says:
        await keep_listed(str(value["thread_id"]), value["metadata"])
    return filters


@auth.on.threads.create_run
async def run(ctx: Auth.types.AuthContext, value: Any) -> dict[str, Any]:  # noqa: ANN401 - the SDK's type leaves out what is checked
    """Refuse what the server would drop without a word, and what cannot be run."""
    given = value.get("kwargs", {})
    _refuse(refused_input(given.get("input")) or _refused_context(given) or _refused_ways(given))
    thread = value.get("thread_id")
    _refuse(await refused_going_on(str(thread) if thread else None, given))
    return await own(ctx, value)


@auth.on(resources="assistants", actions=["create", "update"])
async def assistant(ctx: Auth.types.AuthContext, value: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Refuse unknown fields of the context that an assistant brings to its runs."""
    _refuse(_refused_context(value))
    return await own(ctx, value)


@auth.on(resources="crons", actions=["create", "update"])
async def cron(ctx: Auth.types.AuthContext, value: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Refuse a cron whose runs would be refused, or whose records would be deleted."""
    given = value.get("payload") or {}
    _refuse(refused_input(given.get("input")) or _refused_context(given) or _refused_ways(given))
    usual = "delete" if ctx.action == "create" and not value.get("thread_id") else "keep"
    ends = value.get("on_run_completed") or given.get("on_run_completed") or usual
    _refuse(CRON_LOSES_RECORDS if ends == "delete" else None)
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
    """Return what is wrong with the settings, under either name that they may have."""
    configurable = (given.get("config") or {}).get("configurable") or {}
    settings = [_without_own(named) for named in (given.get("context") or {}, configurable)]
    return refused_settings(settings[0]) or refused_settings(settings[1])


def _refused_ways(given: Mapping[str, Any]) -> str | None:
    if given.get("webhook"):
        return NO_WEBHOOKS
    return LOSES_RECORDS if given.get("temporary") else None


def _without_own(context: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what the server itself mirrors into a context."""
    return {
        name: value
        for name, value in context.items()
        if name not in OWN_NAMES and not name.startswith(("__", "langgraph_"))
    }
