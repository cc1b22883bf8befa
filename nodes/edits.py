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
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from errors import InputError
from nodes.resources import Resources
from nodes.settings import Settings
from problems import problems_of
from store.exploration import Exploration
from store.journal.log import Entry
from store.tree import TaskTree, TreeError

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


class Edit(BaseModel):
    """One edit; its first field is the word that it begins with."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    def entries(self, tree: TaskTree) -> list[Entry]:
        """Return the entries that make the edit. Raises TreeError for an unknown task."""
        raise NotImplementedError


class Prune(Edit):
    """Drop a task and all below it."""

    prune: str

    def entries(self, tree: TaskTree) -> list[Entry]:  # noqa: D102 - see Edit
        return [Entry("prune", {"task": tree.task(self.prune).id})]


class Rename(Edit):
    """Give a task another name and reason."""

    rename: str
    name: Name
    reason: Reason = ""

    def entries(self, tree: TaskTree) -> list[Entry]:  # noqa: D102
        task = tree.task(self.rename)
        reason = self.reason or task.reason
        return [Entry("rename", {"task": task.id, "name": self.name, "reason": reason})]


class Add(Edit):
    """Plant a task below another."""

    add: Name
    reason: Reason = ""
    below: str

    def entries(self, tree: TaskTree) -> list[Entry]:  # noqa: D102
        above = tree.task(self.below)
        place = {"id": tree.next_id, "parent": above.id, "depth": above.depth + 1}
        text = {"name": self.add, "reason": self.reason}
        return [Entry("task", {**place, **text, "operation": "review"})]


class Ban(Edit):
    """Let a name never be proposed again."""

    ban: Name

    def entries(self, tree: TaskTree) -> list[Entry]:  # noqa: D102
        known, ban = tree.find(self.ban), Entry("ban", {"name": self.ban})
        return [Entry("prune", {"task": known}), ban] if known else [ban]


class More(Edit):
    """Ask for further subtasks of a task."""

    more: str
    count: int = Field(1, ge=1, le=50)

    def entries(self, tree: TaskTree) -> list[Entry]:  # noqa: D102
        return [Entry("more", {"task": tree.task(self.more).id, "count": self.count})]


KINDS = {next(iter(kind.model_fields)): kind for kind in (Prune, Rename, Add, Ban, More)}


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
            for entry in wanted.entries(exploration.tree):
                exploration.apply(entry)
                made.append(entry)
        except TreeError as error:
            raise EditError(str(error), position) from error
    return made


def _read(answer: object) -> list[Edit]:
    if answer in APPROVED:
        return []
    given = [answer] if isinstance(answer, Mapping) else answer
    if not isinstance(given, Sequence) or isinstance(given, str | bytes):
        raise EditError(FORMS)
    if len(given) > MOST_EDITS:
        raise EditError(f"{len(given)} edits: give {MOST_EDITS} at most at once")
    return [_one(position, wanted) for position, wanted in enumerate(given)]


def _one(position: int, wanted: object) -> Edit:
    named = [k for name, k in KINDS.items() if isinstance(wanted, Mapping) and name in wanted]
    if len(named) != 1:
        raise EditError(FORMS, position)
    try:
        return named[0].model_validate(wanted)
    except ValidationError as error:
        raise EditError(problems_of(error, named[0]), position) from error
