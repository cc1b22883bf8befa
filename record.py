"""The two things that a model is asked for: subtasks and records. Every folder may import them.

An answer is parsed into these types once. Everything after that, up to the last file, and
every reader of data, uses these types and no other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PARTS = ("instruction", "input", "output")
"""The parts that every record has."""


@dataclass(frozen=True, slots=True)
class Subtask:
    """A proposed subtask: its name, and why people need it."""

    name: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One instruction-tuning record, and where it comes from as far as that is known.

    `input` and `output` are "" where there are none. `more` holds what else belongs to the record,
    as plain JSON under the names it has in files: messages, reasoning, score, …

    `task` is the task's name, within a run its id. `path` holds the names from the root to the
    task. `nearest_id` names the nearest record of those kept before, by ROUGE-L. `model` wrote the
    record in the call `call`. `cut_off` says that the token limit ended the answer inside this
    record; such a record is never kept.
    """

    instruction: str
    input: str = ""
    output: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    task: str = ""
    path: tuple[str, ...] = ()
    model: str = ""
    nearest_id: str | None = None
    nearest_rouge_l: float = 0.0
    call: str | None = None
    cut_off: bool = False

    @property
    def depth(self) -> int:
        """How many tasks lie above the record's own."""
        return max(len(self.path) - 1, 0)


_ORIGIN = ("task", "path", "depth", "model", "nearest_id", "nearest_rouge_l", "call")
_KNOWN = {"id", *PARTS, *_ORIGIN} - {"depth"}
_NEVER_MORE = {"id", *PARTS, *_ORIGIN, "more", "cut_off", "operation"}
"""Names that mean something else where a record is one JSON object: no further part has them."""


def score_of(record: Record) -> float | None:
    """Return the score from 0 to 1 that a judge gave the record, None where none did."""
    score = record.more.get("score")
    if isinstance(score, bool) or not isinstance(score, (int, float)):
        return None
    return float(score) if 0 <= score <= 1 else None


def content_of(record: Record) -> dict[str, Any]:
    """Return what the record itself says, as plain JSON: instruction, input, output, and `more`."""
    more = {name: value for name, value in record.more.items() if name not in _NEVER_MORE}
    return {part: getattr(record, part) for part in PARTS} | more


def record_of(values: Mapping[str, Any]) -> Record:
    """Return the record that plain JSON describes: its content, and where it comes from.

    Names that a Record does not have are its further parts. Values are taken as they are.
    """
    known = {name: value for name, value in values.items() if name in _KNOWN}
    if "path" in known:
        known["path"] = tuple(known["path"])
    more = {name: value for name, value in values.items() if name not in _NEVER_MORE}
    return Record(**known, more=more)


def row_of(record: Record) -> dict[str, Any]:
    """Return the record as a row of dataset.jsonl: its content, and where it comes from."""
    origin = {name: getattr(record, name) for name in _ORIGIN}
    return {"id": record.id, **content_of(record), **origin, "path": list(record.path)}
