"""What a prompt of the project says: the task, what is asked for, and what is named as explored.

Only the English templates are read; the tests hold this against prompts/render.py.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

_COMPLAINT = "That answer could not be used"
_REJECTED = re.compile(r"(.+?) \([^()]*\)(?:; |$)")
_ASKED = re.compile(r"^(?:Name|Write) (\d+) ", re.MULTILINE)
_BEGUN = re.compile(r"^- (.+)…$", re.MULTILINE)
_LISTED = re.compile(r"^\d+\. (.+?) - .*?(?:; (\d+) (?:records|conversations))?$", re.MULTILINE)
_TURNS = re.compile(r"^- has (\d+)(?: to (\d+))? messages of the user", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A task by its path from the root, and how many items of it are wanted."""

    path: tuple[str, ...]
    asked: int


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt, read. `others` are related and rejected names, `parts` those of a record.

    `begun` holds how instructions that exist begin, where they are cut. A prompt for records may be
    about several `tasks`, in the order of their numbers. `turns` are the least and the most user
    turns of a conversation, None where none is asked for.
    """

    kind: Literal["subtasks", "records"]
    tasks: tuple[Wanted, ...]
    children: tuple[str, ...]
    peers: tuple[str, ...]
    others: tuple[str, ...]
    parts: tuple[str, ...]
    boxed: bool
    begun: tuple[str, ...]
    request: str
    turns: tuple[int, int] | None


def read_prompt(messages: Sequence[dict[str, Any]]) -> Prompt | None:
    """Return what the prompt says, or None where it is none of the project's."""
    system = str(messages[0].get("content", "")) if messages else ""
    requests = [
        text
        for message in messages
        if message.get("role") == "user"
        and not (text := str(message.get("content", ""))).startswith(_COMPLAINT)
    ]
    kind: Literal["subtasks", "records"] = "subtasks" if '"subtasks"' in system else "records"
    asked = _ASKED.findall(requests[-1]) if requests else []
    if f'"{kind}"' not in system or not asked:
        return None
    request = requests[-1]
    return Prompt(
        kind=kind,
        tasks=_listed(request) or (Wanted(_path(_line(request, "Task: ", "\n")), int(asked[-1])),),
        children=_line(request, "Its subtasks so far: "),
        peers=_line(request, "Tasks beside it: "),
        others=(
            *_line(request, "Related tasks elsewhere: "),
            *_REJECTED.findall("".join(_line(request, "Rejected before: ", "\n"))),
        ),
        parts=tuple(p for p in ("instruction", "input", "output") if f'"{p}"' in system),
        boxed="\\boxed" in system,
        begun=tuple(_BEGUN.findall(request)),
        request=request,
        turns=_turns(system),
    )


def _turns(system: str) -> tuple[int, int] | None:
    asked = _TURNS.search(system) if '"messages"' in system else None
    return (int(asked[1]), int(asked[2] or asked[1])) if asked else None


def _listed(request: str) -> tuple[Wanted, ...]:
    """Return the tasks of a numbered list."""
    _, listed, after = request.rpartition("Tasks:\n")
    lines = after[: after.find("\nWrite ")] if listed else ""
    return tuple(Wanted(_path([path]), int(asked or 1)) for path, asked in _LISTED.findall(lines))


def _path(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for line in lines for name in line.split(" > ") if name != "…")


def _line(text: str, begin: str, between: str = "; ") -> tuple[str, ...]:
    """Return the items of the last line that begins so."""
    found = re.findall(rf"^{re.escape(begin)}(.*)$", text, re.MULTILINE)
    return tuple(found[-1].split(between)) if found else ()
