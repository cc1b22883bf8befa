"""Review: a person looks at the tree and edits it; see `nodes.answers` for what may be answered.

It follows the exploration, before any record is paid for, or every step of it, as the settings say.
An approval continues with the tree as it is. After an invalid answer the person is asked again,
with the problem and the number of the edit; none of its edits are made.
"""

import asyncio
from functools import partial
from typing import Any, cast

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from nodes.answers import FORMS, EditError
from nodes.edits import branch_to_show, make_edits
from nodes.resources import Resources
from nodes.settings import Settings
from nodes.show.emit import emit, events_of
from nodes.show.events import PhaseEvent
from nodes.show.outline import outline
from nodes.show.view import state_view
from nodes.state import State
from search.strategy import Strategy
from store.journal.log import Entry
from store.tree import TaskTree
from words import several


async def review(state: State, runtime: Runtime[Settings], resources: Resources) -> State:
    """Ask a person for edits of the tree; return the new head and the tree after them.

    The exploration goes on where it was stopped in its midst, or where edits leave it something to
    explore.
    """
    settings = runtime.context
    view = partial(asyncio.to_thread, resources.view, state["head"], settings)
    asked = _question(state, (await view()).tree)
    more: dict[str, Any] = {}
    while True:
        answer = interrupt(asked | more)
        tree = (await view()).tree  # anew: edits that could not be made spoil the one before
        try:
            if branch := branch_to_show(tree, answer):
                more = {"shows": branch, "outline": outline(tree, branch)}
                continue
            head, exploration, entries = await asyncio.to_thread(
                make_edits, resources, state["head"], settings, answer
            )
            break
        except EditError as error:
            more = {"problem": str(error), "edit": error.position}
    emit(runtime, events_of(entries))
    search = settings.search(exploration)
    goes_on = settings.review == "expansions" or _explores(entries, search, settings)
    if goes_on:
        emit(runtime, [PhaseEvent(phase="explore")])
    update: State = {"head": head, "reviewed": True, "phase": "explore" if goes_on else "review"}
    return update | cast("State", state_view(exploration, search))


def _question(state: State, tree: TaskTree) -> dict[str, Any]:
    """Return what a person is asked: the tree as lines first, as they can read it."""
    return {
        "question": f"Edit the tree of {several(len(tree), 'task')}, or approve it.",
        "answer": FORMS,
        "outline": outline(tree, tree.root),
        "proposed": state["judged"],
        "tree": state["tree"],
    }


def _explores(entries: list[Entry], search: Strategy, settings: Settings) -> bool:
    """Return whether edits ask for subtasks: by `more`, or for a new task where the tree is all."""
    new = [entry.body["id"] for entry in entries if entry.kind == "task"]
    is_open = any(search.status(task) == "open" for task in new)
    return any(entry.kind == "more" for entry in entries) or (settings.tasks_only and is_open)
