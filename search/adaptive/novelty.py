"""The share of further names that is expected to be new, from what names so far came to.

A share is estimated for tasks that stand alike: as deep, named as late, whose last answer ended
likewise; and for each band of names, since the first names of a task are seldom repeats and later
ones often. Where few names were told, the share is near its prior, which comes from tasks that
stand nearly alike (a beta distribution's mean, the prior worth `PRIOR_NAMES` names).
"""

from collections import Counter
from collections.abc import Mapping

from store.standing import BAND, BANDS, ENDINGS, NEVER, Standing, Trials

FIRST = 0.85
"""The share of the names told first that is new, where nothing is known yet."""

DEEPER, LATER = 0.95, 0.85
"""What is left of a share a level deeper; and for tasks named later, or in the next band."""

PRIOR_NAMES = 6.0
"""Names that a prior counts for."""


class Novelty:
    """The expected shares at one moment; `answers` counts by depth the answers they come from."""

    def __init__(self, trials: Mapping[tuple[int, int, int], Trials]) -> None:
        self._trials = trials
        self._shares: dict[tuple[int, int, int], list[float]] = {}
        self.answers: Counter[int] = Counter()
        for (depth, _, _), tried in trials.items():
            self.answers[depth] += tried.answers

    def share(self, stands: Standing, place: int = 0) -> float:
        """Return the expected share of the name before which a task is told `place` others."""
        band = min(BANDS - 1, stands.told + place // BAND)
        return self._by_band(stands.depth, stands.late, stands.ending)[band]

    def mean(self, stands: Standing, asked: int) -> float:
        """Return the expected share of so many names."""
        return sum(self.share(stands, place) for place in range(asked)) / asked

    def _by_band(self, depth: int, late: int, ending: int) -> list[float]:
        key = (depth, late, ending)
        if key not in self._shares:
            self._shares[key] = self._estimated(key)
        return self._shares[key]

    def _estimated(self, key: tuple[int, int, int]) -> list[float]:
        prior, tried = self._prior(*key), self._trials.get(key)
        if tried is None:
            return prior
        shares: list[float] = []
        for expected, told, admitted in zip(prior, tried.told, tried.admitted, strict=True):
            before = min(expected, LATER * shares[-1]) if shares else expected
            shares.append((PRIOR_NAMES * before + admitted) / (PRIOR_NAMES + told))
        return shares

    def _prior(self, depth: int, late: int, ending: int) -> list[float]:
        if late:
            return [LATER * share for share in self._by_band(depth, late - 1, ending)]
        if depth:
            return [DEEPER * share for share in self._by_band(depth - 1, 0, ending)]
        return [FIRST * (1 if ending == NEVER else ending / ENDINGS)] * BANDS
