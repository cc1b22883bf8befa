"""What the model answered, as subtasks or records; never raises, whatever the text is.

What the model thinks aloud is left out. JSON is read first (in prose, in code fences, a bare list,
a single object, cut off), then what is nearly JSON, then the plain-text form. The good part of an
answer is kept, every part that is dropped is named.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, TypeVar

from prompts.item import (
    UnusableError,
    conversation_of,
    known_fields,
    record_of_fields,
    request_of,
    subtask_of,
)
from prompts.json_objects import json_objects, json_text
from prompts.nearly_json import mended
from prompts.plain_text import labelled_conversations, labelled_records, subtask_lines
from prompts.reasoning import split_reasoning
from prompts.spoken import is_chat
from prompts.task_number import is_task_number, task_number
from record import Record, Subtask
from turns import MESSAGES

ANSWER_CHARACTERS = 400_000
"""How much of an answer is read; more is cut."""

PROBLEMS_NAMED = 8

_CRITERION = {"criterion", "criteria", "标准"}
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Parsed(Generic[Item]):
    """The usable part of an answer, in its order, and a sentence for every part that is not."""

    items: tuple[Item, ...]
    problems: tuple[str, ...]


def parse_subtasks(text: str, *, asked: int) -> Parsed[Subtask]:
    """Return at most `asked` subtasks; a subtask needs a name."""
    return _parse(text, asked, "name", subtask_lines, lambda fields, _: subtask_of(fields))


def parse_records(
    text: str,
    *,
    asked: int,
    tasks: int | Sequence[str] = 1,
    shares: Sequence[int] = (),
    conversations: bool = False,
    apart: bool = False,
) -> Parsed[Record]:
    """Return at most `asked` records; a record needs an instruction and an output.

    With `conversations` it needs messages of the user and the assistant, of which the first and
    the last are its instruction and output. What was asked for `apart` from its output gets none.

    `tasks` says how many tasks the request listed, or names them; `shares` are how many records it
    asked of each, one where nothing is said. With several, the `task` of a record holds the number
    of its task, from 1, as text: what the answer says of the record, also where this task has all
    its records already; else the task at the record's position in the answer, or the last one. With
    one task it stays "".
    """
    names = [""] * tasks if isinstance(tasks, int) else tasks
    several = len(names) > 1
    turns = [n for n, share in enumerate(shares or [1] * len(names), start=1) for _ in range(share)]

    record_in = conversation_of if conversations else request_of if apart else record_of_fields

    def build(fields: dict[str, Any], position: int) -> Record:
        here = turns[min(position, len(turns)) - 1]
        number = task_number(fields.get("task"), here, names) if several else ""
        said = {MESSAGES: _decoded(fields[MESSAGES])} if MESSAGES in fields else {}
        return replace(record_in(fields | said), task=number)

    if conversations:
        return _parse(text, asked, MESSAGES, labelled_conversations, build)
    return _parse(text, asked, "instruction", partial(labelled_records, numbered=several), build)


def _parse(
    text: str,
    asked: int,
    key: str,
    plain: Callable[[str], Sequence[dict[str, Any]]],
    build: Callable[[dict[str, Any], int], Item],
) -> Parsed[Item]:
    problems: list[str] = []
    if len(text) > ANSWER_CHARACTERS:
        problems.append(f"the answer was cut after {ANSWER_CHARACTERS:,} characters")
    answer = split_reasoning(text[:ANSWER_CHARACTERS]).answer
    raw, broken = _json_items(json_text(answer), key, plain)
    if raw and broken:
        problems.append("a part of the JSON is broken or cut off")
    items: list[Item] = []
    for position, item in enumerate(raw or plain(answer), start=1):
        try:
            items.append(build(item, position))
        except UnusableError as reason:
            problems.append(f"item {position} {reason}")
    if not items and not problems:
        problems.append("there is no JSON and no line in the format asked for")
    if len(items) > asked:
        problems.append(f"{len(items) - asked} more than the {asked} asked for were dropped")
    return Parsed(tuple(items[:asked]), _bounded(problems))


def _json_items(
    text: str, key: str, plain: Callable[[str], Sequence[dict[str, Any]]]
) -> tuple[list[dict[str, Any]], bool]:
    """Return the items in the JSON of the text, mended where that brings more, and if some is lost.

    Where something in the plain-text form stands before it, what is nearly JSON belongs to that.
    """
    found = json_objects(text)
    values: list[Any] = list(found.objects)
    if key == MESSAGES and is_chat(values):
        values = [values]
    items = [item for value in values for item in _items(value, key)]
    if items and not found.broken:
        return items, False
    parts = list(mended(text))
    more = [item for part in parts for item in _items(part.value, key) if key in item]
    good = [item for item in items if key in item]
    if len(more) <= len(good) or plain(text[: parts[0].start]):
        return items, bool(found.broken)
    if not {repr(item) for item in good} <= {repr(item) for item in more}:
        return items, True
    return more, any(part.cut for part in parts)


def _items(
    value: Any,  # noqa: ANN401  JSON
    key: str,
    depth: int = 3,
    task: Any = None,  # noqa: ANN401  JSON
) -> Iterator[dict[str, Any]]:
    """Yield the objects that hold `key`, in `value` or in its lists, and any that hold nothing.

    A list or an object may itself stand in a string. `task` is what the objects around it say of
    their task.
    """
    if isinstance(value, dict):
        fields = ({} if task is None else {"task": task}) | known_fields(value)
        parts = _parts(value, fields.get("task")) if key not in fields and depth > 0 else []
        if not parts:
            yield fields
        for part, of in parts:
            yield from _items(part, key, depth - 1, of)
    elif key == MESSAGES and is_chat(value):
        yield ({} if task is None else {"task": task}) | {key: value}
    elif isinstance(value, list):
        for part in value:
            read = _decoded(part) if depth > 0 else part
            item = {key: read} if isinstance(read, str) else read
            yield from _items(item, key, depth - (read is not part), task)


def _parts(value: dict[str, Any], task: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401  JSON
    """Return the lists and objects in an object, each with its task: its key, if a number.

    What the subtasks beside it are split by is no list of them, even where it looks like one.
    """
    decoded = ((str(name), _decoded(part)) for name, part in value.items())
    found = [(name, part) for name, part in decoded if isinstance(part, list | dict)]
    items = [(name, part) for name, part in found if name.strip().lower() not in _CRITERION]
    return [(part, name if is_task_number(name) else task) for name, part in items or found]


def _decoded(value: Any) -> Any:  # noqa: ANN401  JSON
    """Return the lists or objects that a string holds, or else the value itself."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    text = json_text(value)
    return list(json_objects(text).objects) or [part.value for part in mended(text)] or value


def _bounded(problems: Sequence[str]) -> tuple[str, ...]:
    more = len(problems) - PROBLEMS_NAMED
    return (*problems[:PROBLEMS_NAMED], *([f"and {more} more"] if more > 0 else []))
