"""What rejects a text: what each part of the kept texts has found, and the nearest of all."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from store.filter.keys import Integers

Small = npt.NDArray[np.int32]


class Hits(NamedTuple):
    """By rows that repeat a text of a part: its nearest there, the first of equals.

    `places` are those of the nearest, `common` the LCS and `lengths` the tokens of the nearest.
    """

    rows: Integers
    places: Integers
    common: Integers
    lengths: Integers


class Near(NamedTuple):
    """A text that rejects another: its place, its LCS with that one, its length in tokens."""

    place: int
    common: int
    length: int

    def score(self, length: int) -> Fraction:
        """Return its ROUGE-L F1 with the other one, which has so many tokens."""
        return Fraction(2 * self.common, length + self.length)


def nearest_of(parts: Sequence[Hits], lengths: Small) -> dict[int, Near]:
    """Return by row the nearest that any part has, the first of equals; `lengths` are the rows'.

    Floating point orders the fractions as they are, as store/filter/rouge.py says.
    """
    rows, places, common, length = map(np.concatenate, zip(*parts, strict=True))
    scores = common / (lengths[rows] + length)
    order = np.lexsort((places, -scores, rows))
    firsts = order[np.diff(rows[order], prepend=-1) > 0]
    columns = (part[firsts].tolist() for part in (rows, places, common, length))
    return {row: Near(*near) for row, *near in zip(*columns, strict=True)}
