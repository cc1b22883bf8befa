"""What lookahead and backtrack share: one question for subtasks of one task."""

import asyncio
from typing import Any

from langgraph.runtime import Runtime
from typing_extensions import TypedDict

from asking.conversation import converse
from errors import ExploreInstructError
from nodes.questions import subtask_question
from nodes.resources import Resources
from nodes.settings import Settings
from nodes.show.emit import emit, emit_notice, emit_waiting
from nodes.show.events import Event, Expanding, TaskProposed
from nodes.show.proposed import unread
from nodes.show.trace import note
from nodes.state import Proposal, State, TaskStep
from store.exploration import Exploration


class Expansion(TypedDict, total=False):
    """What a lookahead or backtrack node is sent; `settings` as in the state."""

    settings: dict[str, Any]
    run: str
    head: str
    step: TaskStep


async def expand(sent: Expansion, runtime: Runtime[Settings], resources: Resources) -> State:
    """Ask for subtasks of one task, with the exploration state at `head`; return the proposal."""
    settings, step = runtime.context, sent["step"]
    exploration = await asyncio.to_thread(resources.view, sent["head"], settings)
    emit(runtime, [_expanding(exploration, step)])
    question = subtask_question(exploration, settings.search(exploration), step, settings)
    note(question.metadata)
    channel = resources.channel(sent["run"], settings, emit_waiting(runtime), emit_notice(runtime))
    try:
        replies = await converse(question, channel)
    except (ExploreInstructError, asyncio.CancelledError):
        channel.calls.abandon()
        raise
    found = replies[-1].parsed.items if replies else ()
    subtasks = [{"name": one.name, "reason": one.reason} for one in found]
    emit(runtime, (TaskProposed(parent=step["task"], **subtask) for subtask in subtasks))
    proposal = Proposal(
        step=step,
        of=step["name"],
        subtasks=subtasks,
        unread=unread(replies),
        answers=channel.calls.keep(replies),
    )
    return {"proposals": [proposal]}


def _expanding(exploration: Exploration, step: TaskStep) -> Event:
    return Expanding(
        operation="lookahead" if step["operation"] == "lookahead" else "backtrack",
        task=step["task"],
        name=step["name"],
        path=exploration.tree.path(step["task"]),
        asked=step["asked"],
    )
