"""What a run without an input may ask of a thread: to go on, or to answer a review."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

from langgraph.checkpoint.base import CheckpointTuple
from langgraph_sdk import get_client

from graph.build import NODES
from graph.server.threads import INTERRUPT, UNDER_WAY, opened
from problems import shown

NO_ANSWER = 'command.resume: null answers nothing: answer a review with "approve" or with edits'
EMPTY = "nothing was explored in this thread yet: start it with an input such as {}"
EXAMPLE = '{"domain": "rewriting"}'
NO_THREAD = f"input: none is given, and no thread to go on with: give one such as {EXAMPLE}"
NOT_ASKED = (
    "command.resume: no review waits for an answer at this step; go on without it, or name the "
    "checkpoint_id of a review to answer it anew"
)


async def refused_going_on(thread: str | None, given: Mapping[str, Any]) -> str | None:
    """Return why a run cannot go on as it is given, None where it can.

    Behind a run that is under way it may: nobody knows yet where that one ends.
    """
    command = given.get("command") or {}
    if given.get("input") is not None:
        return None
    if thread is None:
        return NO_THREAD
    if wrong := _wrong_command(command):
        return wrong
    configurable = (given.get("config") or {}).get("configurable") or {}
    step = await _step(thread, configurable.get("checkpoint_id"))
    begun = step is not None and "head" in step.checkpoint["channel_values"]
    if step and begun and (command.get("resume") is None or _asks(step)):
        return None
    if await asyncio.create_task(_is_busy(thread)):  # a task: it leaves who asks as it was
        return None
    return NOT_ASKED if begun else EMPTY.format(EXAMPLE)


async def _step(thread: str, checkpoint: str | None) -> CheckpointTuple | None:
    place = {"thread_id": thread, "checkpoint_ns": ""}
    named = {"checkpoint_id": str(checkpoint)} if checkpoint else {}
    return await opened().aget_tuple({"configurable": place | named})


def _asks(step: CheckpointTuple) -> bool:
    """Return whether a review asks at this step, or comes next."""
    values = step.checkpoint["channel_values"]
    comes = values.get("phase") == "review" and not values.get("reviewed")
    return comes or any(channel == INTERRUPT for _, channel, _ in step.pending_writes or [])


async def _is_busy(thread: str) -> bool:
    async with get_client() as server:
        found = [await server.runs.list(thread, status=s) for s in UNDER_WAY]
    return any(found)


def _wrong_command(command: Mapping[str, Any]) -> str | None:
    """Return what is wrong with a command wherever the thread stands, None for nothing."""
    if set(command) == {"resume"} and command["resume"] is None:
        return NO_ANSWER
    if unknown := _unknown_node(command.get("goto")):
        return f"command.goto: no node is named {shown(unknown)}; there are {', '.join(NODES)}"
    return None


def _unknown_node(goto: object) -> object:
    """Return the first place to go to that is no node, None where all are."""
    places = goto if isinstance(goto, list) else [goto] if goto is not None else []
    names: Iterable[object] = (p.get("node") if isinstance(p, dict) else p for p in places)
    return next((name for name in names if name not in NODES), None)
