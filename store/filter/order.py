"""The order in which pairs are looked at: those that are rarest among some texts first.

A text is found by the first pairs of its prefix, so these should be shared by few. Any order will
do as long as all texts are written in the same one, and two pairs may even have the same place.
"""

import numpy as np

from store.filter.keys import Integers

_NUMBER = 32  # bits of a pair that hold the token's number, see store/filter/signature.py
_PAIR = 48  # bits of a place that tell apart pairs which are equally rare
_REPEATED = 3  # repetitions from this one on are counted together
_MOST = 32767  # counts are kept in 16 bits; pairs that occur more often are equals


class RarestFirst:
    """The order of pairs by how many of some texts they occur in; `pairs` are those of all texts.

    Among equals, such as all pairs that did not occur, the token that was met last goes first.
    """

    def __init__(self, pairs: Integers) -> None:
        numbers, times = _parts(pairs)
        self._width = int(numbers.max(initial=0)) + 2  # the last column is never counted: unknown
        counts = np.bincount(times * self._width + numbers, minlength=(_REPEATED + 1) * self._width)
        self._counts = np.minimum(counts, _MOST).astype(np.int16)

    @staticmethod
    def first_place(count: int) -> int:
        """Return the first place of those pairs that occur in so many texts, or more."""
        return count << _PAIR

    def places(self, pairs: Integers) -> Integers:
        """Return the place of each pair in the order: the lower, the rarer."""
        numbers, times = _parts(pairs)
        known = times * self._width + np.minimum(numbers, self._width - 1)
        counts = self._counts[known].astype(np.int64)
        places: Integers = counts << _PAIR | (-pairs & ((1 << _PAIR) - 1))
        return places


def _parts(pairs: Integers) -> tuple[Integers, Integers]:
    """Return the tokens' numbers, and how often they came before, as far as it is counted."""
    return pairs & ((1 << _NUMBER) - 1), np.minimum(-(pairs >> _NUMBER), _REPEATED)


LATEST_FIRST = RarestFirst(np.zeros(0, dtype=np.int64))
"""The order when no text has been looked at."""
