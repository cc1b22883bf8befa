"""A row of any data as a Record: what it asks, what it works on, its answer, and where it is from.

What else the row holds becomes the record's further parts. A row is untrusted: ValueError, which
pydantic's ValidationError is too, says what is wrong with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field

from record import Record, record_of
from store.files.chats import FURTHER, Turn
from store.files.conversations import conversation_in, split_thought
from store.files.shapes import GIVEN, Origin, answer_in, asked_in, plainly_named, rejected_in
from store.files.values import check_encodable, string
from turns import ASSISTANT, REASONING, REASONING_FIELDS, REJECTED_OUTPUT, USER

DEEPEST = 64
"""Names in a path at most."""


def _text(value: object) -> object:
    """Return other data's numbers as text, and nothing as an empty one."""
    return "" if value is None else str(value) if isinstance(value, (int, float)) else value


def _path(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Text = Annotated[str, BeforeValidator(_text)]


class _Row(BaseModel):
    """What a row must have, and the types of what a Record knows."""

    instruction: str
    input: Text = ""
    output: Text = ""
    id: Text = ""
    task: Text = ""
    path: Annotated[tuple[str, ...], BeforeValidator(_path), Field(max_length=DEEPEST)] = ()
    model: Text = ""
    nearest_id: Text | None = None
    nearest_rouge_l: float = 0.0
    call: Text | None = None


def record_from(row: Mapping[str, object], field: str | None = None) -> tuple[Record, Origin]:
    """Return the record of a row, and where its instruction stands; `field` names another place."""
    values = {name: value for name, value in row.items() if value is not None}
    asked = asked_in(values, field)
    origin = asked.origin
    text = string(asked.text, origin.field)
    if field is None and origin.field not in values:
        values = plainly_named(values)
    place = origin.field.partition(".")[0]
    if (origin.field in values and not origin.is_chat) or place == "input":
        values.pop(place, None)
    values["instruction"] = text
    is_open = bool(asked.turns) and asked.turns[-1].role == USER and answer_in(values) is not None
    _take_answer(values, None if is_open else asked.answer)
    if origin.is_chat:
        ending = [Turn(ASSISTANT, values["output"])] if is_open else []
        origin = _take_chat(values, [*asked.turns, *ending], origin)
    _take_rejected(values)
    _take_reasoning(values)
    given = next((name for name in GIVEN if isinstance(values.get(name), str)), None)
    if "input" not in values and given:
        values["input"] = values.pop(given)
    known = dict(_Row.model_validate(values))
    for name in ("instruction", "input", "output", "id", "task", "call"):
        check_encodable(known[name] or "", name)
    return record_of(values | known), origin


def _take_chat(values: dict[str, object], turns: Sequence[Turn], origin: Origin) -> Origin:
    """Put a chat in which user and assistant speak in turn under a record's own names."""
    talk = conversation_in(turns)
    if not talk:
        return origin
    values.pop(origin.field, None)
    values |= talk
    return replace(origin, unread=tuple(what for what in origin.unread if what != FURTHER))


def _take_rejected(values: dict[str, object]) -> None:
    """Put the answer that was rejected beside the output under `rejected_output`."""
    if found := rejected_in(values):
        name, answer = found
        del values[name]
        values[REJECTED_OUTPUT] = answer


def _take_reasoning(values: dict[str, object]) -> None:
    """Put what was thought before the output under `reasoning`."""
    thought = next((n for n in REASONING_FIELDS if isinstance(values.get(n), str)), None)
    output = values.get("output")
    if thought:
        values[REASONING] = values.pop(thought)
    elif isinstance(output, str):
        found, values["output"] = split_thought(output)
        if found:
            values[REASONING] = found


def _take_answer(values: dict[str, object], answer: object) -> None:
    """Put the answer under `output`: that of the chat, else the field that holds one."""
    if answer is not None:
        values["output"] = answer
    elif found := answer_in(values):
        name, values["output"] = found
        if name != "output":
            values.pop(name)
