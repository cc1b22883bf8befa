"""One item of an answer as a subtask or a record, whatever its fields are called."""

# ruff: noqa: RUF001 - full-width punctuation and long dashes are what models write

import re
from collections.abc import Sequence
from typing import Any

from prompts.spoken import messages_in
from record import Record, Subtask
from turns import ASSISTANT, MESSAGES, USER

PART_CHARACTERS = 20_000
"""A record with a longer part is dropped."""

NAME_CHARACTERS = 300
REASON_CHARACTERS = 500

_ALIASES = {
    "name": ("name", "subtask", "task", "title", "名称"),
    "reason": ("reason", "理由"),
    "instruction": ("instruction", "指令"),
    "input": ("input", "输入"),
    "output": ("output", "输出"),
    "messages": ("messages", "conversation", "turns", "dialogue", "dialog", "对话", "消息"),
    "task": ("task", "task_number", "task number", "number", "任务", "任务编号", "编号"),
}
_NO_INPUT = {"none", "n/a", "noinput", "no input", "null", "empty", "无", "没有", "无输入"}
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_NUMBERING = re.compile(
    r"^(?:\(?\d{1,3}[.):：、]|[-*•–#>]+\s|(?:sub-?task|子任务|任务)\s*\d{1,3}\s*[.:：-]?)\s*",
    re.IGNORECASE,
)
_QUOTES = "\"'`*_“”‘’「」『』«»"
_TRAILING = ".,:;…。，：；、"


class UnusableError(Exception):
    """One item cannot be used; the message says why."""


def known_fields(value: dict[str, Any]) -> dict[str, Any]:
    """Return the known fields of an object under their own names."""
    given = {str(name).strip().lower(): content for name, content in value.items()}
    return {
        field: given[alias]
        for field, aliases in _ALIASES.items()
        for alias in reversed(aliases)
        if alias in given
    }


def subtask_of(fields: dict[str, Any]) -> Subtask:
    """Return the subtask; it needs a name."""
    name = _name(_text(fields, "name"))
    if not name:
        raise UnusableError("has no name")
    return Subtask(name, " ".join(_text(fields, "reason").split())[:REASON_CHARACTERS])


def record_of_fields(fields: dict[str, Any]) -> Record:
    """Return the record; it needs an instruction and an output."""
    return _record_of(fields, needed=("instruction", "output"))


def request_of(fields: dict[str, Any]) -> Record:
    """Return the record without its output, which is asked for apart; it needs an instruction."""
    return _record_of(fields | {"output": ""}, needed=("instruction",))


def _record_of(fields: dict[str, Any], needed: Sequence[str]) -> Record:
    parts = {part: _text(fields, part) for part in ("instruction", "input", "output")}
    if missing := [part for part in needed if not parts[part]]:
        raise UnusableError(f"has no {' and no '.join(missing)}")
    if max(map(len, parts.values())) > PART_CHARACTERS:
        raise UnusableError(f"has a part of more than {PART_CHARACTERS:,} characters")
    if parts["input"].strip("<>[]().。 ").lower() in _NO_INPUT | {""}:
        parts["input"] = ""
    return Record(parts["instruction"], parts["input"], parts["output"])


def conversation_of(fields: dict[str, Any]) -> Record:
    """Return the record of a conversation; whether its turns are in order is not looked at."""
    said = [
        {"role": message["role"], "content": _text(message, "content")}
        for message in messages_in(fields.get(MESSAGES))
    ]
    asked, answers = ([m["content"] for m in said if m["role"] == r] for r in (USER, ASSISTANT))
    if not asked or not answers:
        raise UnusableError("has no messages of user and assistant")
    if max(len(message["content"]) for message in said) > PART_CHARACTERS:
        raise UnusableError(f"has a message of more than {PART_CHARACTERS:,} characters")
    return Record(asked[0], "", answers[-1], {MESSAGES: said})


def _text(fields: dict[str, Any], part: str) -> str:
    """Return a field's text; numbers are written out, a list's texts become its lines."""
    value = fields.get(part)
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(line, str | int | float) for line in value):
        value = "\n".join(str(line) for line in value)
    if not isinstance(value, str | int | float):
        raise UnusableError(f"has no text as its {part}")
    return clean(str(value))


def clean(text: str) -> str:
    """Return the text without control characters, lone surrogates and white space at its ends."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _name(text: str) -> str:
    """Return a task's name on one line, without numbering, quotes and trailing punctuation."""
    name, before = " ".join(text.split())[:NAME_CHARACTERS], None
    while name != before:
        before = name
        name = _NUMBERING.sub("", name).strip(_QUOTES + " ").rstrip(_TRAILING + " ")
    return name
