"""A part of the kept texts, as a shard holds it, and the blocks that are compared with it.

A text comes as the numbers of its tokens, which the coordinator gives (store/filter/sharded.py), so
that the same token has the same number in all parts. Each function here is one that a shard is
asked for, of the part and a piece.
"""

from array import array
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from store.filter.batch import Batch
from store.filter.hits import Hits, Small
from store.filter.keys import Integers, distinct, first_of, second_of
from store.filter.rest import collector_at_rest
from store.filter.rouge import Interned, Threshold, closest
from store.filter.shortlist import Shortlist
from store.filter.signature import intern_numbers, sign_numbers, signed_rows
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
        for text in signed_rows(*wide(placed.texts)):
            self.shortlist.add(text)
        self._places.frombytes(placed.places.astype(np.int64).tobytes())

    def hits(self, batch: Batch, texts: Sequence[Interned]) -> Hits:
        found: list[tuple[int, int, int, int]] = []
        filed = self.shortlist.texts
        near = self.shortlist.of_many(batch) if filed else {}
        for row, places in near.items():
            text = texts[row]
            nearest, common = closest(text, [filed[place] for place in places])
            place = places[nearest]
            length = len(filed[place])
            if common >= self._threshold.common(len(text), length):
                found.append((row, self._places[place], common, length))
        return Hits(*np.array(found, dtype=np.int64).reshape(-1, 4).T)


class _Shown:
    """A block as it is searched."""

    def __init__(self, texts: Texts) -> None:
        whole = wide(texts)
        self.batch = Batch(whole.lengths, *sign_numbers(*whole))
        self.interned = intern_numbers(*texts)


class _Wide(NamedTuple):
    lengths: Integers
    numbers: Integers


def wide(texts: Texts) -> _Wide:
    """Return the lengths and numbers in the width in which they are computed with."""
    return _Wide(texts.lengths.astype(np.int64), texts.numbers.astype(np.int64))


@collector_at_rest()
def read(_: Part, texts: Sequence[str]) -> Read:
    """Cut texts into tokens."""
    numbers: dict[str, int] = {}
    lengths, found, wordless = array("i"), array("i"), {}
    for row, text in enumerate(texts):
        cut = tokens(text)
        lengths.append(len(cut))
        found.extend([numbers.setdefault(token, len(numbers)) for token in cut])
        if not cut:
            wordless[row] = normalised(text)
    return Read(
        list(numbers), np.array(lengths, np.int32), np.array(found, dtype=np.int32), wordless
    )


@collector_at_rest()
def take(part: Part, block: Block) -> None:
    """Have a block at hand; those before the last few are forgotten."""
    part.blocks.pop(block.number - RECENT, None)
    part.blocks[block.number] = _Shown(block.texts)


@collector_at_rest()
def search(part: Part, number: int) -> tuple[Hits, Hits]:
    """Return the rows of a block that repeat foreign texts, and those that repeat kept ones."""
    block = part.blocks[number]
    foreign, kept = (filed.hits(block.batch, block.interned) for filed in (part.foreign, part.kept))
    return foreign, kept


@collector_at_rest()
def compare(part: Part, asked: Comparison) -> Integers:
    """Return the keys (row, place) of all pairs that could reach the threshold, in order.

    The places are the rows of the block before, where it has members, and then those of the block
    itself, of which only members stand that come before the row.
    """
    block, earlier = part.blocks[asked.number], part.blocks.get(asked.number - 1)
    share = block.batch.share(asked.share, asked.shares)
    filed = [(block.batch, asked.members)]
    rows_before = 0
    if earlier and len(asked.before):
        filed.insert(0, (earlier.batch, asked.before))
        rows_before = len(earlier.interned)
    shortlist = part.kept.shortlist
    pairs = shortlist.filed(*filed).search(share)
    pairs = distinct(pairs[second_of(pairs) - rows_before < first_of(pairs)])
    batches = [batch for batch, _ in filed]
    whole = np.concatenate([batch.signatures for batch in batches])
    lengths = np.concatenate([batch.lengths for batch in batches])
    return shortlist.near(pairs, share, whole, lengths)


@collector_at_rest()
def keep(part: Part, placed: Placed) -> None:
    """File texts among the kept ones."""
    part.kept.add(placed)


@collector_at_rest()
def keep_foreign(part: Part, placed: Placed) -> None:
    """File texts among the foreign ones."""
    part.foreign.add(placed)
