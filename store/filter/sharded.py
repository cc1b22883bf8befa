"""The filter over shards: the verdicts of store/filter/index.py, by workers that share the work.

The kept texts are dealt out to shards. This process, the coordinator, knows of each only where it
stands in its file. A block of texts goes through these steps:

1. The shards cut it into tokens, a share each; here the tokens get their numbers.
2. Each shard compares the whole block with its part of the kept texts, and tells for each row the
   nearest one that rejects it. The nearest of all shards' is the nearest of all, the first of
   equals. Rows that nothing rejects, one of each token list, are members: they may be kept.
3. The shards find the pairs (row, earlier member) that could reach the threshold, a share each.
4. Here the rows are settled in order: each is compared with the members among its pairs that are
   kept by now. Whatever is nearer than the nearest of step 2 takes its place.
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

from store.filter.hits import Hits, Near, nearest_of
from store.filter.keys import Integers, by_first
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
from store.filter.rouge import Interned, Threshold, closest
from store.filter.signature import Vocabulary, intern_numbers
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
    comparisons: list[Future[Integers]] = field(default_factory=list)
    placed: dict[int, int] = field(default_factory=dict)


class ShardedIndex:
    """The kept texts over shards; `admit` judges as `DiversityIndex.admit_many` does.

    A shard's state is a `Part`. Raises InputError for a threshold out of range.
    """

    def __init__(self, threshold: Fraction, shards: Sequence[Shard[Part]]) -> None:
        self._threshold = Threshold(threshold)
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
        block.foreign = nearest_of(foreign, block.texts.lengths)
        block.known = nearest_of(kept, block.texts.lengths)
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
        pairs = by_first(np.concatenate([part.result() for part in block.comparisons]))
        verdicts = []
        for row in range(len(block.interned)):
            near = _newer(pairs[row], block, before) if row in pairs else ()
            verdict = self._verdict(block, row, near)
            if verdict.kept:
                block.placed[row] = self._kept.add(block.asked.keys[row])
                if row in block.wordless:
                    self._kept.wordless[block.wordless[row]] = block.placed[row]
            verdicts.append(verdict)
        self._deal(block, list(block.placed), list(block.placed.values()), keep)
        return verdicts

    def _verdict(self, block: _Block, row: int, near: Sequence[tuple[int, Interned]]) -> Verdict:
        """Return the verdict on a row, given what is near and kept since it was searched."""
        if row in block.wordless:
            return self._wordless(block.wordless[row])
        length = len(block.interned[row])
        if foreign := block.foreign.get(row):
            return _rejected("against", length, foreign, self._foreign)
        nearest = block.known.get(row)
        if near:
            found, common = closest(block.interned[row], [text for _, text in near])
            place, text = near[found]
            newer = Near(place, common, len(text))
            if common >= self._threshold.common(length, len(text)) and (
                nearest is None or newer.score(length) > nearest.score(length)
            ):
                nearest = newer
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


def _newer(
    places: Iterable[int], block: _Block, before: _Block | None
) -> list[tuple[int, Interned]]:
    """Return those of the places that `part.compare` tells which are kept, and their texts."""
    rows_before = len(before.interned) if before and before.members else 0
    found = []
    for place in places:
        source, row = (before, place) if place < rows_before else (block, place - rows_before)
        if source and row in source.placed:
            found.append((source.placed[row], source.interned[row]))
    return found


def _rejected(rule: str, length: int, near: Near, names: Names) -> Verdict:
    return Verdict(kept=False, rule=rule, score=near.score(length), nearest=names[near.place])


def _picked(texts: Texts, rows: Integers) -> Texts:
    """Return the texts of these rows, which ascend."""
    chosen = np.zeros(len(texts.lengths), dtype=bool)
    chosen[rows] = True
    return Texts(texts.lengths[rows], texts.numbers[np.repeat(chosen, texts.lengths)])
