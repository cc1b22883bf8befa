"""ROUGE-L F1 of two token lists as an exact fraction, and the LCS a threshold asks for.

F = 2·P·R/(P+R) with P = LCS/m and R = LCS/n, which is 2·LCS/(m+n). rouge-score computes it in
floating point, where 16 of the 464 pairs (m, n, LCS) that lie exactly at 0.7 fall below it; whole
numbers do not.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import LCSseq

from errors import InputError
from store.filter.keys import Integers

Small = npt.NDArray[np.int32]
_FEW = 16

Interned = Sequence[int] | str
"""Tokens as numbers, or as the characters with these code points: both compare as numbers."""


def closest(text: Interned, others: Sequence[Interned]) -> tuple[int, int]:
    """Return which of the others has the highest F, the first of equals, and its LCS.

    Floating point orders the fractions as they are: division rounds equal ones to the same number,
    and unequal ones lie far more than a rounding apart below 2**26 tokens.
    """
    common, length = lcs(text, others), len(text)
    scores = [lcs / (length + len(other)) for lcs, other in zip(common, others, strict=True)]
    best = scores.index(max(scores))
    return best, common[best]


def lcs(text: Interned, others: Sequence[Interned]) -> list[int]:
    """Return the LCS of a text with each of the others."""
    if len(others) < _FEW:
        return [LCSseq.similarity(text, other) for other in others]
    found: list[int] = lcs_of_all([text], others)[0].tolist()
    return found


def lcs_of_all(texts: Sequence[Interned], others: Sequence[Interned]) -> Integers:
    """Return the LCS of each text with each of the others, a row a text."""
    return process.cdist(texts, others, scorer=LCSseq.similarity, dtype=np.int64)


@lru_cache(maxsize=1 << 16)
def f1(common: int, total: int) -> Fraction:
    """Return F of two texts of so many tokens in all, with this LCS."""
    return Fraction(2 * common, total)


def lcs_of_pairs(
    rows: Integers, texts: Sequence[Interned], places: Integers, others: Sequence[Interned]
) -> Integers:
    """Return the LCS of each text with the other at its place; rows ascend.

    A text that has many others is compared with all of them at once.
    """
    common = np.empty(len(rows), dtype=np.int64)
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    counts = np.diff(starts, append=len(rows))
    for start, count in zip(
        *(part[counts >= _FEW].tolist() for part in (starts, counts)), strict=True
    ):
        these = [others[place] for place in places[start : start + count].tolist()]
        common[start : start + count] = lcs(texts[rows[start]], these)
    few = np.repeat(counts < _FEW, counts)
    if few.any():
        ones, those = rows[few].tolist(), places[few].tolist()
        pairs = map(texts.__getitem__, ones), map(others.__getitem__, those)
        common[few] = np.fromiter(map(LCSseq.similarity, *pairs), np.int64, len(ones))
    return common


class Threshold:
    """What two texts of m and n tokens need in order to reach F >= `value`.

    Raises InputError unless 0 < value <= 1.
    """

    def __init__(self, value: Fraction) -> None:
        if not 0 < value <= 1:
            raise InputError(f"threshold {value}: give a number above 0 and at most 1, such as 0.7")
        self.value = value
        self._by_total: Small = np.zeros(0, dtype=np.int32)

    def common(self, m: int, n: int) -> int:
        """Return the least LCS with which F reaches the threshold: ceil(value·(m+n)/2)."""
        return -(-self.value.numerator * (m + n) // (2 * self.value.denominator))

    def partners(self, m: int) -> tuple[int, int]:
        """Return the least and the greatest n for which min(m, n) is enough in common."""
        top, bottom = self.value.numerator, 2 * self.value.denominator - self.value.numerator
        return -(-m * top // bottom), m * bottom // top

    def longest(self, n: int, lcs: int) -> int:
        """Return the greatest m with which this LCS is enough for a text of n tokens."""
        return 2 * lcs * self.value.denominator // self.value.numerator - n

    def slack(self, m: int, longest: int) -> Small:
        """Return how many tokens of both texts together may stay unmatched, by n up to `longest`.

        That is m + n - 2·common(m, n); -1 for an n that is no partner, and for the last entry,
        which stands for every greater n.
        """
        least, most = self.partners(m)
        most = min(most, longest)
        least = min(least, most + 1)
        slack = self.slack_by_total(m + most + 1)[m : m + most + 2].copy()
        slack[:least] = slack[-1] = -1
        return slack

    def slack_of(self, totals: npt.NDArray[np.integer[Any]]) -> Small:
        """Return m + n - 2·common(m, n) for each m + n."""
        slack: Small = self.slack_by_total(int(totals.max(initial=0)))[totals]
        return slack

    def slack_by_total(self, greatest: int) -> Small:
        """Return m + n - 2·common(m, n) by m + n, at least up to the greatest."""
        table = self._by_total  # other threads may replace it
        known = len(table)
        if known <= greatest:
            totals = range(known, max(2 * known, greatest + 1))
            more = [total - 2 * self.common(total, 0) for total in totals]
            self._by_total = table = np.append(table, np.array(more, dtype=np.int32))
        return table
