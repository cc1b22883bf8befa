"""What rejects a text: all that reach the threshold with it, and the nearest of them."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from store.filter.keys import Integers, first_of, second_of
from store.filter.rouge import Threshold, f1, lcs_of_pairs
from store.filter.signature import Interned

Lengths = npt.NDArray[np.integer[Any]]
_AT_ONCE = 1 << 16
"""So many pairs are compared at once."""


class Side(NamedTuple):
    """Texts that are compared, and how many tokens each has."""

    texts: Sequence[Interned]
    lengths: Lengths


class Hits(NamedTuple):
    """Pairs that reach the threshold: a row, the place of a text that it repeats, and their LCS.

    `lengths` are the tokens of the texts at the places.
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
        return f1(self.common, length + self.length)


NO_HITS = Hits(*np.zeros((4, 0), dtype=np.int64))


def hits(pairs: Integers, one: Side, other: Side, threshold: Threshold) -> Hits:
    """Return those of the pairs that reach the threshold, in their order.

    They are given by their keys (a row of the one, a place of the other), which ascend.
    """
    return joined(_portions(pairs, one, other, threshold))


def nearest_hits(pairs: Integers, one: Side, other: Side, threshold: Threshold) -> Hits:
    """Return of what `hits` returns the nearest of each row, the first of equals.

    However many pairs reach the threshold, few are in memory at a time.
    """
    portions = _portions(pairs, one, other, threshold)
    return nearest(joined(nearest(some, one.lengths) for some in portions), one.lengths)


def _portions(pairs: Integers, one: Side, other: Side, threshold: Threshold) -> Iterator[Hits]:
    for start in range(0, len(pairs), _AT_ONCE):
        yield _hits(pairs[start : start + _AT_ONCE], one, other, threshold)


def _hits(pairs: Integers, one: Side, other: Side, threshold: Threshold) -> Hits:
    rows, places = first_of(pairs), second_of(pairs)
    common = lcs_of_pairs(rows, one.texts, places, other.texts)
    lengths = other.lengths[places].astype(np.int64)
    totals = one.lengths[rows] + lengths
    reach = totals - 2 * common <= threshold.slack_of(totals)
    return Hits(rows[reach], places[reach], common[reach], lengths[reach])


def joined(parts: Iterable[Hits]) -> Hits:
    """Return the pairs of all parts."""
    return Hits(*map(np.concatenate, zip(NO_HITS, *parts, strict=True)))


def nearest(found: Hits, lengths: Lengths) -> Hits:
    """Return the nearest of each row, the first of equals; `lengths` are the rows'.

    Floating point orders the fractions as they are, as store/filter/rouge.py says.
    """
    scores = found.common / (lengths[found.rows] + found.lengths)
    order = np.lexsort((found.places, -scores, found.rows))
    firsts = order[np.diff(found.rows[order], prepend=-1) > 0]
    return Hits(*(part[firsts] for part in found))


def by_row(found: Hits) -> dict[int, list[Near]]:
    """Return by row all that it repeats, in the order of the pairs."""
    rows: dict[int, list[Near]] = {}
    for row, *near in zip(*(part.tolist() for part in found), strict=True):
        rows.setdefault(row, []).append(Near(*near))
    return rows


def nearest_by_row(found: Hits, lengths: Lengths) -> dict[int, Near]:
    """Return by row the nearest that it repeats, the first of equals."""
    columns = (part.tolist() for part in nearest(found, lengths))
    return {row: Near(*near) for row, *near in zip(*columns, strict=True)}


def nearer(found: Iterable[Near], length: int) -> Near | None:
    """Return the nearest of what a text of this length repeats, the first of equals, if any."""

    def nearness(near: Near) -> tuple[float, int]:
        return near.common / (length + near.length), -near.place

    return max(found, key=nearness, default=None)
