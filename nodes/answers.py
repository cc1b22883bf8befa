"""What a person may answer in a review, and how it is read: words, lines, JSON, or objects.

An approval is "approve" or any word like it, an empty answer, true, or null. Edits are a list of
objects as `nodes.edits` describes them, one such object, either of them as JSON or YAML text, or
lines as the terminal takes them:

    prune t7 t8
    rename t7 A better name
    add t3 A task of your own
    ban A name
    more t3 2

`show t7` asks for the part of the tree below a task, and changes nothing.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from errors import InputError
from problems import shown

MOST_EDITS = 1_000
LONGEST = 200_000
"""Characters of an answer that is a text."""

APPROVALS = {
    *("", "accept", "approve", "approved", "continue", "done", "go on", "lgtm", "looks good"),
    *("null", "ok", "okay", "true", "y", "yes"),
}
FORMS = (
    "give a list of edits: prune, rename with name, add with below, ban, or more with count, "
    'as objects or as lines such as "prune t7"; "show t7" to see a branch; or "approve"'
)


class EditError(InputError):
    """Edits that cannot be made; `position` is the wrong one's, None where it is no list."""

    def __init__(self, message: str, position: int | None = None) -> None:
        super().__init__(message)
        self.position = position


def edits_in(answer: object) -> list[Mapping[str, Any]]:
    """Return the edits that an answer asks for, not yet checked; none where it approves.

    Raises EditError where it is no approval and no list of edits.
    """
    given = _read_text(answer) if isinstance(answer, str) else answer
    if isinstance(given, Mapping) and set(given) == {"edits"}:
        given = given["edits"]
    if given is None or given is True or given == {}:
        return []
    items = [given] if isinstance(given, Mapping) else given
    if not isinstance(items, Sequence) or isinstance(items, str | bytes):
        raise EditError(f"{shown(given)} is no answer here: {FORMS}")
    if len(items) > MOST_EDITS:
        raise EditError(f"{len(items)} edits: give {MOST_EDITS} at most at once")
    return [_one(position, item) for position, item in enumerate(items)]


def edit_of(line: str) -> dict[str, Any] | None:
    """Return the edit that a line asks for, or None for an invalid line."""
    edit: dict[str, Any] | None = None
    word, *rest = line.split(maxsplit=2) or [""]
    match [word.lower(), *rest]:
        case [("show" | "more") as word, task]:
            edit = {word: task}
        case ["prune", task]:
            edit = {"prune": task}
        case ["prune", task, more]:
            edit = {"prune": [task, *more.split()]}
        case ["rename", task, name]:
            edit = {"rename": task, "name": name}
        case ["add", below, name]:
            edit = {"add": name, "below": below}
        case ["ban", *words] if words:
            edit = {"ban": " ".join(words)}
        case ["more", task, count] if count.isdecimal():
            edit = {"more": task, "count": int(count)}
    return edit


def _one(position: int, item: object) -> Mapping[str, Any]:
    edit = edit_of(item) if isinstance(item, str) else item
    if not isinstance(edit, Mapping):
        raise EditError(f"{shown(item)} is no edit: {FORMS}", position)
    return edit


def _read_text(text: str) -> object:
    """Return what a text says: None for an approval, what its JSON or YAML holds, or its lines."""
    if len(text) > LONGEST:
        raise EditError(f"{len(text)} characters: give {LONGEST} at most at once")
    if text.strip(" \t\r\n.!?\"'").casefold() in APPROVALS:
        return None
    if text.lstrip().startswith(("[", "{")):
        return _structure(text)
    return [line for line in text.splitlines() if line.strip()]


def _structure(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        try:
            return yaml.safe_load(text)  # takes single quotes, bare words, a comma too many
        except yaml.YAMLError:
            raise EditError(f"this is no valid JSON ({error}): {FORMS}") from None
