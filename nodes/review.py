"""Review: a person looks at the tree and edits it; see `nodes.edits` for what may be answered.

It follows the exploration, before any record is paid for, or every step of it, as the settings say.
An empty list, or "approve", continues with the tree as it is. After an invalid answer the person is
asked again, with the problem and the number of the edit; none of its edits are made.
"""

import asyncio
from typing import Any, cast

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from nodes.edits import FORMS, EditError, make_edits
from nodes.resources import Resources
from nodes.settings import Settings
from nodes.show.emit import emit, events_of
from nodes.show.events import PhaseEvent
from nodes.show.view import state_view
from nodes.state import State


async def review(state: State, runtime: Runtime[Settings], resources: Resources) -> State:
    """Ask a person for edits of the tree; return the new head and the tree after them.

    The exploration goes on where it was stopped in its midst, or where more was asked for.
    """
    settings = runtime.context
    asked: dict[str, Any] = {
        "question": "Edit the tree, or approve it.",
        "answer": FORMS,
        "proposed": state["judged"],
        "tree": state["tree"],
    }
    fault: dict[str, Any] = {}
    while True:
        answer = interrupt(asked | fault)
        try:
            head, exploration, entries = await asyncio.to_thread(
                make_edits, resources, state["head"], settings, answer
            )
            break
        except EditError as error:
            fault = {"problem": str(error), "edit": error.position}
    emit(runtime, events_of(entries))
    goes_on = settings.review == "expansions" or any(entry.kind == "more" for entry in entries)
    if goes_on:
        emit(runtime, [PhaseEvent(phase="explore")])
    update: State = {"head": head, "reviewed": True, "phase": "explore" if goes_on else "review"}
    return update | cast("State", state_view(exploration, settings.search(exploration)))
