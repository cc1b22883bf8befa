"""The filter over shards: the verdicts of store/filter/index.py, by workers that share the work.

The kept texts are dealt out to shards. This process, the coordinator, knows of each only where it
stands in its file. A block of texts goes through these steps:

1. The shards cut it into tokens, a share each; here the tokens get their numbers.
2. Each shard compares the whole block with its part of the kept texts, and tells for each row the
   nearest one that rejects it. The nearest of all shards' is the nearest of all, the first of
   equals. Rows that nothing rejects, one of each token list, are members: they may be kept.
3. The shards find the pairs (row, earlier member) that reach the threshold, a share each.
4. Here the rows are settled in order: of a row's pairs those count whose member is kept by now.
   Whatever is nearer than the nearest of step 2 takes its place.
5. Those that are kept are dealt out to the shards.

Two blocks are in flight, so that the shards search one while the other is settled. A block is
searched before the one before it is settled: in steps 3 and 4 it meets that one's members, too. So
each row is compared with everything that is kept before it, as by one process; the order in which
shards answer changes nothing, nor does their number.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, pairwise
from typing import NamedTuple

import numpy as np

from store.filter.batch import tokens_of
from store.filter.hits import Hits, Near, by_row, joined, nearer, nearest_by_row
from store.filter.keys import Integers
from store.filter.naming import Key, Names
from store.filter.part import (
    Block,
    Comparison,
    Part,
    Placed,
    Read,
    Texts,
    compare,
    keep,
    keep_foreign,
    read,
    search,
    take,
)
from store.filter.rest import collector_at_rest
from store.filter.signature import Interned, Vocabulary, intern_numbers
from store.filter.verdict import KEPT, Verdict
from work.shard import Shard

IN_FLIGHT = 2
"""Blocks that are searched or settled at a time, and blocks that are read ahead of them."""


class Asked(NamedTuple):
    """Texts that are judged together, what names them, and their scopes where there are any."""

    texts: Sequence[str]
    keys: Sequence[Key]
    scopes: Sequence[str] = ()


NOTHING = Texts(np.zeros(0, np.int32), np.zeros(0, np.uint32))


@dataclass(slots=True)
class _Block:
    """A block on its way through the steps; what a step brings is filled in by it."""

    number: int
    asked: Asked
    reads: list[Future[Read]]
    texts: Texts = NOTHING
    wordless: dict[int, str] = field(default_factory=dict)
    interned: Sequence[Interned] = ()
    searches: list[Future[tuple[Hits, Hits]]] = field(default_factory=list)
    foreign: dict[int, Near] = field(default_factory=dict)
    known: dict[int, Near] = field(default_factory=dict)
    members: list[int] = field(default_factory=list)
    comparisons: list[Future[tuple[Hits, Hits]]] = field(default_factory=list)
    placed: dict[int, int] = field(default_factory=dict)


class ShardedIndex:
    """The kept texts over shards; `admit` judges as `DiversityIndex.admit_many` does.

    A shard's state is a `Part`.
    """

    def __init__(self, shards: Sequence[Shard[Part]]) -> None:
        self._shards = shards
        self._vocabulary = Vocabulary()
        self._kept = Names()
        self._foreign = Names()
        self._count = 0

    def add_foreign(self, blocks: Iterable[Asked]) -> int:
        """Add texts that must not be repeated; return how many there are."""
        ahead = _Ahead(blocks, self._asked)
        while block := ahead.next():
            ahead.fill()
            self._number(block)
            places = [self._foreign.add(key) for key in block.asked.keys]
            for row, text in block.wordless.items():
                self._foreign.wordless.setdefault(text, places[row])
            self._deal(block, range(len(places)), places, keep_foreign)
        return len(self._foreign)

    def admit(self, blocks: Iterable[Asked]) -> Iterator[list[Verdict]]:
        """Yield the verdicts on the texts of each block in turn; kept ones are added.

        A block without texts has none, and is answered, too.
        """
        ahead = _Ahead(blocks, self._asked)
        pair = [block for block in (ahead.next() for _ in range(IN_FLIGHT)) if block]
        for block in pair:
            self._search(block)
        before = None
        while pair:
            earlier = before
            for block in pair:
                self._compare(block, earlier)
                earlier = block
            following = []
            for block in pair:
                verdicts = self._settle(block, before)
                before = block
                if after := ahead.next():
                    self._search(after)
                    following.append(after)
                yield verdicts
                ahead.fill()
            pair = following

    def _asked(self, asked: Asked) -> _Block:
        """Step 1, begun: the shards read a block, a share each."""
        count, shards = len(asked.texts), len(self._shards)
        bounds = [count * n // shards for n in range(shards + 1)]
        reads = [
            shard.ask(read, asked.texts[start:stop])
            for shard, (start, stop) in zip(self._shards, pairwise(bounds), strict=True)
        ]
        self._count += 1
        return _Block(self._count, asked, reads)

    def _number(self, block: _Block) -> None:
        """Step 1, ended: the tokens get their numbers."""
        lengths, numbers, start = [], [], 0
        for part in block.reads:
            found = part.result()
            known = self._vocabulary.numbers(found.distinct).astype(np.uint32)
            numbers.append(known[found.tokens])
            lengths.append(found.lengths)
            block.wordless |= {start + row: text for row, text in found.wordless.items()}
            start += len(found.lengths)
        block.texts = Texts(np.concatenate(lengths), np.concatenate(numbers))

    @collector_at_rest()
    def _search(self, block: _Block) -> None:
        """Step 2, begun."""
        self._number(block)
        for shard in self._shards:
            shard.show(take, Block(block.number, block.texts))
        block.searches = [shard.ask(search, block.number) for shard in self._shards]
        block.interned = intern_numbers(*block.texts)

    @collector_at_rest()
    def _compare(self, block: _Block, before: _Block | None) -> None:
        """Step 2, ended, and step 3, begun."""
        foreign, kept = zip(*(part.result() for part in block.searches), strict=True)
        block.foreign = nearest_by_row(joined(foreign), block.texts.lengths)
        block.known = nearest_by_row(joined(kept), block.texts.lengths)
        rejected = block.foreign.keys() | block.known.keys() | block.wordless.keys()
        first: dict[Interned, int] = {}
        for row, text in enumerate(block.interned):
            if row not in rejected:
                first.setdefault(text, row)
        block.members = list(first.values())
        members = np.array(block.members, dtype=np.int64)
        earlier = np.array(before.members if before else [], dtype=np.int64)
        shares = len(self._shards)
        block.comparisons = [
            shard.ask(compare, Comparison(block.number, earlier, members, share, shares))
            for share, shard in enumerate(self._shards)
        ]

    @collector_at_rest()
    def _settle(self, block: _Block, before: _Block | None) -> list[Verdict]:
        """Return the verdicts, in order: steps 4 and 5."""
        found = zip(*(part.result() for part in block.comparisons), strict=True)
        earlier, own = (by_row(joined(parts)) for parts in found)
        odd = set().union(block.foreign, block.known, block.wordless, earlier, own)
        verdicts = []
        for row, key in enumerate(block.asked.keys):
            verdict = KEPT
            if row in odd:
                newer = [*_placed(earlier.get(row, ()), before), *_placed(own.get(row, ()), block)]
                verdict = self._verdict(block, row, newer)
            if verdict.kept:
                block.placed[row] = self._kept.add(key)
                if row in block.wordless:
                    self._kept.wordless[block.wordless[row]] = block.placed[row]
            verdicts.append(verdict)
        self._deal(block, list(block.placed), list(block.placed.values()), keep)
        return verdicts

    def _verdict(self, block: _Block, row: int, newer: Iterable[Near]) -> Verdict:
        """Return the verdict on a row, given what it repeats that is kept since it was searched."""
        if row in block.wordless:
            return self._wordless(block.wordless[row])
        length = len(block.interned[row])
        if foreign := block.foreign.get(row):
            return _rejected("against", length, foreign, self._foreign)
        known = [block.known[row]] if row in block.known else []
        nearest = nearer([*known, *newer], length)
        if nearest is None:
            return KEPT
        same = nearest.common == length == nearest.length
        return _rejected("duplicate" if same else "rouge_l", length, nearest, self._kept)

    def _wordless(self, text: str) -> Verdict:
        """Return the verdict on a text without tokens, which only an equal one rejects."""
        for rule, names in (("against", self._foreign), ("duplicate", self._kept)):
            if text in names.wordless:
                return Verdict(
                    kept=False, rule=rule, score=Fraction(1), nearest=names[names.wordless[text]]
                )
        return KEPT

    def _deal(
        self,
        block: _Block,
        rows: Sequence[int],
        places: Sequence[int],
        file: Callable[[Part, Placed], None],
    ) -> None:
        """Deal texts out to the shards, by their places; rows ascend."""
        at, of = np.array(rows, dtype=np.int64), np.array(places, dtype=np.int64)
        for number, shard in enumerate(self._shards):
            chosen = of % len(self._shards) == number
            if chosen.any():
                shard.tell(file, Placed(_picked(block.texts, at[chosen]), of[chosen]))


class _Ahead:
    """Blocks that were read and are not yet searched."""

    def __init__(self, blocks: Iterable[Asked], begin: Callable[[Asked], _Block]) -> None:
        self._blocks = map(begin, blocks)
        self._ready: deque[_Block] = deque()
        self.fill()

    def fill(self) -> None:
        """Read on until there are as many as may be in flight."""
        self._ready.extend(islice(self._blocks, 2 * IN_FLIGHT - len(self._ready)))

    def next(self) -> _Block | None:
        """Return the next block; None at the end."""
        return self._ready.popleft() if self._ready else None


def _placed(found: Iterable[Near], block: _Block | None) -> Iterator[Near]:
    """Yield those of a block's members that are kept, at their places."""
    for near in found:
        if block and near.place in block.placed:
            yield near._replace(place=block.placed[near.place])


def _rejected(rule: str, length: int, near: Near, names: Names) -> Verdict:
    return Verdict(kept=False, rule=rule, score=near.score(length), nearest=names[near.place])


def _picked(texts: Texts, rows: Integers) -> Texts:
    """Return the texts of these rows, which ascend."""
    return Texts(texts.lengths[rows], texts.numbers[tokens_of(rows, texts.lengths)])
