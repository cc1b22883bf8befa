"""A part of the kept texts, as a shard holds it, and the blocks that are compared with it.

A text comes as the numbers of its tokens, which the coordinator gives (store/filter/sharded.py), so
that the same token has the same number in all parts. Each function here is one that a shard is
asked for, of the part and a piece.
"""

import itertools
from array import array
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from store.filter.batch import Batch
from store.filter.hits import NO_HITS, Hits, Side, hits, nearest
from store.filter.inverted import InvertedFile
from store.filter.keys import Integers
from store.filter.rest import collector_at_rest
from store.filter.rouge import Small, Threshold
from store.filter.shortlist import Shortlist
from store.filter.signature import Vocabulary, intern_numbers
from store.filter.tokens import normalised, tokens
from work.shard import RECENT


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


class Block(NamedTuple):
    """Texts that are judged together, and their number among the blocks."""

    number: int
    texts: Texts


class Placed(NamedTuple):
    """Texts, and their places among all that are kept in any part, ascending."""

    texts: Texts
    places: Integers


class Comparison(NamedTuple):
    """What `compare` is asked: rows of a block with members of it and of the block before.

    Of the texts of the block, sorted in groups by length, a part compares the groups whose number
    leaves `share` when it is divided by `shares`.
    """

    number: int
    before: Integers
    members: Integers
    share: int
    shares: int


class Part:
    """A share of the kept and the foreign texts, and the last blocks."""

    def __init__(self, threshold: Fraction) -> None:
        self.threshold = Threshold(threshold)
        self.kept = _Filed(self.threshold)
        self.foreign = _Filed(self.threshold)
        self.blocks: dict[int, _Shown] = {}


class _Filed:
    """Texts that others are compared with, by their places here: 0, 1, 2, …."""

    def __init__(self, threshold: Threshold) -> None:
        self._threshold = threshold
        self.shortlist = Shortlist(threshold)
        self._places = array("q")

    def add(self, placed: Placed) -> None:
        self.shortlist.extend(Batch.of(*wide(placed.texts)), intern_numbers(*placed.texts))
        self._places.frombytes(placed.places.astype(np.int64).tobytes())

    def nearest(self, batch: Batch, texts: Side) -> Hits:
        """Return what is nearest to each text that repeats one, at its place in all parts."""
        if not self.shortlist.texts:
            return NO_HITS
        found = hits(self.shortlist.of_many(batch), texts, self.shortlist.side, self._threshold)
        best = nearest(found, texts.lengths)
        return best._replace(places=np.frombuffer(self._places, dtype=np.int64)[best.places])


class _Shown:
    """A block as it is searched; `members` are those that may be kept, filed."""

    def __init__(self, texts: Texts) -> None:
        whole = wide(texts)
        self.batch = Batch.of(*whole)
        self.texts = Side(intern_numbers(*texts), whole.lengths)
        self.members: InvertedFile | None = None


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
def take(part: Part, block: Block) -> None:
    """Have a block at hand; those before the last few are forgotten."""
    part.blocks.pop(block.number - RECENT, None)
    part.blocks[block.number] = _Shown(block.texts)


@collector_at_rest()
def search(part: Part, number: int) -> tuple[Hits, Hits]:
    """Return the nearest foreign text of each row of a block that repeats one, and of the kept."""
    block = part.blocks[number]
    foreign, kept = (filed.nearest(block.batch, block.texts) for filed in (part.foreign, part.kept))
    return foreign, kept


@collector_at_rest()
def compare(part: Part, asked: Comparison) -> tuple[Hits, Hits]:
    """Return all pairs of a row and a member that reach the threshold, in order.

    First those with members of the block before, then those with members of the block itself that
    come before the row.
    """
    block, earlier = part.blocks[asked.number], part.blocks.get(asked.number - 1)
    share = block.batch.share(asked.share, asked.shares)
    shortlist = part.kept.shortlist

    def met(of: _Shown, members: InvertedFile) -> Hits:
        pairs = shortlist.met(members, share, of.batch, before=of is block)
        return hits(pairs, block.texts, of.texts, part.threshold)

    block.members = shortlist.filed(block.batch, asked.members)
    own = met(block, block.members)
    if not (earlier and len(asked.before)):
        return NO_HITS, own
    # A part that was made anew has not filed them.
    filed = earlier.members or shortlist.filed(earlier.batch, asked.before)
    return met(earlier, filed), own


@collector_at_rest()
def keep(part: Part, placed: Placed) -> None:
    """File texts among the kept ones."""
    part.kept.add(placed)


@collector_at_rest()
def keep_foreign(part: Part, placed: Placed) -> None:
    """File texts among the foreign ones."""
    part.foreign.add(placed)
