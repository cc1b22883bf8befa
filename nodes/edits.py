"""Edits of the tree by a person: what may be asked, and the journal entries it becomes.

    {"prune": "t7"}                                       drop a task and all below it, or several
    {"rename": "t7", "name": "…", "reason": "…"}          say better what it is
    {"add": "…", "reason": "…", "below": "t3"}            a task of one's own
    {"ban": "…"}                                          a name, or one much like it, never again
    {"more": "t3", "count": 2}                            further subtasks of a task

A banned name is shown to the model, and a task that has it is dropped. A pruned task keeps its
place in the breadth, so no other task takes it; `more` asks for one, even beyond breadth and depth.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from nodes.answers import FORMS, MOST_EDITS, EditError, edits_in
from nodes.resources import Resources
from nodes.settings import Settings
from problems import problems_of
from store.exploration import Exploration
from store.journal.log import Entry
from store.tree import TaskTree, TreeError

Name = Annotated[str, Field(min_length=1, max_length=80)]
Reason = Annotated[str, Field(max_length=300)]


def _task_id(given: object) -> object:
    """Return a task's id as the tree has it: t7 for "T7", " t7 ", "7" and 7."""
    text = str(given).strip().lower() if isinstance(given, str | int) else ""
    return f"t{text}" if text.isdecimal() else text or given


def _listed(given: object) -> object:
    """Return several ids where one text or one number stands for them."""
    if isinstance(given, str):
        return given.replace(",", " ").split()
    return [given] if isinstance(given, int) else given


TaskId = Annotated[str, BeforeValidator(_task_id)]
TaskIds = Annotated[
    list[TaskId], Field(min_length=1, max_length=MOST_EDITS), BeforeValidator(_listed)
]


class Edit(BaseModel):
    """One edit; its first field is the word that it begins with."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    def entries(self, tree: TaskTree) -> list[Entry]:
        """Return the entries that make the edit. Raises TreeError for an unknown task."""
        raise NotImplementedError


class Prune(Edit):
    """Drop a task and all below it, or several; what goes with another is not named again."""

    prune: TaskIds

    def entries(self, tree: TaskTree) -> list[Entry]:  # noqa: D102 - see Edit
        named = dict.fromkeys(self.prune)
        highest = [task for task in named if not named.keys() & set(tree.lineage(task)[:-1])]
        return [Entry("prune", {"task": task}) for task in highest]


class Rename(Edit):
    """Give a task another name and reason."""

    rename: TaskId
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
    below: TaskId

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

    more: TaskId
    count: int = Field(1, ge=1, le=50)

    def entries(self, tree: TaskTree) -> list[Entry]:  # noqa: D102
        return [Entry("more", {"task": tree.task(self.more).id, "count": self.count})]


class Show(BaseModel):
    """Not an edit: the part of the tree below a task is shown, and the question asked again."""

    model_config = ConfigDict(extra="forbid")

    show: TaskId


KINDS = {next(iter(kind.model_fields)): kind for kind in (Prune, Rename, Add, Ban, More)}


def branch_to_show(tree: TaskTree, answer: object) -> str | None:
    """Return the task whose branch an answer asks to see; None for an answer that edits.

    Raises EditError for an unknown task, and where edits stand beside it.
    """
    asked = edits_in(answer)
    if not any("show" in item for item in asked):
        return None
    if len(asked) > 1:
        raise EditError('"show" stands alone: give the edits in an answer of their own')
    try:
        return tree.task(Show.model_validate(asked[0]).show).id
    except ValidationError as error:
        raise EditError(problems_of(error, Show), 0) from error
    except TreeError as error:
        raise EditError(str(error), 0) from error


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
    edits = [_checked(position, wanted) for position, wanted in enumerate(edits_in(answer))]
    for position, wanted in enumerate(edits):
        try:
            for entry in wanted.entries(exploration.tree):
                exploration.apply(entry)
                made.append(entry)
        except TreeError as error:
            raise EditError(str(error), position) from error
    return made


def _checked(position: int, wanted: Mapping[str, Any]) -> Edit:
    named = [kind for name, kind in KINDS.items() if name in wanted]
    if len(named) != 1:
        raise EditError(FORMS, position)
    try:
        return named[0].model_validate(wanted)
    except ValidationError as error:
        raise EditError(problems_of(error, named[0]), position) from error
