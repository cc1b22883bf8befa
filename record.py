"""The two things that a model is asked for: subtasks and records. Everybody may import them.

An answer is parsed into these once; from there on nothing else stands for a subtask or a record, to
the last file and in every reader.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Subtask:
    """A proposed subtask: its name, why people need it, and what sets it apart from the others."""

    name: str
    reason: str = ""
    difference: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One instruction-tuning record, and where it comes from as far as that is known.

    `input` and `output` are "" where there are none. `more` holds whatever else belongs to the
    record, as plain JSON by the names it has in files: messages, system, reasoning, score, …

    `task` is the task's name, `path` the names from the root down to it, `depth` the length of the
    path without the root. `nearest_id` names the record that is nearest of those kept before, by
    ROUGE-L. `model` wrote it in the call `call`.
    """

    instruction: str
    input: str = ""
    output: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""
    task: str = ""
    path: tuple[str, ...] = ()
    depth: int = 0
    model: str = ""
    nearest_id: str | None = None
    nearest_rouge_l: float = 0.0
    call: str | None = None
