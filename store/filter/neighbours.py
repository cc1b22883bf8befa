"""The nearest other of every text, exact from a floor on, with many texts: in pieces for workers.

Three steps. Equal texts have each other. Then texts that may be near are laid side by side and
compared: MinHash in several orders (Broder 1997), where rare tokens weigh more. That finds nothing
for sure, but for most texts a near one. Last, every pair is looked at for what is nearer still
(store/filter/join.py), the texts in blocks. A text of which something near is known already asks
for little there: so each pair of blocks is looked at from the side that asks for more.

Which that is: blocks are cut from the texts in descending order of the highest F known. A pair
matters to at least one of both texts only from the lower F on, and that one is in the later block.
"""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import LCSseq

from store.filter.join import Block, Pairs, join
from store.filter.keys import Integers
from store.filter.ragged import Ragged
from work.ordered import mapped
from work.team import Team

Floats = npt.NDArray[np.float64]

BLOCK = 1 << 17
"""Texts of a block: a pair of blocks is a piece of work, of some ten seconds."""

ORDERS, SIDE_BY_SIDE, _TOKENS = 10, 128, 8192
"""MinHash orders; texts that are compared in each, and their tokens, at most."""

_AT_ONCE = 1 << 15
"""Texts that a worker compares side by side in one piece."""


class Nearest(NamedTuple):
    """By position: the highest F with another text, and who has it, the first of equals.

    Below the floor both are unknown: 0 and -1.
    """

    score: Floats
    place: Integers


def nearest(
    texts: Ragged,
    floor: float,
    team: Team | None = None,
    advance: Callable[[float], None] = lambda _: None,
) -> Nearest:
    """Return the nearest other of every text; a text without tokens is near to nothing.

    `floor` is above 0 and at most 1. `advance` is called with the share of the work that was done.
    """
    kinds = _kinds(texts)
    known = _Known(texts.taken(kinds.first), floor)
    known.score[kinds.second >= 0] = 1.0  # nothing is nearer than an equal text
    for piece, pairs in _side_by_side(known, team):
        known.take_in(pairs)
        advance(piece)
    for piece, pairs in _over_blocks(known, team):
        known.take_in(pairs)
        advance(piece)
    return _told(known, kinds)


class _Kinds(NamedTuple):
    """The different token lists: by text which it has; by kind its first text and its second.

    A kind with one text has -1 for the second.
    """

    of: Integers
    first: Integers
    second: Integers


def _kinds(texts: Ragged) -> _Kinds:
    numbers: dict[bytes, int] = {}
    first: list[int] = []
    second: list[int] = []
    flat, ends = texts.numbers, np.cumsum(texts.lengths, dtype=np.int64).tolist()
    of = np.empty(len(ends), dtype=np.int64)
    for place, (start, stop) in enumerate(pairwise([0, *ends])):
        kind = numbers.setdefault(flat[start:stop].tobytes(), len(first))
        of[place] = kind
        if kind == len(first):
            first.append(place)
            second.append(-1)
        elif second[kind] < 0:
            second[kind] = place
    return _Kinds(of, np.array(first, dtype=np.int64), np.array(second, dtype=np.int64))


class _Known:
    """What is known of each text so far: the highest F of at least the floor, and who has it."""

    def __init__(self, texts: Ragged, floor: float) -> None:
        self.texts = texts
        self.score = np.full(len(texts.lengths), floor)
        self.place = np.full(len(texts.lengths), -1, dtype=np.int64)

    def take_in(self, pairs: Pairs) -> None:
        """Take in pairs, for both their texts."""
        for by_row in (True, False):
            best = _best(pairs, by_row=by_row)
            sides = (pairs.one[best], pairs.other[best])
            (one, other), score = sides if by_row else sides[::-1], pairs.score[best]
            level = (score == self.score[one]) & ((self.place[one] < 0) | (other < self.place[one]))
            better = (score > self.score[one]) | level
            self.score[one[better]], self.place[one[better]] = score[better], other[better]

    def block(self, places: Integers, most: float = 1.0) -> Block:
        """Return these texts; what matters to them is F from the highest known on, or `most`."""
        least = np.minimum(self.score[places], most)
        return Block(places, self.texts.taken(places), least)


def _side_by_side(known: _Known, team: Team | None) -> Iterator[tuple[float, Pairs]]:
    """Yield near pairs of each order, and the share of all work that it took."""
    size = len(known.texts.lengths)
    pieces = (
        known.block(order[start : start + _AT_ONCE])
        for order in _orders(known.texts)
        for start in range(0, size, _AT_ONCE)
    )
    share = 0.1 / max(1, ORDERS * -(-size // _AT_ONCE))
    for pairs in mapped(compare_neighbours, pieces, team):
        yield share, pairs


def _orders(texts: Ragged) -> Iterator[Integers]:
    """Yield the texts that have tokens, in orders that bring likely pairs together."""
    full = np.flatnonzero(texts.lengths)
    starts = texts.starts[full]
    if not len(full):
        return
    often = np.bincount(texts.numbers)
    drawn = np.random.default_rng(0)
    for _ in range(ORDERS):
        # The token of the least draw is each text's mark: of two texts the same one, the more
        # weight they share. Another draw parts those of one mark.
        draws = (drawn.exponential(size=len(often)) * np.sqrt(often) for _ in range(2))
        marks = [np.minimum.reduceat(draw[texts.numbers], starts) for draw in draws]
        yield full[np.lexsort(marks[::-1])]


def compare_neighbours(block: Block) -> Pairs:
    """Return for each text its nearest among the few beside it, where that matters to it."""
    lengths = block.texts.lengths.astype(np.int64)
    strings = block.texts.interned()
    mean = max(1, int(lengths.sum()) // max(1, len(lengths)))
    width = min(SIDE_BY_SIDE, max(2, _TOKENS // mean))
    found = [(block.names[:0], block.names[:0], block.least[:0])]
    for start in range(0, len(strings), width):
        some = slice(start, start + width)
        common = process.cdist(
            strings[some], strings[some], scorer=LCSseq.similarity, dtype=np.int32
        )
        scores = 2.0 * common / (lengths[some, None] + lengths[None, some])
        np.fill_diagonal(scores, -1.0)
        best = scores.argmax(axis=1)
        score = scores[np.arange(len(best)), best]
        matters = score >= block.least[some]
        names = block.names[some]
        found.append((names[matters], names[best[matters]], score[matters]))
    one, other, score = (np.concatenate(part) for part in zip(*found, strict=True))
    return Pairs(one, other, score)


def _over_blocks(known: _Known, team: Team | None) -> Iterator[tuple[float, Pairs]]:
    """Yield the pairs that matter of all pairs of blocks, and the share of all work it took."""
    size = len(known.score)
    order = np.argsort(-known.score, kind="stable")
    blocks = [order[start : start + BLOCK] for start in range(0, size, BLOCK)]
    pieces = (
        _piece(known, blocks[row], blocks[column], same=row == column)
        for row in range(len(blocks))
        for column in range(row + 1)
    )
    share = 0.9 / max(1, len(blocks) * (len(blocks) + 1) // 2)
    for pairs in mapped(join_blocks, pieces, team):
        yield share, pairs


def _piece(known: _Known, rows: Integers, columns: Integers, *, same: bool) -> tuple[Block, Block]:
    """Return two blocks; what matters to a column is looked for from the row's side, too.

    Within one block each text is a row: there it looks for itself.
    """
    right = known.block(columns)
    return known.block(rows, 1.0 if same else float(right.least.min())), right


def join_blocks(piece: tuple[Block, Block]) -> Pairs:
    """Return the pairs of a row and a column that matter, the best alone of each text."""
    pairs = join(*piece)
    rows, columns = (_best(pairs, by_row=by_row) for by_row in (True, False))
    kept = np.union1d(rows, columns)
    return Pairs(pairs.one[kept], pairs.other[kept], pairs.score[kept])


def _best(pairs: Pairs, *, by_row: bool) -> Integers:
    """Return the positions of the best pair of each row, or column; of equals the first other."""
    one, other = (pairs.one, pairs.other) if by_row else (pairs.other, pairs.one)
    order = np.lexsort((other, -pairs.score, one))
    best: Integers = order[np.diff(one[order], prepend=-1) != 0]
    return best


def _told(known: _Known, kinds: _Kinds) -> Nearest:
    """Return by text what is known by kind; a text of a kind with others is equal to the first."""
    place = np.where(known.place >= 0, kinds.first[known.place], -1)[kinds.of]
    score = np.where(known.place >= 0, known.score, 0.0)[kinds.of]
    several = (kinds.second[kinds.of] >= 0) & (known.texts.lengths[kinds.of] > 0)
    is_first = kinds.first[kinds.of] == np.arange(len(kinds.of))
    equal = np.where(is_first, kinds.second[kinds.of], kinds.first[kinds.of])
    return Nearest(np.where(several, 1.0, score), np.where(several, equal, place))
