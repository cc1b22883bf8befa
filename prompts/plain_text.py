"""Reads the plain-text form of an answer, for endpoints and models without JSON.

A subtask is a line `name | reason` (or a list item `1. name: reason`); a record is lines that begin
with `Instruction:`, `Input:` and `Output:`, in this order. A line `Task: 2` above the instruction
says which of several tasks the record is of. A conversation is lines that begin with `User:` and
`Assistant:`; a line `---`, or one with its task, stands before each further conversation.
"""

# ruff: noqa: RUF001 - full-width punctuation and long dashes are what models write

import re
from typing import Any

from turns import MESSAGES

_BULLET = re.compile(r"^\s*(?:[-*•–]|\(?\d{1,3}[.):、])\s*")
_RULE = re.compile(r"^[\s|:=-]*$")
_SEPARATOR = re.compile(r"\s*[:：]\s*|\s+[-–—]+\s+")
_BEGIN = r"^[ \t#>*_]*(?:\d{1,3}[.)][ \t*_]*)?"
_LABELS = (
    rf"{_BEGIN}(?P<part>instruction|input|output|指令|输入|输出)"
    r"[ \t*_]*\d{0,3}[ \t]*[:：][ \t*_]*"
)
_TASK_LINE = (
    rf"{_BEGIN}(?:task|任务)[ \t*_]*(?P<task>[\d:：#=-][^\n]*)\n(?:[ \t]*\n)*"
    rf"(?={_BEGIN}(?:instruction|指令))"
)
_LABEL = re.compile(_LABELS, re.IGNORECASE | re.MULTILINE)
_NUMBERED_LABEL = re.compile(rf"(?:{_TASK_LINE})?{_LABELS}", re.IGNORECASE | re.MULTILINE)
_USER_FOLLOWS = rf"(?=\n(?:[ \t]*\n)*{_BEGIN}(?:user|用户)[ \t*_]*[:：])"
_TURN = rf"{_BEGIN}(?P<role>user|assistant|用户|助手)[ \t*_]*[:：][ \t*_]*"
_HEADING = rf"{_BEGIN}(?:conversation|对话)[^\n]{{0,20}}|^[ \t]*(?:-{{3,}}|={{3,}}|\*{{3,}})[ \t]*"
_OF_TASK = rf"{_BEGIN}(?:task|任务)[ \t*_]*(?P<task>[\d:：#=-][^\n]*)"
_SPOKEN = re.compile(
    rf"{_TURN}|(?:{_OF_TASK}|{_HEADING}){_USER_FOLLOWS}", re.IGNORECASE | re.MULTILINE
)
_ROLE_OF = {"用户": "user", "助手": "assistant"}
_PARTS = ("instruction", "input", "output")
_PART_OF = {"指令": "instruction", "输入": "input", "输出": "output"}
_NO_NAMES = {"name", "名称", "criterion", "标准"}  # heads of a table, and what a task is split by
_EDGE = 1_000  # characters that are looked at in one step
_CLOSING = re.compile(r"(?:\s|```|-{3,}|#{2,})*")
_OPENING = re.compile(r"\s*(?:```\w*\n|-{3,})?")


def subtask_lines(text: str) -> list[dict[str, str]]:
    """Return the name and reason of every line that is a subtask."""
    return [parts for line in text.splitlines() if (parts := _subtask(line))]


def labelled_records(text: str, *, numbered: bool = False) -> list[dict[str, str]]:
    """Return the parts of every record; a label out of order belongs to the text it stands in.

    Where records are `numbered`, the line of the task above an instruction is a part as well.
    """
    records: list[dict[str, str]] = []
    labels: list[tuple[str, re.Match[str]]] = []
    for label in (_NUMBERED_LABEL if numbered else _LABEL).finditer(text):
        part = _PART_OF.get(label["part"], label["part"].lower())
        if part == "instruction" or (labels and _PARTS.index(part) > _PARTS.index(labels[-1][0])):
            labels.append((part, label))
    ends = [label.start() for _, label in labels[1:]] + [len(text)]
    for (part, label), end in zip(labels, ends, strict=False):
        if part == "instruction":
            said = label.groupdict().get("task")
            records.append({} if said is None else {"task": said})
        records[-1][part] = _without_edges(text[label.end() : end])
    return records


def labelled_conversations(text: str) -> list[dict[str, Any]]:
    """Return the messages of every conversation, and its task where a line above it says one."""
    conversations: list[dict[str, Any]] = []
    begins = True
    labels = list(_SPOKEN.finditer(text))
    ends = [label.start() for label in labels[1:]] + [len(text)]
    for label, end in zip(labels, ends, strict=False):
        if begins or not label["role"]:
            conversations.append({MESSAGES: []})
        begins = False
        if label["task"]:
            conversations[-1]["task"] = label["task"]
        if label["role"]:
            role = _ROLE_OF.get(label["role"], label["role"].lower())
            said = {"role": role, "content": _without_edges(text[label.end() : end])}
            conversations[-1][MESSAGES].append(said)
    return [conversation for conversation in conversations if conversation[MESSAGES]]


def _without_edges(text: str) -> str:
    """Return the text without the fences, rules and white space around it."""
    start, end = 0, len(text)
    while (opening := _OPENING.match(text, start)) and opening.end() > start:
        start = opening.end()
    while (closing := _CLOSING.match(text[max(start, end - _EDGE) : end][::-1])) and closing.end():
        end -= closing.end()
    return text[start:end]


def _subtask(line: str) -> dict[str, str] | None:
    if _RULE.match(line):
        return None
    if "|" in line:
        cells = [cell.strip(" *`") for cell in _BULLET.sub("", line).strip().strip("|").split("|")]
    elif bullet := _BULLET.match(line):
        cells = [cell.strip(" *`") for cell in _SEPARATOR.split(line[bullet.end() :], maxsplit=1)]
    else:
        return None
    if cells[0].lower() in _NO_NAMES:
        return None
    return dict(zip(("name", "reason"), cells, strict=False))
