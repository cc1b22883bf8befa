"""One step of a search: one call to the model."""

from dataclasses import dataclass
from typing import Literal

Operation = Literal["lookahead", "backtrack", "generate"]


@dataclass(frozen=True, slots=True)
class Part:
    """What a step asks of one task: `asked` subtasks or records.

    `turn` counts the calls that asked the task for the same before, from 0.
    """

    task: str
    asked: int
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One call to the model: `operation` on `task`, asking for `asked` subtasks or records.

    A call for records may be of several tasks: then `others` are the parts beside the first.
    """

    operation: Operation
    task: str
    asked: int
    turn: int = 0
    others: tuple[Part, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """What the step asks of each of its tasks, no task twice."""
        return (Part(self.task, self.asked, self.turn), *self.others)

    @property
    def records(self) -> int:
        """How many records the step asks for: none where it asks for subtasks."""
        return sum(part.asked for part in self.parts) if self.operation == "generate" else 0

    @classmethod
    def writing(cls, parts: tuple[Part, ...]) -> "Step":
        """Return the call for records that asks for these parts."""
        first, *others = parts
        return cls("generate", first.task, first.asked, first.turn, tuple(others))
