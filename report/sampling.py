"""The overlaps of some texts, drawn at random, with all: what the means of all are, and how surely.

A drawn text is compared with every other, so its own mean and its own highest overlap are exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import LCSseq

from store.filter.keys import Integers
from store.filter.ragged import Ragged
from work.ordered import mapped
from work.team import Team

DRAWS = 2_000
"""Texts that are drawn: with them the error was at most .002 in all data that was measured."""

SURE = 1.96
"""Standard errors on both sides that hold 95 % of a normal distribution."""

_ROWS, _COLUMNS = 512, 1 << 14  # a block of pairs takes 32 MB

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Drawn:
    """The positions of the drawn texts, ascending, and their overlaps with all others."""

    places: Integers
    mean: Floats
    highest: Floats


class Estimate(NamedTuple):
    """A value, and its 95 % error: the truth lies within `value` ± `error` in 95 of 100 samples."""

    value: float
    error: float


class _Piece(NamedTuple):
    """Some drawn texts, and some of all: from position `first` on."""

    rows: Ragged
    places: Integers
    columns: Ragged
    first: int


def drawn_overlaps(texts: Ragged, draws: int, seed: int = 0, team: Team | None = None) -> Drawn:
    """Return the overlaps of so many texts, drawn without replacement, with all others."""
    size = len(texts.lengths)
    places = drawn_places(size, draws, seed)
    total, highest = np.zeros(len(places)), np.zeros(len(places))
    pieces = _pieces(texts, places)
    found = mapped(overlaps_of, pieces, team)
    for place, (sums, best) in zip(_rows(places, size), found, strict=True):
        total[place] += sums
        np.maximum(highest[place], best, out=highest[place])
    return Drawn(places, total / max(size - 1, 1), highest)


def drawn_places(size: int, draws: int, seed: int) -> Integers:
    """Return so many of `size` positions, at most all, drawn without replacement, ascending."""
    drawn = np.random.default_rng(seed).choice(size, min(draws, size), replace=False)
    return np.sort(drawn).astype(np.int64)


def overlaps_of(piece: _Piece) -> tuple[Floats, Floats]:
    """Return for each row the sum of its overlaps with the columns but itself, and the highest."""
    common = process.cdist(
        piece.rows.interned(), piece.columns.interned(), scorer=LCSseq.similarity, dtype=np.int32
    )
    totals = piece.rows.lengths[:, None] + piece.columns.lengths[None].astype(np.float64)
    scores = 2.0 * common / np.maximum(totals, 1.0)
    itself = piece.places - piece.first
    inside = np.flatnonzero((itself >= 0) & (itself < scores.shape[1]))
    scores[inside, itself[inside]] = 0.0
    return scores.sum(axis=1), scores.max(axis=1, initial=0.0)


def estimated_mean(values: Floats, of: int) -> Estimate:
    """Return the mean of `of` values, by those of a random sample of them (Cochran 1977, ch. 2).

    A sample of all has no error. One alone says nothing of its error: that is 1, the most possible.
    """
    if not len(values):
        return Estimate(0.0, 0.0 if not of else 1.0)
    value = float(values.mean())
    if len(values) == of:
        return Estimate(value, 0.0)
    if len(values) == 1:
        return Estimate(value, 1.0)
    left_out = 1 - len(values) / of
    return Estimate(value, SURE * float(values.std(ddof=1)) * (left_out / len(values)) ** 0.5)


def estimated_highest(known: Floats, drawn: Drawn, floor: float) -> Estimate:
    """Return the mean of the highest overlaps; `known` has 0 where one lies below the floor.

    From the floor on they are all known; below it the drawn texts stand for all.
    """
    below = known < floor
    inside = estimated_mean(drawn.highest[below[drawn.places]], int(below.sum()))
    share = float(below.mean()) if len(known) else 0.0
    least = float(known.sum()) / max(len(known), 1)
    error = min(inside.error, floor)
    return Estimate(least + share * inside.value, share * error)


def _rows(places: Integers, size: int) -> Iterator[slice]:
    for top in range(0, len(places), _ROWS):
        for _ in range(0, size, _COLUMNS):
            yield slice(top, top + _ROWS)


def _pieces(texts: Ragged, places: Integers) -> Iterator[_Piece]:
    for top in range(0, len(places), _ROWS):
        some = places[top : top + _ROWS]
        rows = texts.taken(some)
        for first in range(0, len(texts.lengths), _COLUMNS):
            columns = np.arange(first, min(first + _COLUMNS, len(texts.lengths)))
            yield _Piece(rows, some, texts.taken(columns), first)
