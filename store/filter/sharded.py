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
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from itertools import pairwise

import numpy as np

from store.filter.blocks import Ahead, Asked, Block, Piece, picked
from store.filter.density import are_too_alike, few_enough, sample
from store.filter.hits import Near, by_row, joined, nearer, nearest_by_row
from store.filter.keys import NONE, Integers
from store.filter.naming import Key, Names, name_of
from store.filter.part import (
    Comparison,
    Found,
    Members,
    Part,
    Placed,
    Search,
    Settled,
    Taken,
    Texts,
    compare,
    file_foreign,
    file_members,
    file_placed,
    read,
    search,
    settle,
    take,
    tidy,
)
from store.filter.rouge import Threshold
from store.filter.signature import Interned, Vocabulary, intern_numbers
from store.filter.verdict import KEPT, Verdict
from work.shard import RECENT, Shard

IN_FLIGHT = RECENT - 1
"""Blocks that are searched or settled at a time: workers have them all at hand."""


class ShardedIndex:
    """The kept texts over shards; `admit` judges as `DiversityIndex.admit_many` does.

    A shard's state is a `Part`.
    """

    def __init__(self, shards: Sequence[Shard[Part]], threshold: Fraction) -> None:
        holders = -(-len(shards) // 2)
        self._threshold = Threshold(threshold)
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
        ahead = Ahead(blocks, self._asked)
        while block := ahead.next():
            ahead.fill()
            self._number(block)
            for row, text in block.wordless.items():
                self._wordless.setdefault(text, _equal("against", block.asked.keys[row]))
            all_rows = np.arange(len(block.asked.keys))
            dealt = self._dealt(all_rows, len(self._foreign) + all_rows)
            for shard, rows, places in dealt:
                shard.tell(file_foreign, Placed(picked(block.texts, rows), places))
            self._foreign.extend(block.asked.keys)
        return len(self._foreign)

    def admit(self, blocks: Iterable[Asked]) -> Iterator[list[Verdict]]:
        """Yield the verdicts on the texts of each block in turn; kept ones are added.

        A block without texts has none, and is answered, too.
        """
        ahead = Ahead(blocks, self._asked)
        under_way: deque[tuple[Block, Future[Piece] | None]] = deque()
        thread = ThreadPoolExecutor(1, "search")
        try:
            while True:
                while self._may_begin(under_way) and (block := ahead.next()):
                    self._show(block)
                    alike = self._is_of_many_alike(block, [before for before, _ in under_way])
                    begun = None if alike else thread.submit(self._searched, block)
                    under_way.append((block, begun))
                if not under_way:
                    return
                block, begun = under_way.popleft()
                yield self._settled(begun.result()) if begun else self._in_parts(block)
                ahead.fill()
        finally:
            thread.shutdown(wait=False, cancel_futures=True)

    @staticmethod
    def _may_begin(under_way: Sequence[tuple[Block, Future[Piece] | None]]) -> bool:
        """Return whether another block is searched now; after one of many alike it has to wait."""
        return len(under_way) < IN_FLIGHT and all(begun for _, begun in under_way)

    def _is_of_many_alike(self, block: Block, unsettled: Iterable[Block]) -> bool:
        """Return whether very many pairs within a block, or with those before it, are alike."""
        return few_enough(block.sample, self._threshold) < block.sample.among or any(
            are_too_alike(block.sample, before.sample, self._threshold) for before in unsettled
        )

    def _asked(self, asked: Asked) -> Block:
        """Step 1, begun: the helpers read a block, a share each."""
        count, helpers = len(asked.texts), len(self._helpers)
        bounds = [count * n // helpers for n in range(helpers + 1)]
        reads = [
            shard.ask(read, asked.texts[start:stop])
            for shard, (start, stop) in zip(self._helpers, pairwise(bounds), strict=True)
        ]
        self._count += 1
        return Block(self._count, asked, reads)

    def _number(self, block: Block) -> None:
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

    def _show(self, block: Block) -> None:
        """Have all shards take a block; find the first row of each token list."""
        self._number(block)
        for shard in self._shards:
            shard.show(take, Taken(block.number, block.texts))
        block.interned = intern_numbers(*block.texts)
        first: dict[Interned, int] = {}
        for row, text in enumerate(block.interned):
            if text:
                first.setdefault(text, row)
        rows = [*first.values()]
        block.first = np.array(rows, dtype=np.int64)
        block.sample = sample(block.interned, rows)

    def _searched(self, block: Block) -> Piece:
        """Return a whole block as one piece: steps 2 and 3 done, and step 4 begun."""
        found, rows = self._found(block, 0)
        places = self._next_places(len(rows))
        self._file(block, rows, places)
        return self._begun(Piece(block, 0, len(block.asked.texts), found, rows, places))

    def _in_parts(self, block: Block) -> list[Verdict]:
        """Return the verdicts on a block of many alike, where all before it are settled.

        Its members are filed when they are settled, and few at a time.
        """
        for shard in self._holders:
            shard.tell(tidy, None)
        verdicts: list[Verdict] = []
        while (start := len(verdicts)) < len(block.asked.texts):
            found, rows = self._found(block, start)
            fit = few_enough(sample(block.interned, rows.tolist()), self._threshold)
            stop = int(rows[fit]) if fit < len(rows) else len(block.asked.texts)
            piece = Piece(block, start, stop, found, rows[:fit], self._next_places(fit))
            verdicts += self._settled(self._begun(piece), are_filed=False)
        return verdicts

    def _found(self, block: Block, start: int) -> tuple[Found, Integers]:
        """Return what the rows from `start` on repeat, and which of them may be kept: step 2."""
        asked = Search(block.number, start)
        searches = [shard.ask(search, asked) for shard in self._holders]
        parts = zip(*(part.result() for part in searches), strict=True)
        found = Found(*map(joined, parts))
        rejected = np.zeros(len(block.asked.texts), dtype=bool)
        rejected[:start] = True
        rejected[found.foreign.rows] = True
        rejected[found.kept.rows] = True
        return found, block.first[~rejected[block.first]]

    def _file(self, block: Block, rows: Integers, places: Integers) -> None:
        """Have the holders file rows of a block: step 3."""
        for shard, some, at in self._dealt(rows, places):
            same = (file_placed, Placed(picked(block.texts, some), at))
            shard.tell(file_members, Members(block.number, some, at), same=same)

    def _begun(self, piece: Piece) -> Piece:
        """Begin step 4 for a piece, and name its members."""
        block, start, stop, shares = piece.block, piece.start, piece.stop, len(self._helpers)
        comparisons = [
            shard.ask(compare, Comparison(block.number, start, stop, piece.rows, share, shares))
            for share, shard in enumerate(self._helpers)
        ]
        self._members.extend([block.asked.keys[row] for row in piece.rows.tolist()])
        self._is_kept.extend(b"\1" * len(piece.rows))
        return piece._replace(comparisons=comparisons)

    def _next_places(self, count: int) -> Integers:
        return len(self._members) + np.arange(count)

    def _settled(self, piece: Piece, *, are_filed: bool = True) -> list[Verdict]:
        """Return the verdicts, in order: step 4, ended, and step 5."""
        block, start, stop = piece.block, piece.start, piece.stop
        place_of = np.full(len(block.asked.texts), -1)
        place_of[piece.rows] = piece.places
        own = joined(part.result() for part in piece.comparisons)
        newer = by_row(joined([piece.found.pending, own._replace(places=place_of[own.places])]))
        foreign = nearest_by_row(piece.found.foreign, block.texts.lengths)
        known = nearest_by_row(piece.found.kept, block.texts.lengths)
        verdicts = [KEPT] * (stop - start)
        odd = newer.keys() | foreign.keys() | known.keys() | block.wordless.keys()
        lengths, place_at = block.texts.lengths.tolist(), place_of.tolist()
        for row in sorted(odd.intersection(range(start, stop))):
            length, place = lengths[row], place_at[row]
            if row in block.wordless:
                verdict = self._without_words(block.wordless[row], block.asked.keys[row])
            elif row in foreign:
                verdict = _rejected("against", length, foreign[row], self._foreign)
            else:
                verdict = self._verdict(length, known.get(row), newer.get(row, ()))
            if place >= 0:
                self._is_kept[place] = verdict.kept
            verdicts[row - start] = verdict
        if len(piece.places):
            self._tell(piece, are_filed=are_filed)
        return verdicts

    def _tell(self, piece: Piece, *, are_filed: bool) -> None:
        """Tell the holders which of the members of a piece are kept."""
        first, until = int(piece.places[0]), int(piece.places[-1]) + 1
        is_kept = np.frombuffer(bytes(self._is_kept[first:until]), dtype=bool)
        dead = piece.places[~is_kept] if are_filed else NONE
        if not are_filed:
            self._file(piece.block, piece.rows[is_kept], piece.places[is_kept])
        for number, shard in enumerate(self._holders):
            here = dead[dead % len(self._holders) == number]
            shard.tell(settle, Settled(here, until))

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


def _rejected(rule: str, length: int, near: Near, names: Names) -> Verdict:
    return Verdict(kept=False, rule=rule, score=near.score(length), nearest=names[near.place])


def _equal(rule: str, key: Key) -> Verdict:
    return Verdict(kept=False, rule=rule, score=Fraction(1), nearest=name_of(key))
