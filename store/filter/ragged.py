"""Many token lists in two arrays, so that they are small to keep and quick to send to a worker."""

from array import array
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from store.filter.keys import Integers
from store.filter.signature import Interned, intern_numbers

Numbers = npt.NDArray[np.int32]


class Ragged(NamedTuple):
    """Token lists by position: the numbers of their tokens, one list after the other, and lengths.

    A token's number is its rank by frequency: 0 is the most frequent one.
    """

    numbers: Numbers
    lengths: Numbers

    @property
    def starts(self) -> Integers:
        """Where each list begins."""
        ends = np.cumsum(self.lengths, dtype=np.int64)
        return ends - self.lengths

    def taken(self, places: Integers) -> "Ragged":
        """Return the lists at these positions, in this order."""
        lengths = self.lengths[places]
        ends = np.cumsum(lengths, dtype=np.int64)
        shifts = np.repeat(self.starts[places] - (ends - lengths), lengths)
        return Ragged(self.numbers[np.arange(len(shifts)) + shifts], lengths)

    def interned(self) -> list[Interned]:
        """Return each list with one character per token; as numbers where there are too many."""
        return intern_numbers(self.lengths, self.numbers)


def ragged(texts: Iterable[Sequence[str]]) -> Ragged:
    """Return token lists with their tokens numbered by frequency, level ones as they appear."""
    known: dict[str, int] = {}
    numbers, lengths = array("i"), array("i")
    for tokens in texts:
        numbers.extend(known.setdefault(token, len(known)) for token in tokens)
        lengths.append(len(tokens))
    flat = np.frombuffer(numbers, dtype=np.int32)
    order = np.argsort(-np.bincount(flat, minlength=len(known)), kind="stable")
    ranks = np.empty(len(known), dtype=np.int32)
    ranks[order] = np.arange(len(known), dtype=np.int32)
    return Ragged(ranks[flat], np.frombuffer(lengths, dtype=np.int32))
