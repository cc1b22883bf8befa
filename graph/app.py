"""The graph as a server runs it: the `graph` of langgraph.json.

Every node works under the operator's policy, whatever line of the history it goes on from. A run's
settings stay with its state: a context that comes with a resume or a fork changes what it names.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from langgraph.config import get_config
from langgraph.runtime import Runtime
from pydantic import TypeAdapter, ValidationError

from errors import InputError, RunError
from graph.build import Node, wire
from graph.server.shared import Origin, shared
from graph.server.studio import Context
from nodes.named import LONGEST_WINDOW
from nodes.prepare import reopened
from nodes.questions import search_step
from nodes.settings import MOST_SUPERSTEPS, Settings
from nodes.show.emit import emit
from nodes.show.events import PhaseEvent
from nodes.state import State, Step
from problems import problem_of, problems_of
from store.tree import TaskTree

NOT_BEGUN = "nothing was explored in this thread yet: start it with an input"

KEEPS_SETTINGS = {"prepare", "select"}

MOST_PLANNED = 2 * LONGEST_WINDOW
"""Twice the longest window: an earlier, longer one may have left more calls than the present."""


class InputRefusedError(InputError, ValueError):
    """An InputError in a run's result: a server shows the text of Python's own errors alone."""


class RunStoppedError(RunError, RuntimeError):
    """A RunError in a run's result; see InputRefusedError. The run can be gone on with."""


def governed(name: str, node: Node) -> Node:
    """Return the node with the process's resources and the settings that the policy allows."""

    async def run(state: Any, runtime: Runtime[Settings]) -> Any:  # noqa: ANN401 - what the node takes and gives
        with _server_errors():
            common = await shared()
            thread = str(get_config()["configurable"].get("thread_id", ""))
            if name != "prepare":
                valid(state)
                if "head" not in state:
                    raise InputError(NOT_BEGUN)
                for head in {
                    state["head"]: None,
                    **{step["head"]: None for step in plan_of(state)},
                }:
                    await common.check_head(head, thread, state["run"])
            known = {} if name == "prepare" else state.get("settings", {})
            named = named_settings(known, runtime.context)
            settings = await common.settle(checked(named))
            if name == "prepare":
                await asyncio.to_thread(common.policy.check_domain, state.get("domain"))
            runtime = runtime.override(context=settings)
            resources = common.resources.of(thread)
            if name == "select":
                tree = (await asyncio.to_thread(resources.view, state["head"], settings)).tree
                common.policy.check_tree(len(tree), settings)
                check_plan(state, tree)
            anew = going_on(state, known, settings) if name == "select" else {}
            if anew and not state.get("edits"):
                emit(runtime, [PhaseEvent(phase=anew["phase"])])
            update = {**anew, **await node({**state, **anew}, runtime, resources=resources)}
            if name == "prepare":
                common.note_origin(update["head"], Origin(thread, update["run"]))
            elif "head" in update:
                common.note_origin(update["head"], common.origins[state["head"]])
        return {**update, "settings": named} if name in KEEPS_SETTINGS else update

    return run


_STATES: TypeAdapter[Any] = TypeAdapter(State)


def valid(state: object) -> None:
    """Raise InputError for a state that was edited and is not valid any more, naming the field."""
    try:
        _STATES.validate_python(state)
    except ValidationError as error:
        raise InputError(f"state, {problem_of(error)}") from error


def plan_of(state: State) -> list[Step]:
    """Return the calls that a state awaits, and those that it has planned after them."""
    return [*state.get("steps", []), *state.get("planned", [])]


def check_plan(state: State, tree: TaskTree) -> None:
    """Raise InputError for planned calls that no strategy would plan."""
    planned = plan_of(state)
    if len(planned) > MOST_PLANNED:
        raise InputError(f"planned: {len(planned)} calls, at most {MOST_PLANNED}: empty it")
    for part in (part for step in planned for part in search_step(step).parts):
        if part.task not in tree:
            raise InputError(f"planned: no task {part.task!r} in the tree: empty it")


def going_on(state: State, known: dict[str, Any], now: Settings) -> State:
    """Return what changes in a state from which the search has to start again; else nothing.

    A finished run that is run again goes on as its settings now allow. A run past its exploration
    explores again if its limits, or what counts as a poor round, have changed.
    """
    past = state["phase"] in {"review", "generate"} and now.kind.grows_tree
    before = checked(known) if past else now
    further = (before.limits, before.saturation) != (now.limits, now.saturation)
    return reopened(state, now) if further or state["phase"] == "finish" else {}


def named_settings(known: dict[str, Any], context: Settings | None) -> dict[str, Any]:
    """Return the settings that callers named so far; the context's replace those known.

    A breadth without a depth sets the depth, too. With a depth alone, the known breadth is kept for
    the levels there are, and its last number for those below.
    """
    new = context.model_dump(mode="json", exclude_unset=True) if context else {}
    breadth = known.get("breadth")
    if new.get("breadth") and "depth" not in new:
        new["depth"] = len(new["breadth"])
    elif new.get("depth") and "breadth" not in new and isinstance(breadth, list):
        new["breadth"] = (breadth + breadth[-1:] * new["depth"])[: new["depth"]]
    return {**known, **new}


def checked(named: dict[str, Any]) -> Settings:
    """Return the settings that are named. Raises InputError for those that cannot be used."""
    try:
        return Settings.model_validate(named)
    except ValidationError as error:
        raise InputError(f"context, {problems_of(error, Settings)}") from error


@contextmanager
def _server_errors() -> Iterator[None]:
    """Turn the project's errors into those whose text the server shows."""
    try:
        yield
    except InputError as error:
        raise InputRefusedError(str(error)) from error
    except RunError as error:
        raise RunStoppedError(str(error)) from error


graph = wire(governed, Context).compile(name="explore").with_config(recursion_limit=MOST_SUPERSTEPS)
