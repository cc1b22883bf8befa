"""The chance that a task's next record is about something that no record is about.

**Assumed.** A task is about as many things as it is expected to have subtasks, on all levels that
are known, as popular as Zipf's law says. The first record of a task without subtasks is about
something new. Of a task with subtasks only those things count that have no task of their own: these
are the least popular.
"""

from search.adaptive.novelty import Novelty
from search.adaptive.splitting import MOST, Splitting
from search.adaptive.zipf import chance_of_new
from store.standing import BAND, NEVER, Standing

UNSEEN = 8
"""The next names of a task that are looked at for what it is still about."""

KINDS, MOST_KINDS = 6, 200
"""The things that a task of a depth is about where none was asked so deep; the most of any."""

LEAST = 0.02
"""The chance left where a task is expected to be about a single thing."""


class Chances:
    """The chances at one moment."""

    def __init__(self, novelty: Novelty, splitting: Splitting) -> None:
        self._novelty = novelty
        self._splitting = splitting
        self._kinds: dict[tuple[int, int], tuple[float, int]] = {}

    def of(self, stands: Standing) -> float:
        """Return the chance of the next record of a task that stands so."""
        if stands.split:
            return self._beside_subtasks(stands)
        if not stands.kept:
            return 1.0
        sure, kinds = self._within(stands.depth, stands.late)
        return max(LEAST, sure * chance_of_new(kinds, 0, stands.kept))

    def _beside_subtasks(self, stands: Standing) -> float:
        if stands.ending == NEVER:
            return 0.5 / (1 + stands.kept)
        unseen = max(1.0, self._novelty.mean(stands, UNSEEN) * UNSEEN / 2)
        unasked = Standing(stands.depth, stands.late)
        told = stands.told * BAND or BAND
        known = min(MOST_KINDS, max(1, round(self._novelty.mean(unasked, told) * told)))
        return chance_of_new(known + round(unseen), known, stands.kept)

    def _within(self, depth: int, late: int) -> tuple[float, int]:
        """Return how surely an unsplit task is about several things, and how many these are."""
        key = (depth, late)
        if key not in self._kinds:
            self._kinds[key] = self._expected(Standing(depth, late))
        return self._kinds[key]

    def _expected(self, unasked: Standing) -> tuple[float, int]:
        sure = self._novelty.mean(unasked, BAND)
        splits = self._splitting.splits(unasked.depth)
        if splits is None:
            return sure, KINDS
        if not splits:
            return 0.0, 1
        own = max(2.0, self._novelty.mean(unasked, MOST) * MOST)
        below = 1
        if self._splitting.splits(unasked.depth + 1):
            _, below = self._within(unasked.depth + 1, 0)
        return sure, min(MOST_KINDS, round(own * below))
