"""Review: a person looks at the tree before any record is paid for.

The node interrupts with the tree; the answer is a list of edits, each checked before any is made:
    {"prune": "t7"}                                       drop a task and all below it
    {"rename": "t7", "name": "…", "reason": "…"}          say better what it is
    {"add": "…", "reason": "…", "below": "t3"}            a task of one's own
An empty list, or "approve", goes on as it is. An answer that cannot be used is asked for again,
with the problem and which edit it concerns; none of its edits are made.
"""

import asyncio
from typing import Annotated, Any

from langgraph.runtime import Runtime
from langgraph.types import interrupt
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from errors import InputError
from nodes.events import admission_events
from nodes.resources import Resources
from nodes.settings import Settings
from nodes.state import State
from store.exploration import Exploration
from store.journal import Entry
from store.summary import counts, summary, tree_view
from store.tree import TreeError

Name = Annotated[str, Field(min_length=1, max_length=80)]
Reason = Annotated[str, Field(max_length=300)]


class _Edit(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Prune(_Edit):
    """Drop a task and all below it."""

    prune: str


class Rename(_Edit):
    """Give a task another name and reason."""

    rename: str
    name: Name
    reason: Reason = ""


class Add(_Edit):
    """Plant a task below another."""

    add: Name
    reason: Reason = ""
    below: str


Edits = TypeAdapter(list[Prune | Rename | Add])


class EditError(InputError):
    """A review's answer that cannot be used; `position` is the edit's, None where it is no list."""

    def __init__(self, told: str, position: int | None = None) -> None:
        super().__init__(told)
        self.position = position


async def review(state: State, runtime: Runtime[Settings], resources: Resources) -> State:
    """Ask a person for edits of the tree; return the new head and the tree after them."""
    settings = runtime.context
    asked = {"question": "Edit the tree, or approve it.", "tree": state["tree"]}
    told: dict[str, Any] = {}
    while True:
        answer = interrupt(asked | told)
        exploration = await asyncio.to_thread(resources.take, state["head"], settings)
        try:
            entries = edit(exploration, answer)
            break
        except EditError as error:
            told = {"problem": str(error), "edit": error.position}
    head = await asyncio.to_thread(resources.journal.commit, state["head"], entries)
    resources.put(head, exploration)
    for event in admission_events(entries):
        runtime.stream_writer(event)
    return {
        "head": head,
        "reviewed": True,
        "tree": tree_view(exploration, settings.limits),
        "exploration": summary(exploration, settings.limits),
        "counts": counts(exploration),
    }


def edit(exploration: Exploration, answer: object) -> list[Entry]:
    """Make the edits that a reviewer answered; return their entries.

    Raises EditError for an answer that is no list of edits, or an edit the tree cannot take; the
    exploration must then be thrown away.
    """
    try:
        edits = Edits.validate_python([] if answer in ("approve", None) else answer)
    except ValidationError as error:
        place = error.errors()[0]["loc"]
        told = "give a list of edits: prune, rename with name, or add with below"
        raise EditError(told, int(place[0]) if place else None) from error
    entries = []
    for position, wanted in enumerate(edits):
        try:
            entries.append(_entry(exploration, wanted))
            exploration.apply(entries[-1])
        except TreeError as error:
            raise EditError(str(error), position) from error
    return entries


def _entry(exploration: Exploration, wanted: Prune | Rename | Add) -> Entry:
    tree = exploration.tree
    if isinstance(wanted, Prune):
        return Entry("prune", {"task": tree.task(wanted.prune).id})
    if isinstance(wanted, Rename):
        task = tree.task(wanted.rename)
        reason = wanted.reason or task.reason
        return Entry("rename", {"task": task.id, "name": wanted.name, "reason": reason})
    below = tree.task(wanted.below)
    body: dict[str, Any] = {"id": tree.next_id, "parent": below.id, "depth": below.depth + 1}
    return Entry(
        "task", body | {"name": wanted.add, "reason": wanted.reason, "operation": "review"}
    )
