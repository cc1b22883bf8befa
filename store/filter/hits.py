"""What rejects a text: all that reach the threshold with it, and the nearest of them."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from store.filter.keys import Integers, first_of, second_of
from store.filter.rouge import Small, Threshold, f1, lcs_of_pairs
from store.filter.signature import Interned

Lengths = npt.NDArray[np.integer[Any]]
_AT_ONCE = 1 << 16
"""So many pairs are compared at once."""


class Side(NamedTuple):
    """Texts that are compared, and how many tokens each has."""

    texts: Sequence[Interned]
    lengths: Lengths


class Candidates(NamedTuple):
    """Pairs that could reach the threshold, by their keys (row, place), which ascend.

    So far are their signatures `apart`, see store/filter/shortlist.py.
    """

    keys: Integers
    apart: Small

    def only(self, chosen: slice | npt.NDArray[np.bool_]) -> "Candidates":
        """Return those that are chosen."""
        return Candidates(self.keys[chosen], self.apart[chosen])


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
    return joined(_hits(pairs[part], one, other, threshold) for part in _parts(len(pairs)))


def nearest_hits(found: Candidates, one: Side, other: Side, threshold: Threshold) -> Hits:
    """Return of what `hits` returns the nearest of each row, the first of equals.

    However many pairs reach the threshold, few are in memory at a time.
    """
    sides = one, other, threshold
    portions = (_nearest_hits(found.only(part), *sides) for part in _parts(len(found.keys)))
    return nearest(joined(portions), one.lengths)


def _nearest_hits(found: Candidates, one: Side, other: Side, threshold: Threshold) -> Hits:
    """Return the nearest of each row, and perhaps more.

    The likeliest of each row is compared first, and then those that could be nearer than it.
    """
    rows, places = first_of(found.keys), second_of(found.keys)
    bounds = _bounds(one.lengths[rows], other.lengths[places], found.apart)
    likeliest = _first_highest(rows, bounds)
    first = _hits(found.keys[likeliest], one, other, threshold)
    score, place = np.zeros(len(one.lengths)), np.zeros(len(one.lengths), dtype=np.int64)
    score[first.rows] = first.common / (one.lengths[first.rows] + first.lengths)
    place[first.rows] = first.places
    nearer = (bounds > score[rows]) | ((bounds == score[rows]) & (places < place[rows]))
    nearer[likeliest] = False
    return joined([first, _hits(found.keys[nearer], one, other, threshold)])


def _bounds(lengths: Lengths, others: Lengths, apart: Small) -> npt.NDArray[np.float64]:
    """Return half of the highest F that two texts can have so far apart."""
    totals = lengths + others
    common = np.minimum(np.minimum(lengths, others), (totals - apart) >> 1)
    bounds: npt.NDArray[np.float64] = common / totals
    return bounds


def _first_highest(rows: Integers, values: npt.NDArray[np.float64]) -> Integers:
    """Return where each row, which ascend, has its highest value, the first of equals."""
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    highest = np.repeat(np.maximum.reduceat(values, starts), np.diff(starts, append=len(rows)))
    at = np.flatnonzero(values == highest)
    first: Integers = at[np.diff(rows[at], prepend=-1) > 0]
    return first


def _parts(count: int) -> Iterator[slice]:
    return (slice(start, start + _AT_ONCE) for start in range(0, count, _AT_ONCE))


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
