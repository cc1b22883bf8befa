"""The filter over shards: the verdicts of store/filter/index.py, by workers that share the work.

Half of the workers, the holders, hold the texts that are kept, dealt out among them; the others,
the helpers, do what needs none of these. This process, the coordinator, knows of each text only
where it stands in its file. A block of texts goes through these steps:

1. The helpers cut it into tokens, a share each; here the tokens get their numbers.
2. Each holder compares the whole block with its part of the kept texts, and tells for each row the
   nearest one that rejects it. The nearest of all holders' is the nearest of all, the first of
   equals. Rows that nothing rejects, one of each token list, are members: they may be kept.
3. The members are dealt out to the holders at once, so that the next block can be searched.
4. The helpers find the pairs (row, earlier member of the block) that reach the threshold, a share
   each.
5. Here the rows are settled in order, and the holders told which members are kept. Of a row's pairs
   those count whose member is kept: the ones of step 4, and those that a holder found with members
   of earlier blocks that it did not know yet to be kept. Whatever is nearer than the nearest of
   step 2 takes its place.

So a block is settled while the next ones are searched, and each row is compared with everything
that is kept before it, as by one process; the order in which shards answer changes nothing, nor
does their number. Rows that are members and not kept cost a search a little: they are few, and
left out where they are found.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, pairwise
from typing import NamedTuple

import numpy as np

from store.filter.batch import tokens_of
from store.filter.hits import Hits, Near, by_row, joined, nearer, nearest_by_row
from store.filter.keys import NONE, Integers
from store.filter.naming import Key, Names, name_of
from store.filter.part import (
    NOTHING_FOUND,
    Block,
    Comparison,
    Found,
    Members,
    Part,
    Placed,
    Read,
    Settled,
    Texts,
    compare,
    file_foreign,
    file_members,
    file_placed,
    read,
    search,
    settle,
    take,
)
from store.filter.rest import collector_at_rest
from store.filter.signature import Interned, Vocabulary, intern_numbers
from store.filter.verdict import KEPT, Verdict
from work.shard import RECENT, Shard

IN_FLIGHT = RECENT - 1
"""Blocks that are searched or settled at a time: workers have them all at hand."""
_READ_AHEAD = 2
"""Blocks that are read before these are done."""


class Asked(NamedTuple):
    """Texts that are judged together, what names them, and their scopes where there are any."""

    texts: Sequence[str]
    keys: Sequence[Key]
    scopes: Sequence[str] = ()


_NO_TEXTS = Texts(np.zeros(0, np.int32), np.zeros(0, np.uint32))


@dataclass(slots=True)
class _Block:
    """A block on its way through the steps; what a step brings is filled in by it."""

    number: int
    asked: Asked
    reads: list[Future[Read]]
    texts: Texts = _NO_TEXTS
    wordless: dict[int, str] = field(default_factory=dict)
    first: Integers = field(default_factory=lambda: NONE)
    found: Found = NOTHING_FOUND
    rows: Integers = field(default_factory=lambda: NONE)
    places: Integers = field(default_factory=lambda: NONE)
    comparisons: list[Future[Hits]] = field(default_factory=list)


class ShardedIndex:
    """The kept texts over shards; `admit` judges as `DiversityIndex.admit_many` does.

    A shard's state is a `Part`.
    """

    def __init__(self, shards: Sequence[Shard[Part]]) -> None:
        holders = -(-len(shards) // 2)
        self._shards = shards
        self._holders, self._helpers = shards[:holders], shards[holders:] or shards
        self._vocabulary = Vocabulary()
        self._members = Names()
        self._is_kept = bytearray()
        self._foreign = Names()
        self._wordless: dict[str, Verdict] = {}
        self._count = 0

    def add_foreign(self, blocks: Iterable[Asked]) -> int:
        """Add texts that must not be repeated; return how many there are."""
        ahead = _Ahead(blocks, self._asked)
        while block := ahead.next():
            ahead.fill()
            self._number(block)
            for row, text in block.wordless.items():
                self._wordless.setdefault(text, _equal("against", block.asked.keys[row]))
            all_rows = np.arange(len(block.asked.keys))
            dealt = self._dealt(all_rows, len(self._foreign) + all_rows)
            for shard, rows, places in dealt:
                shard.tell(file_foreign, Placed(_picked(block.texts, rows), places))
            self._foreign.extend(block.asked.keys)
        return len(self._foreign)

    def admit(self, blocks: Iterable[Asked]) -> Iterator[list[Verdict]]:
        """Yield the verdicts on the texts of each block in turn; kept ones are added.

        A block without texts has none, and is answered, too.
        """
        ahead = _Ahead(blocks, self._asked)
        under_way: deque[tuple[_Block, Future[None]]] = deque()
        thread = ThreadPoolExecutor(1, "search")
        try:
            while True:
                while len(under_way) < IN_FLIGHT and (block := ahead.next()):
                    self._show(block)
                    under_way.append((block, thread.submit(self._search, block)))
                if not under_way:
                    return
                block, searched = under_way.popleft()
                searched.result()
                yield self._settle(block)
                ahead.fill()
        finally:
            thread.shutdown(wait=False, cancel_futures=True)

    def _asked(self, asked: Asked) -> _Block:
        """Step 1, begun: the helpers read a block, a share each."""
        count, helpers = len(asked.texts), len(self._helpers)
        bounds = [count * n // helpers for n in range(helpers + 1)]
        reads = [
            shard.ask(read, asked.texts[start:stop])
            for shard, (start, stop) in zip(self._helpers, pairwise(bounds), strict=True)
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
    def _show(self, block: _Block) -> None:
        """Have all shards take a block; find the first row of each token list."""
        self._number(block)
        for shard in self._shards:
            shard.show(take, Block(block.number, block.texts))
        first: dict[Interned, int] = {}
        for row, text in enumerate(intern_numbers(*block.texts)):
            if text:
                first.setdefault(text, row)
        block.first = np.array([*first.values()], dtype=np.int64)

    @collector_at_rest()
    def _search(self, block: _Block) -> None:
        """Do steps 2 and 3, and begin step 4."""
        searches = [shard.ask(search, block.number) for shard in self._holders]
        found = zip(*(part.result() for part in searches), strict=True)
        block.found = Found(*map(joined, found))
        rejected = np.zeros(len(block.asked.texts), dtype=bool)
        rejected[block.found.foreign.rows] = True
        rejected[block.found.kept.rows] = True
        block.rows = block.first[~rejected[block.first]]
        block.places = len(self._members) + np.arange(len(block.rows))
        for shard, rows, places in self._dealt(block.rows, block.places):
            same = (file_placed, Placed(_picked(block.texts, rows), places))
            shard.tell(file_members, Members(block.number, rows, places), same=same)
        block.comparisons = [
            shard.ask(compare, Comparison(block.number, block.rows, share, len(self._helpers)))
            for share, shard in enumerate(self._helpers)
        ]
        self._members.extend([block.asked.keys[row] for row in block.rows.tolist()])
        self._is_kept.extend(bytes(len(block.rows)))

    @collector_at_rest()
    def _settle(self, block: _Block) -> list[Verdict]:
        """Return the verdicts, in order: step 4, ended, and step 5."""
        place_of = np.full(len(block.asked.texts), -1)
        place_of[block.rows] = block.places
        own = joined(part.result() for part in block.comparisons)
        newer = by_row(joined([block.found.pending, own._replace(places=place_of[own.places])]))
        foreign = nearest_by_row(block.found.foreign, block.texts.lengths)
        known = nearest_by_row(block.found.kept, block.texts.lengths)
        odd = newer.keys() | foreign.keys() | known.keys() | block.wordless.keys()
        verdicts = []
        columns = zip(block.texts.lengths.tolist(), place_of.tolist(), strict=True)
        for row, (length, place) in enumerate(columns):
            verdict = KEPT
            if row in block.wordless:
                verdict = self._without_words(block.wordless[row], block.asked.keys[row])
            elif row in foreign:
                verdict = _rejected("against", length, foreign[row], self._foreign)
            elif row in odd:
                verdict = self._verdict(length, known.get(row), newer.get(row, ()))
            if verdict.kept and place >= 0:
                self._is_kept[place] = True
            verdicts.append(verdict)
        if len(block.places):
            self._tell(block.places)
        return verdicts

    def _tell(self, places: Integers) -> None:
        """Tell the holders which of the members at these places are not kept."""
        is_kept = np.frombuffer(bytes(self._is_kept[places[0] : places[-1] + 1]), dtype=bool)
        dead = places[~is_kept[places - places[0]]]
        for number, shard in enumerate(self._holders):
            here = dead[dead % len(self._holders) == number]
            shard.tell(settle, Settled(here, int(places[-1]) + 1))

    def _verdict(self, length: int, known: Near | None, newer: Iterable[Near]) -> Verdict:
        """Return the verdict on a row, given what it repeats, all of it settled by now."""
        kept = [near for near in newer if self._is_kept[near.place]]
        nearest = nearer([known, *kept] if known else kept, length)
        if nearest is None:
            return KEPT
        same = nearest.common == length == nearest.length
        return _rejected("duplicate" if same else "rouge_l", length, nearest, self._members)

    def _without_words(self, text: str, key: Key) -> Verdict:
        """Return the verdict on a text without tokens, which only an equal one rejects."""
        verdict = self._wordless.get(text, KEPT)
        self._wordless.setdefault(text, _equal("duplicate", key))
        return verdict

    def _dealt(
        self, rows: Integers, places: Integers
    ) -> Iterator[tuple[Shard[Part], Integers, Integers]]:
        """Deal texts out to the holders, by their places: yield which rows and places each gets."""
        for number, shard in enumerate(self._holders):
            chosen = places % len(self._holders) == number
            if chosen.any():
                yield shard, rows[chosen], places[chosen]


class _Ahead:
    """Blocks that were read and are not yet searched."""

    def __init__(self, blocks: Iterable[Asked], begin: Callable[[Asked], _Block]) -> None:
        self._blocks = map(begin, blocks)
        self._ready: deque[_Block] = deque()
        self.fill()

    def fill(self) -> None:
        """Read on until there are as many as may be in flight."""
        self._ready.extend(islice(self._blocks, _READ_AHEAD - len(self._ready)))

    def next(self) -> _Block | None:
        """Return the next block; None at the end."""
        return self._ready.popleft() if self._ready else None


def _rejected(rule: str, length: int, near: Near, names: Names) -> Verdict:
    return Verdict(kept=False, rule=rule, score=near.score(length), nearest=names[near.place])


def _equal(rule: str, key: Key) -> Verdict:
    return Verdict(kept=False, rule=rule, score=Fraction(1), nearest=name_of(key))


def _picked(texts: Texts, rows: Integers) -> Texts:
    """Return the texts of these rows, which ascend."""
    return Texts(texts.lengths[rows], texts.numbers[tokens_of(rows, texts.lengths)])
