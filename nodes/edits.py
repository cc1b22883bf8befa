"""Edits of the tree by a person: what may be asked, and the journal entries it becomes.

    {"prune": "t7"}                                       drop a task and all below it
    {"rename": "t7", "name": "…", "reason": "…"}          say better what it is
    {"add": "…", "reason": "…", "below": "t3"}            a task of one's own
    {"ban": "…"}                                          a name, or one much like it, never again
    {"more": "t3", "count": 2}                            further subtasks of a task

A banned name is shown to the model, and a task that has it is dropped. A pruned task keeps its
place in the breadth, so no other task takes it; `more` asks for one, even beyond breadth and depth.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from errors import InputError
from nodes.resources import Resources
from nodes.settings import Settings
from problems import problems_of
from store.exploration import Exploration
from store.journal.log import Entry
from store.tree import TreeError

MOST_EDITS = 1_000
APPROVED = ("approve", None)
FORMS = (
    "give a list of edits: prune, rename with name, add with below, ban, or more with count; "
    'or "approve"'
)

Name = Annotated[str, Field(min_length=1, max_length=80)]
Reason = Annotated[str, Field(max_length=300)]


class EditError(InputError):
    """Edits that cannot be made; `position` is the wrong one's, None where it is no list."""

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.position = position


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


class Ban(_Edit):
    """Let a name never be proposed again."""

    ban: Name


class More(_Edit):
    """Ask for further subtasks of a task."""

    more: str
    count: int = Field(1, ge=1, le=50)


KINDS: dict[str, type[_Edit]] = {
    "prune": Prune,
    "rename": Rename,
    "add": Add,
    "ban": Ban,
    "more": More,
}


def make_edits(
    resources: Resources, head: str, settings: Settings, answer: object
) -> tuple[str, Exploration, list[Entry]]:
    """Make the edits on what is known at `head`; return the new head, what is known, the entries.

    Raises EditError, with nothing changed, where they cannot be made.
    """
    exploration = resources.take(head, settings)
    entries = edit(exploration, answer)
    head = resources.journal.commit(head, entries)
    resources.put(head, exploration)
    return head, exploration, entries


def edit(exploration: Exploration, answer: object) -> list[Entry]:
    """Make the edits that a person answered; return their entries.

    Raises EditError for an answer that is no list of edits, or an edit the tree cannot take; the
    exploration must then be thrown away.
    """
    made: list[Entry] = []
    for position, wanted in enumerate(_read(answer)):
        try:
            for entry in _entries(exploration, wanted):
                exploration.apply(entry)
                made.append(entry)
        except TreeError as error:
            raise EditError(str(error), position) from error
    return made


def _read(answer: object) -> list[_Edit]:
    if answer in APPROVED:
        return []
    given = [answer] if isinstance(answer, Mapping) else answer
    if not isinstance(given, Sequence) or isinstance(given, str | bytes):
        raise EditError(FORMS)
    if len(given) > MOST_EDITS:
        raise EditError(f"{len(given)} edits: give {MOST_EDITS} at most at once")
    return [_one(position, wanted) for position, wanted in enumerate(given)]


def _one(position: int, wanted: object) -> _Edit:
    named = [k for name, k in KINDS.items() if isinstance(wanted, Mapping) and name in wanted]
    if len(named) != 1:
        raise EditError(FORMS, position)
    try:
        return named[0].model_validate(wanted)
    except ValidationError as error:
        raise EditError(problems_of(error, named[0]), position) from error


def _entries(exploration: Exploration, wanted: _Edit) -> list[Entry]:
    tree = exploration.tree
    match wanted:
        case Prune():
            return [_prune(exploration, wanted.prune)]
        case Rename():
            task = tree.task(wanted.rename)
            reason = wanted.reason or task.reason
            return [Entry("rename", {"task": task.id, "name": wanted.name, "reason": reason})]
        case Ban():
            known = tree.find(wanted.ban)
            ban = Entry("ban", {"name": wanted.ban})
            return [_prune(exploration, known), ban] if known else [ban]
        case More():
            return [Entry("more", {"task": tree.task(wanted.more).id, "count": wanted.count})]
        case Add():
            return [_task(exploration, wanted)]
    raise EditError(FORMS)


def _prune(exploration: Exploration, task: str) -> Entry:
    return Entry("prune", {"task": exploration.tree.task(task).id})


def _task(exploration: Exploration, wanted: Add) -> Entry:
    tree = exploration.tree
    below = tree.task(wanted.below)
    body: dict[str, Any] = {"id": tree.next_id, "parent": below.id, "depth": below.depth + 1}
    return Entry(
        "task", body | {"name": wanted.add, "reason": wanted.reason, "operation": "review"}
    )
