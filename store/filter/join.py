"""The pairs of texts that are nearer to each other than what is nearest so far: none is missed.

The shortlist's lists by token help where few texts share a token. Of a million texts at a low
threshold nearly all pairs share one of those that count, so that reading lists takes longer than
comparing all signatures in turn, a nanosecond a pair. That is done here, by FAISS.

Write m and n for the tokens of two texts, b for the F that a pair must reach to matter. F =
2·LCS/(m+n) >= b means LCS >= a = ceil(b·(m+n)/2). Then a <= min(m, n), and the multisets of tokens
differ in at most m + n - 2·a. A signature is the XOR over the pairs (token, how often it came
before) of a hash that has one bit set, so that signatures differ in no more bits than that,
whatever the hash. Here the frequent tokens have bits of their own: they make most of the chance
likeness. What is left is compared in full, by rapidfuzz's bit-parallel LCS.

Every text brings its own b, the highest F that is known of it. So the search is the narrower the
more is known.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

import faiss
import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import LCSseq

from store.filter.keys import Integers, first_of, in_order, keys_of, second_of, times_before
from store.filter.ragged import Ragged
from store.filter.signature import Interned

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.uint8]

_ROUNDING = 1e-9
"""More than what rounding adds to b·(m+n)/2, far less than what parts two fractions."""

_ROWS = 256
"""Texts that are searched for at once: so many candidates are in memory."""

_EXACT = 32
"""Up to this length texts of one length are compared with those of one length."""

_DENSE, _WIDEST = 0.15, 64
"""With so large a share of candidates all pairs are compared at once, which takes SIMD.

That holds for texts of at most so many tokens.
"""


class Block(NamedTuple):
    """Texts: their numbers, tokens, and the F from which on a pair matters to each of them."""

    names: Integers
    texts: Ragged
    least: Floats


class Pairs(NamedTuple):
    """Pairs that matter: both texts' numbers, and their F."""

    one: Integers
    other: Integers
    score: Floats


def join(rows: Block, columns: Block) -> Pairs:
    """Return every pair of a row and a column whose F reaches what matters to the row.

    A text is no pair with itself. There may be a pair more that does not matter.
    """
    faiss.omp_set_num_threads(1)
    left, right = _Side(rows), _Side(columns)
    found = [pairs for group in left.groups() for pairs in _of_group(left, right, group)] or [
        Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    ]
    one, other, score = (np.concatenate(part) for part in zip(*found, strict=True))
    return Pairs(left.names[one], right.names[other], score)


class _Group(NamedTuple):
    """Texts next to each other, of nearly one length."""

    start: int
    stop: int
    shortest: int
    longest: int


class _Side:
    """A block sorted by length, with signatures that are made once they are needed."""

    def __init__(self, block: Block) -> None:
        order = np.argsort(block.texts.lengths, kind="stable")
        order = order[block.texts.lengths[order] > 0]
        self.names, self.least = block.names[order], block.least[order]
        self.texts = block.texts.taken(order)
        self.lengths = self.texts.lengths.astype(np.int64)
        self.strings = self.texts.interned()
        self._signed: dict[int, Codes] = {}
        self._indexes: dict[tuple[int, int], faiss.IndexBinaryFlat] = {}

    def groups(self) -> list[_Group]:
        """Return the texts by length: each length alone up to _EXACT, above by some per cent."""
        places = _class_of(self.lengths)
        starts = np.flatnonzero(np.diff(places, prepend=-1)).tolist()
        return [
            _Group(start, stop, int(self.lengths[start]), int(self.lengths[stop - 1]))
            for start, stop in pairwise([*starts, len(places)])
        ]

    def signatures(self, bits: int) -> Codes:
        """Return the signatures of all texts, a row each."""
        if bits not in self._signed:
            self._signed[bits] = signatures(self.texts, bits)
        return self._signed[bits]

    def index(self, group: _Group, bits: int) -> faiss.IndexBinaryFlat:
        """Return the index of a group's signatures."""
        key = (group.start, bits)
        if key not in self._indexes:
            self._indexes[key] = faiss.IndexBinaryFlat(bits)
            self._indexes[key].add(self.signatures(bits)[group.start : group.stop])
        return self._indexes[key]


def signatures(texts: Ragged, bits: int) -> Codes:
    """Return the signatures of the texts; of their bits half belong to the most frequent tokens."""
    rows = np.repeat(np.arange(len(texts.lengths)), texts.lengths)
    keys = in_order(keys_of(rows, texts.numbers))
    rows, numbers = first_of(keys), second_of(keys)
    times = times_before(keys)
    half = bits // 2
    mixed = (numbers * 0x9E3779B1 + times * 0x85EBCA77) & 0xFFFFFFFF
    hashed = half + (mixed * half >> 32)
    flipped = np.where((times == 0) & (numbers < half), numbers, hashed)
    words = np.zeros((len(texts.lengths), bits // 64), dtype=np.uint64)
    flips = np.left_shift(np.uint64(1), (flipped & 63).astype(np.uint64))
    np.bitwise_xor.at(words, (rows, flipped >> 6), flips)
    return words.view(np.uint8)


def _class_of(lengths: Integers) -> Integers:
    """Return a number for each length that grows with it."""
    wide = _EXACT * (1 + np.log(np.maximum(lengths, _EXACT) / _EXACT))
    return np.where(lengths <= _EXACT, lengths, wide.astype(np.int64))


def _bits(longest: int) -> int:
    """Return the bits of a signature that tell texts of this length apart."""
    return min(max(256, 1 << math.ceil(math.log2(longest * 5))), 4096)


def _of_group(left: _Side, right: _Side, group: _Group) -> Iterator[Pairs]:
    """Yield the pairs of a group of rows, as positions on both sides."""
    others = right.groups()
    by_least = group.start + np.argsort(left.least[group.start : group.stop], kind="stable")
    for start in range(0, len(by_least), _ROWS):
        rows = by_least[start : start + _ROWS]
        candidates = [np.zeros((2, 0), dtype=np.int64)]
        for other in others:
            able = rows[_able(left.least[rows], group, other)]
            for one, near in _near(left, right, able, group, other):
                many = len(near) > _DENSE * len(able) * (other.stop - other.start)
                if many and max(group.longest, other.longest) <= _WIDEST:
                    yield _all_pairs(left, right, np.unique(one), other)
                else:
                    candidates.append(np.stack([one, near]))
        yield _compared(left, right, *np.concatenate(candidates, axis=1))


def _able(least: Floats, group: _Group, other: _Group) -> npt.NDArray[np.bool_]:
    """Return which rows can reach what matters to them with a text of these lengths at all."""
    short, long = sorted((group, other), key=lambda one: one.longest)
    if long.shortest <= short.longest:
        return np.ones(len(least), dtype=bool)
    totals = long.shortest + short.longest
    able: npt.NDArray[np.bool_] = least * totals / 2 - _ROUNDING <= short.longest
    return able


def _near(
    left: _Side, right: _Side, rows: Integers, group: _Group, other: _Group
) -> Iterator[tuple[Integers, Integers]]:
    """Yield the pairs whose signatures are near enough: rows, and their columns."""
    least, greatest = group.shortest + other.shortest, group.longest + other.longest
    radii = _slack(left.least[rows], greatest)
    if greatest > least:  # an odd total may leave more than the even one above it
        radii = np.maximum(radii, _slack(left.least[rows], greatest - 1))
    bits = _bits(max(group.longest, other.longest))
    codes, index = left.signatures(bits), right.index(other, bits)
    for radius in np.unique(radii).tolist():
        chosen = rows[radii == radius]
        # FAISS leaves out what is exactly at the radius.
        limits, distances, places = index.range_search(codes[chosen], radius + 1)
        one = np.repeat(chosen, np.diff(limits.astype(np.int64)))
        near = places + other.start
        if greatest > least:
            totals = left.lengths[one] + right.lengths[near]
            is_near = distances <= _slack(left.least[one], totals)
            one, near = one[is_near], near[is_near]
        yield one, near


def _slack(least: Floats, totals: Integers | int) -> Integers:
    """Return m + n - 2·a."""
    slack: Integers = totals - 2 * np.ceil(least * totals / 2 - _ROUNDING).astype(np.int64)
    return slack


def _all_pairs(left: _Side, right: _Side, rows: Integers, other: _Group) -> Pairs:
    """Return the pairs that matter of these rows with a whole group."""
    columns = right.strings[other.start : other.stop]
    common = process.cdist(
        _at(left.strings, rows), columns, scorer=LCSseq.similarity, dtype=np.uint8
    )
    totals = left.lengths[rows][:, None] + right.lengths[None, other.start : other.stop]
    matters = 2.0 * common / totals >= left.least[rows][:, None]
    one, near = matters.nonzero()
    return _scored(left, right, rows[one], near + other.start, common[one, near])


def _compared(left: _Side, right: _Side, one: Integers, near: Integers) -> Pairs:
    """Return the candidates that matter."""
    order = np.argsort((one - one.min(initial=0)).astype(np.uint16), kind="stable")
    one, near = one[order], near[order]
    starts = np.flatnonzero(np.diff(one, prepend=-1)).tolist()
    common = np.zeros(len(one), dtype=np.int64)
    for start, stop in pairwise([*starts, len(one)]):
        others = _at(right.strings, near[start:stop])
        text = left.strings[one[start]]
        common[start:stop] = process.cdist(
            [text], others, scorer=LCSseq.similarity, dtype=np.int32
        )[0]
    return _scored(left, right, one, near, common)


def _scored(left: _Side, right: _Side, one: Integers, near: Integers, common: Integers) -> Pairs:
    score = 2.0 * common / (left.lengths[one] + right.lengths[near])
    matters = (score >= left.least[one]) & (left.names[one] != right.names[near])
    return Pairs(one[matters], near[matters], score[matters])


def _at(strings: Sequence[Interned], places: Integers) -> list[Interned]:
    if len(places) == 1:
        return [strings[places[0]]]
    return list(itemgetter(*places.tolist())(strings))
