"""What asking has brought so far, task by task: facts that a fold counts and `search/` judges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil
from typing import Any


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
    """What calls of one kind brought and cost: calls, the names or records asked for, tokens.

    `longest` are the most tokens that an answer took for each name or record in it.
    """

    calls: int = 0
    asked: int = 0
    tokens: int = 0
    longest: int = 0

    def after(self, asked: int, calls: Sequence[Mapping[str, Any]], found: int) -> "Paid":
        """Return this and these calls, which asked for so much; `found` is what the last one held.

        An answer that was cut off before anything in it could be read was too long for one item.
        """
        tokens = sum(call["prompt_tokens"] + call["completion_tokens"] for call in calls)
        longest = self.longest
        for call in calls:
            if "purpose" not in call and (call["read"] or call["ended"] == "length"):
                held = found if call["read"] else 1
                longest = max(longest, ceil(call["completion_tokens"] / max(1, held)))
        return Paid(self.calls + len(calls), self.asked + asked, self.tokens + tokens, longest)


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
