"""One step of a search: one call to the model."""

from dataclasses import dataclass
from typing import Literal

Operation = Literal["lookahead", "backtrack", "generate"]


@dataclass(frozen=True, slots=True)
class Step:
    """One call to the model: `operation` on `task`, asking for `asked` subtasks or records.

    `turn` counts the calls that asked the task for the same before, from 0.
    """

    operation: Operation
    task: str
    asked: int
    turn: int = 0
