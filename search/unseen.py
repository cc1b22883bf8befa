"""How many tasks are still to be found, in all and below a task, with a 90 % interval.

Nothing in a search says how large a domain is; its answers give signs of it. The estimate is a
quadratic form of seven such signs, whose weights were learned on simulated domains of all shapes
(benchmarks/unseen_lessons.py): names that a prompt lists are hardly repeated, so that Chao1 and
Good-Turing do not hold. Below a task it is the share of the whole that falls to the tasks there.

What is counted are different tasks that no task of the tree names yet, as deep as the domain goes,
whether or not a search may go so deep.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations_with_replacement
from math import exp, log

from search.unseen_weights import BELOW, CENTRES, IN_ALL, LEARNED, SPREADS, WEIGHTS
from store.standing import ENDINGS, NEVER, Standing, Standings

BESIDE = 10
"""Tasks that a logarithm is taken beside, so that none and a few are not far apart."""
TRIED = 0.15
"""The share of all first answers from which on a level counts as tried."""
FEWEST_TASKS = 100
"""Tasks that a tree must have before anything is said of what it has not found."""
FEWEST = 4
"""Tasks asked at a level before what they brought is taken for the others."""
LEFT = 0.5
"""What is left of a task whose last answer was new to its end, beside one that was never asked."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """How many tasks are still to be found: expected, and the ends of the 90 % interval."""

    expected: int
    low: int
    high: int


class Estimator:
    """The estimate from where the tasks stand at one moment."""

    def __init__(self, standings: Standings) -> None:
        self._standings = standings
        self._tasks: Counter[int] = Counter()
        self._asked: Counter[int] = Counter()
        for stands, tasks in standings.groups.items():
            self._tasks[stands.depth] += len(tasks)
            self._asked[stands.depth] += len(tasks) * (stands.ending != NEVER)

    @cached_property
    def in_all(self) -> Unseen | None:
        """How many tasks are still to be found; None where too little was asked to tell."""
        size = self._tasks.total()
        if size < FEWEST_TASKS or not self._standings.trials:
            return None
        _, below, above = next(band for band in IN_ALL if size < band[0])
        return _unseen(self._logarithm, below, above)

    def below(self, tasks: Iterable[Standing]) -> Unseen | None:
        """Return how many are still to be found through these tasks; None where nobody can tell.

        They are a branch: a task with all tasks below it.
        """
        if self.in_all is None:
            return None
        expected = self.share(tasks) * max(0.0, exp(self._logarithm) - BESIDE)
        return _unseen(log(expected + BESIDE), *BELOW)

    def share(self, tasks: Iterable[Standing]) -> float:
        """Return the share of what is still to be found that is found through these tasks."""
        return sum(map(self._left, tasks)) / self._left_in_all if self._left_in_all else 0.0

    @cached_property
    def signs(self) -> dict[str, float]:
        """The signs by name: logarithms of numbers and of odds, and a share."""
        trials, depths = self._standings.trials.items(), range(max(self._tasks, default=0) + 1)
        answers, first = Counter[int](), dict.fromkeys(depths, (0.0, 0.0))
        later = (0.0, 0.0)
        for (depth, _, ending), tried in trials:
            told, new = sum(tried.told), sum(tried.admitted)
            if ending == NEVER:
                answers[depth] += tried.answers
                first[depth] = (first[depth][0] + told, first[depth][1] + new)
            elif depth:
                later = (later[0] + told, later[1] + new)
        enough = TRIED * answers.total()
        deepest = max((d for d in answers if d and answers[d] >= enough), default=1)
        standings, waiting = self._standings, sum(map(self._waiting, depths))
        return {
            "size": log(max(1, self._tasks.total())),
            "echoes": log(standings.echoed / max(1, standings.told_first) + 0.002),
            "waiting": log(1 + waiting),
            "new": _odds(*first.get(deepest, (0.0, 0.0))),
            "deeper": _odds(*first.get(deepest + 1, (0.0, 0.0))),
            "later": _odds(*later),
            "asked": self._asked[deepest] / max(1, self._tasks[deepest]),
        }

    @cached_property
    def _logarithm(self) -> float:
        """The logarithm of what is expected, beside `BESIDE`.

        A sign beyond all that was learned from counts as the last of these.
        """
        within = [
            min(most, max(least, value))
            for value, (least, most) in zip(self.signs.values(), LEARNED, strict=True)
        ]
        scaled = zip(within, CENTRES, SPREADS, strict=True)
        signs = [1.0, *((value - centre) / spread for value, centre, spread in scaled)]
        pairs = combinations_with_replacement(signs, 2)
        return sum(weight * a * b for weight, (a, b) in zip(WEIGHTS, pairs, strict=True))

    @cached_property
    def _left_in_all(self) -> float:
        groups = self._standings.groups.items()
        return sum(self._left(stands) * len(tasks) for stands, tasks in groups)

    def _left(self, stands: Standing) -> float:
        """Return how many tasks a task that stands so leads to, by what others brought."""
        share = 1.0 if stands.ending == NEVER else LEFT * stands.ending / ENDINGS
        return share * self._leads_to(stands.depth)

    def _leads_to(self, depth: int) -> float:
        brought = self._brought(depth)
        return brought * (1 + self._leads_to(depth + 1)) if brought else 0.0

    def _waiting(self, depth: int) -> float:
        return (self._tasks[depth] - self._asked[depth]) * self._brought(depth)

    def _brought(self, depth: int) -> float:
        """Return how many subtasks a task of this depth brought that was asked, in the mean."""
        asked = self._asked[depth]
        enough = asked >= FEWEST or (asked and not depth)
        return self._tasks[depth + 1] / asked if enough else 0.0


def _unseen(logarithm: float, below: float, above: float) -> Unseen:
    ends = (logarithm, logarithm - below, logarithm + above)
    return Unseen(*(round(max(0.0, exp(end) - BESIDE)) for end in ends))


def _odds(told: float, new: float) -> float:
    return log((new + 1) / (told - new + 1))
