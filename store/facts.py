"""What asking has brought so far, task by task: facts that a fold counts and `search/` judges."""

from dataclasses import dataclass, replace
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Rounds:
    """What asking a task for subtasks has brought: rounds asked, and poor ones in a row.

    `pruned` counts children that a person took away: they keep their place in the breadth.
    `wanted` is how many children a person asked for, whatever the breadth and the depth.
    """

    asked: int = 0
    poor: int = 0
    pruned: int = 0
    wanted: int = 0

    def after(self, proposed: int, admitted: int, saturation: float) -> "Rounds":
        """Return the rounds after one more that proposed and admitted so many subtasks.

        The round was poor if the admitted share is at or below `saturation`.
        """
        poor = admitted == 0 or admitted <= saturation * proposed
        return replace(self, asked=self.asked + 1, poor=self.poor + 1 if poor else 0)

    def without_one(self) -> "Rounds":
        """Return the rounds after a person pruned a child."""
        return replace(self, pruned=self.pruned + 1)

    def wanting(self, children: int) -> "Rounds":
        """Return the rounds after a person asked for so many children; patience begins anew."""
        return replace(self, poor=0, wanted=children)


@dataclass(frozen=True, slots=True)
class Paid:
    """What calls of one kind brought and cost: calls, the names or records asked for, tokens."""

    calls: int = 0
    asked: int = 0
    tokens: int = 0

    def plus(self, calls: int, asked: int, tokens: int) -> "Paid":
        """Return this and so much more."""
        return Paid(self.calls + calls, self.asked + asked, self.tokens + tokens)


@dataclass(frozen=True, slots=True)
class Progress:
    """What asking a task for records has brought; `dry` counts calls in a row that kept none.

    Of those kept, `inherited` came with the tree that the run began on.
    """

    calls: int = 0
    kept: int = 0
    rejected: int = 0
    dry: int = 0
    inherited: int = 0

    def after(self, kept: int, rejected: int, *, inherited: bool = False) -> "Progress":
        """Return the progress after one more call, the run's own or an inherited one."""
        dry = 0 if kept else self.dry + 1
        known = self.inherited + (kept if inherited else 0)
        return Progress(self.calls + 1, self.kept + kept, self.rejected + rejected, dry, known)


@dataclass(frozen=True, slots=True)
class Standards:
    """What texts are compared by.

    `scope` is "run" or "task": what an instruction is compared with. `saturation` is the share of
    a round's proposals at or below which the round was poor. `semantic` is the cosine at or above
    which a text is a paraphrase; None asks for no such rule.
    """

    threshold: Fraction
    scope: str
    saturation: float
    semantic: float | None = None
