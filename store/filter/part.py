"""A part of the kept texts, as a shard holds it, and the blocks that are compared with it.

A text comes as the numbers of its tokens, which the coordinator gives (store/filter/sharded.py), so
that the same token has the same number in all parts. Each function here is one that a shard is
asked for, of the part and a piece.

A part files the members of a block, those of its rows that may be kept, before it is known which
of them are; that it is told later, when they are settled.
"""

import itertools
from array import array
from collections.abc import Iterable, Sequence
from contextlib import closing
from fractions import Fraction
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from store.filter.batch import Batch
from store.filter.hits import NO_HITS, Candidates, Hits, Side, hits, joined, nearest_hits
from store.filter.keys import NONE, Integers, second_of
from store.filter.rest import collector_at_rest
from store.filter.rouge import Small, Threshold
from store.filter.shortlist import Shortlist, within
from store.filter.signature import Interned, Vocabulary, intern_numbers
from store.filter.threads import Threads
from store.filter.tokens import normalised, tokens
from work.ordered import ordered_map
from work.shard import RECENT

_THREADS = 2
"""So many threads search a part."""
_COUNTED = 8192
"""At most so many texts of a block are looked at for the order in which it is compared."""


class Read(NamedTuple):
    """Texts cut into tokens: their distinct tokens, and of each text which of them.

    `tokens` are places in `distinct`, text after text, `lengths` of each. `wordless` has the
    normalised form of those without tokens, by row.
    """

    distinct: list[str]
    lengths: Small
    tokens: Small
    wordless: dict[int, str]


class Texts(NamedTuple):
    """Texts by the numbers of their tokens, text after text, `lengths` of each."""

    lengths: Small
    numbers: npt.NDArray[np.uint32]


class Taken(NamedTuple):
    """Texts that are judged together, and their number among the blocks."""

    number: int
    texts: Texts


class Placed(NamedTuple):
    """Texts, and their places among those of all parts, ascending."""

    texts: Texts
    places: Integers


class Members(NamedTuple):
    """Texts of a block by their rows, which ascend, and their places as in `Placed`."""

    number: int
    rows: Integers
    places: Integers


class Settled(NamedTuple):
    """All members at places below `until` are kept, but for those that are `dead`."""

    dead: Integers
    until: int


class Found(NamedTuple):
    """What the rows of a block repeat in a part.

    `foreign` and `kept` have the nearest of each row, `pending` all members that are not settled.
    """

    foreign: Hits
    kept: Hits
    pending: Hits


class Search(NamedTuple):
    """What `search` is asked: the rows of a block from `start` on."""

    number: int
    start: int


class Comparison(NamedTuple):
    """What `compare` is asked: rows of a block with members of it, given by their rows.

    These are the rows from `start` on, before `stop`.

    Of the texts of the block, sorted in groups by length, a part compares the groups whose number
    leaves `share` when it is divided by `shares`.
    """

    number: int
    start: int
    stop: int
    members: Integers
    share: int
    shares: int


class Part:
    """A share of the members and the foreign texts, and the last blocks."""

    def __init__(self, threshold: Fraction) -> None:
        self.threshold = Threshold(threshold)
        self.members = _Filed(self.threshold)
        self.foreign = _Filed(self.threshold)
        self.blocks: dict[int, _Shown] = {}


class _Filed:
    """Texts that others are compared with, by their places here: 0, 1, 2, …."""

    def __init__(self, threshold: Threshold) -> None:
        self._threshold = threshold
        self._shortlist = Shortlist(threshold)
        self._places = array("q")
        self._dead = bytearray()
        self._settled = 0

    def add(self, batch: Batch, interned: Iterable[Interned], places: Integers) -> None:
        self._shortlist.extend(batch, interned)
        self._places.frombytes(places.astype(np.int64).tobytes())
        self._dead.extend(bytes(len(places)))

    def settle(self, settled: Settled) -> None:
        places = self._all_places()
        for here in np.searchsorted(places, settled.dead).tolist():
            self._dead[here] = True
        self._settled = int(np.searchsorted(places, settled.until))

    def tidy(self) -> None:
        self._shortlist.remove(np.flatnonzero(np.frombuffer(self._dead, dtype=bool)))

    def found(self, batch: Batch, texts: Side) -> tuple[Hits, Hits]:
        """Return the nearest settled text of each that repeats one, and all others it repeats.

        They are at their places in all parts; dead ones are left out.
        """
        if not self._places:
            return NO_HITS, NO_HITS
        with closing(Threads(_THREADS)) as threads:
            near = self._shortlist.of_many(batch, threads)
            found = [*ordered_map(partial(self._found, texts), near, threads)]
        best, pending = (joined(some[n] for some in found) for n in range(2))
        return self._placed(best), self._placed(pending)

    def _found(self, texts: Side, near: Candidates) -> tuple[Hits, Hits]:
        """Return what `found` does, of some texts, by their places here."""
        sides = texts, self._shortlist.side, self._threshold
        living = near.only(~np.frombuffer(self._dead, dtype=bool)[second_of(near.keys)])
        is_settled = second_of(living.keys) < self._settled
        best = nearest_hits(living.only(is_settled), *sides)
        return best, hits(living.keys[~is_settled], *sides)

    def _placed(self, found: Hits) -> Hits:
        return found._replace(places=self._all_places()[found.places])

    def _all_places(self) -> Integers:
        return np.frombuffer(self._places, dtype=np.int64)


class _Shown:
    """A block as it is searched."""

    def __init__(self, texts: Texts) -> None:
        whole = wide(texts)
        self.batch = Batch.of(*whole)
        self.texts = Side(intern_numbers(*texts), whole.lengths)


class _Wide(NamedTuple):
    lengths: Integers
    numbers: Integers


def wide(texts: Texts) -> _Wide:
    """Return the lengths and numbers in the width in which they are computed with."""
    return _Wide(texts.lengths.astype(np.int64), texts.numbers.astype(np.int64))


@collector_at_rest()
def read(_: Part, texts: Sequence[str]) -> Read:
    """Cut texts into tokens."""
    cut, vocabulary = list(map(tokens, texts)), Vocabulary()
    found = vocabulary.numbers([*itertools.chain.from_iterable(cut)])
    lengths = np.fromiter(map(len, cut), np.int32, len(cut))
    wordless = {row: normalised(texts[row]) for row in np.flatnonzero(lengths == 0).tolist()}
    return Read(vocabulary.tokens, lengths, found.astype(np.int32), wordless)


@collector_at_rest()
def take(part: Part, block: Taken) -> None:
    """Have a block at hand; those before the last few are forgotten."""
    part.blocks.pop(block.number - RECENT, None)
    part.blocks[block.number] = _Shown(block.texts)


@collector_at_rest()
def search(part: Part, asked: Search) -> Found:
    """Return what rows of a block repeat here."""
    block = part.blocks[asked.number]
    batch = block.batch.between(asked.start, len(block.batch.lengths))
    foreign, _ = part.foreign.found(batch, block.texts)
    return Found(foreign, *part.members.found(batch, block.texts))


@collector_at_rest()
def compare(part: Part, asked: Comparison) -> Hits:
    """Return all pairs of a row and a member before it that reach the threshold, in order."""
    block = part.blocks[asked.number]
    order = block.batch.rarest_first(_COUNTED)
    rows = block.batch.between(asked.start, asked.stop)
    share = rows.share(asked.share, asked.shares)
    pairs = within(part.threshold, order, block.batch, asked.members, share)
    return hits(pairs, block.texts, block.texts, part.threshold)


@collector_at_rest()
def file_members(part: Part, members: Members) -> None:
    """File texts of a block that may be kept."""
    block = part.blocks[members.number]
    interned = [block.texts.texts[row] for row in members.rows.tolist()]
    part.members.add(block.batch.taken(members.rows), interned, members.places)


@collector_at_rest()
def file_placed(part: Part, placed: Placed) -> None:
    """File texts that may be kept, as `file_members` did."""
    part.members.add(*_read(placed))


@collector_at_rest()
def file_foreign(part: Part, placed: Placed) -> None:
    """File texts that must not be repeated."""
    part.foreign.add(*_read(placed))
    part.foreign.settle(Settled(NONE, int(placed.places[-1]) + 1))


def settle(part: Part, settled: Settled) -> None:
    """Learn which of the members are kept."""
    part.members.settle(settled)


def tidy(part: Part, _: None) -> None:
    """Find members that are not kept no more: they may be many that are alike."""
    part.members.tidy()


def _read(placed: Placed) -> tuple[Batch, Iterable[Interned], Integers]:
    return Batch.of(*wide(placed.texts)), intern_numbers(*placed.texts), placed.places
