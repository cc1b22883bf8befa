"""Which tasks to ask for names next, and for how many: where names are expected to be new.

**A level before the next one.** What is missing far up hides all that lies below it, and is named
again further down, where it does not belong. **Pilots.** The first tasks of a depth are asked for
few names, and few at a time, each answer allowing one more call in flight: until then nobody knows
whether such tasks can be split. The domain itself is asked for many names. **Bars.** A task is
asked only where the expected share of new names reaches a bar, by whether it was asked before and
whether its subtasks are known not to split. **Ease.** Once nothing reaches the bars they are
lowered, twice, as long as the purse lasts.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from search.adaptive.costs import Purse
from search.adaptive.novelty import Novelty
from search.limits import Limits
from search.step import Step
from search.strategy import Moment
from store.standing import NEVER, Standing, Standings

FIRST, AGAIN, LAST = 0.65, 0.6, 0.9
"""The bars, for the names told next: of a task never asked, of one that was, and of one that was
and whose subtasks are known not to split."""

EVERY = 0.5
"""The bar for every further name of the same call."""

EASES = (1.0, 0.6, 0.2)
"""What the bars are multiplied by, one after the other."""

SPLITS = 0.65
"""The share of new names from which on the tasks of a depth are known to split."""

PILOTS, PILOT = 4, 8
"""Calls in flight for tasks of a depth of which no answer is known, and the names they ask for."""

FEWEST, MOST = 3, 16
"""Names asked for at once."""

FEWEST_FIRST = 4
"""Names that a task is asked for at least, the first time."""


@dataclass(frozen=True, slots=True, order=True)
class Ask:
    """How to ask tasks that stand alike; asks are ordered by what comes first."""

    depth: int
    again: bool
    repeats: float
    stands: Standing
    asked: int


class Splitting:
    """The asks of one moment; `places` tells how many further subtasks a task may get."""

    def __init__(
        self, standings: Standings, novelty: Novelty, limits: Limits, places: Callable[[str], int]
    ) -> None:
        self._standings = standings
        self.novelty = novelty
        self._limits = limits
        self._places = places

    def splits(self, depth: int) -> bool | None:
        """Return whether the tasks of a depth can be split; None where too few were asked."""
        if self.novelty.answers[depth] < PILOTS:
            return None
        return self.novelty.share(Standing(depth)) >= SPLITS

    def ask(self, stands: Standing, ease: float = 1.0) -> Ask | None:
        """Return how to ask a task that stands so; None where its next names are below the bar."""
        if not self._limits.breadth_at(stands.depth):
            return None
        first, upper = stands.ending == NEVER, self.splits(stands.depth + 1) is not False
        bar = FIRST if first else AGAIN if upper else LAST
        asked = FEWEST_FIRST if first else FEWEST
        share = self.novelty.mean(stands, asked)
        if share < ease * bar:
            return None
        while asked < MOST and self.novelty.share(stands, asked) >= ease * EVERY:
            asked += 1
        if first and self.novelty.answers[stands.depth] < PILOTS:
            asked = PILOT if stands.depth else MOST
        return Ask(stands.depth, not first, -share, stands, asked)

    def steps(self, moment: Moment, purse: Purse) -> list[Step]:
        """Return the next calls for names that the purse allows."""
        for ease in EASES:
            if ease == EASES[-1] and moment.naming:
                return []
            steps = list(self._steps(moment, purse, ease))
            if steps:
                return steps
        return []

    def _steps(self, moment: Moment, purse: Purse, ease: float) -> Iterator[Step]:
        groups = self._standings.groups
        pending = {step.task for step in moment.naming}
        known = (task for task in pending if task in self._standings)
        flying = Counter(self._standings[task].depth for task in known)
        room = moment.room
        for ask in sorted(filter(None, (self.ask(stands, ease) for stands in groups))):
            allowed = PILOTS + self.novelty.answers[ask.depth]
            for task in groups[ask.stands]:
                if not room or purse.is_empty:
                    return
                if flying[ask.depth] >= allowed:
                    break
                asked = min(ask.asked, self._places(task))
                if task not in pending and asked > 0:
                    flying[ask.depth] += 1
                    room -= 1
                    purse.pay(asked)
                    yield asking(task, ask.stands, asked)


def asking(task: str, stands: Standing, asked: int) -> Step:
    """Return the call that asks a task for so many names."""
    return Step("backtrack" if stands.split else "lookahead", task, asked)
