"""The shortlist: every text that could reach the threshold with a given one, and few others.

Let A and B be the sets of pairs (token, how often it came before) of two texts with m and n tokens,
t the threshold, and a = ceil(t·(m+n)/2). F = 2·LCS/(m+n) >= t means LCS >= a. A common subsequence
uses a token as often in both texts, so LCS <= |A ∩ B|. Four things follow from F >= t; what fails
one of them is left out, so nothing that reaches the threshold ever is.

1. Length. LCS <= min(m, n), hence m·t/(2-t) <= n <= m·(2-t)/t.
2. Signature. |A Δ B| = m + n - 2·|A ∩ B| <= m + n - 2·a. The signatures are XORs of hashes that
   have one bit set; what is in both sets cancels, and each pair in A Δ B flips one bit. So their
   Hamming distance is at most m + n - 2·a, whatever the hash, and when they are folded, too. FAISS
   reads the folded ones; what is near by these is compared by the whole.
3. Prefix. Write both sets in one order. At least a - 1 common pairs follow the first common one in
   both, so it is among the first m - a + 1 of A and the first n - a + 1 of B. Since a grows with m,
   B is found when it is filed under its first n - a' + 1 pairs, a' being the a of the shortest
   partner that 1. allows, and A looks up its first m - a" + 1, a" being that of its shortest one.
4. Reach (the position filter of Xiao et al., PPJoin, TODS 2011). If the first common pair has
   j pairs of B before it, all common ones are among the other n - j, so a <= n - j: A is at most
   floor(2·(n - j)/t) - n tokens long. A longer A need not look at that entry of B: it would meet B
   under an earlier pair first, if at all.

Which order is taken changes what is read, never what is found: 3. and 4. hold for every order, and
for every map of pairs to places in it, even one that gives two pairs the same place (number the
equal places within a text, and they are a set again with at least as much in common). The rarest
go first, as counted among the texts added so far (store/filter/order.py). Texts and queries must
share one order; when there are `_GROWTH` times as many texts as were counted, they are counted
again, and all are filed anew in the new order.

The file itself, in FAISS, is store/filter/inverted.py. For one text alone, a scan of all signatures
is faster than that many lists.

Read the other way, 2. says F <= 1 - Hamming/(m+n): where the nearest neighbour can be.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

from store.filter.batch import Batch, Words, batch_of, words
from store.filter.hits import Candidates, Side
from store.filter.inverted import InvertedFile, address
from store.filter.keys import Integers, distinct, first_of, joined, keys_of, second_of
from store.filter.order import LATEST_FIRST, RarestFirst
from store.filter.rouge import Threshold
from store.filter.signature import BITS, Interned, Signed, pairs_of
from work.ordered import mapped
from work.team import Pool

_FEW_LISTS, _LISTS, _MANY_LISTS = 8191, 65521, 262139  # prime, so that all of a place counts
_PENDING = 4096
_GROWTH = 16
_COUNTED = 8192
"""At most so many texts are looked at to make an order."""
_OFTEN = 256
"""Lists of pairs that were in so many texts when the order was made are divided by reach."""
_MOST = 1 << 23
"""At most so many pairs are searched for at once."""
_READS = 4
"""To compare a pair by whole signatures takes as long as to read so many in the lists."""
_FEW_PAIRS, _SCANNED = 1 << 26, 1 << 22
"""So many pairs are compared in a third of a second, and so many at once."""
_AT_ONCE = 1 << 16
"""So many signatures are compared at once."""


class Shortlist:
    """Texts by their places (0, 1, 2, …), searched for those that could reach the threshold."""

    def __init__(self, threshold: Threshold) -> None:
        self._threshold = threshold
        self.texts: list[Interned] = []
        self._signatures = bytearray()
        self._lengths = array("i")
        self._longest = 0
        self._unfiled: list[Signed] = []
        self._order = LATEST_FIRST
        self._file: InvertedFile | None = None
        self._next_order = _PENDING

    def add(self, text: Signed) -> None:
        """Add a text at the next place."""
        self.texts.append(text.interned)
        self._signatures += text.signature
        length = len(text.interned)
        self._lengths.append(length)
        self._longest = max(self._longest, length)
        self._unfiled.append(text)
        if len(self._unfiled) == _PENDING:
            self._filed()

    def extend(self, batch: Batch, interned: Iterable[Interned]) -> None:
        """Add the texts of a batch at the next places."""
        file = self._filed()
        self.texts += interned
        self._signatures += batch.signatures.tobytes()
        self._lengths.extend(batch.lengths.tolist())
        self._longest = max(self._longest, int(batch.lengths.max(initial=0)))
        if len(self.texts) < self._next_order:
            file.add(batch)

    def remove(self, places: Integers) -> None:
        """Find the texts at these places no more, until all are filed in a new order."""
        self._filed().remove(places)

    def of(self, text: Signed) -> list[int]:
        """Return, in order, the places of all that could reach the threshold with this text."""
        if not len(text.pairs):
            return []
        slack = self._threshold.slack(len(text.pairs), self._longest)
        distances = self._distances(words(text.signature))[0]
        places = (distances <= slack.max()).nonzero()[0]
        lengths = np.minimum(self._all_lengths()[places], len(slack) - 1)
        found: list[int] = places[distances[places] <= slack[lengths]].tolist()
        return found

    def of_many(self, texts: Batch, threads: Pool | None = None) -> Iterator[Candidates]:
        """Yield what `of` returns for each text, some texts at a time; fast for many.

        Threads share the lists first, so that each is fetched by one of them, and then the texts.
        """
        file, whole, lengths = self._filed(), words(self._signatures), self._all_lengths()
        start = 0
        size = count = len(texts.lengths)
        while start < count:
            portion = texts.between(start, min(start + size, count))
            asked, pairs = file.asked(portion), portion.count(self._order) * len(lengths)
            is_dense = file.reads(asked) > _READS * pairs
            parts = mapped(partial(file.found, portion), file.portions(asked), threads)
            found = None if is_dense else _joined(parts, _MOST)
            if found is not None:
                near = partial(_near, self._threshold, texts, whole, lengths)
                yield from mapped(near, _by_row(found, threads.number if threads else 1), threads)
            elif is_dense or pairs <= _FEW_PAIRS or size == 1:
                yield from self._scanned(portion)
            else:
                size = -(-size // 2)
                continue
            start += size

    def _scanned(self, texts: Batch) -> Iterator[Candidates]:
        """Yield what `of_many` does by comparing each text with all: a pair comes once that way."""
        lengths = self._all_lengths()
        rows = np.sort(joined(group.rows for group in texts.groups(self._order)))
        at_once = max(_SCANNED // len(lengths), 1)
        for some in np.split(rows, range(at_once, len(rows), at_once)):
            apart = self._distances(texts.signatures[some])
            totals = texts.lengths[some][:, np.newaxis] + lengths
            one, places = np.nonzero(apart <= self._threshold.slack_of(totals))
            yield Candidates(keys_of(some[one], places), apart[one, places])

    def within(self, texts: Batch, members: Sequence[int]) -> Integers:
        """Return what the function `within` returns, by the order of these texts."""
        return within(self._threshold, self._order, texts, np.asarray(members, dtype=np.int64))

    def bounds(self, text: Signed) -> npt.NDArray[np.float32]:
        """Return the highest F that each text can have with this one, not empty itself."""
        lengths, length = self._all_lengths(), len(text.pairs)
        totals = lengths + np.int32(length)
        common = (totals - self._distances(words(text.signature))[0]) >> 1
        np.minimum(common, lengths, out=common)
        np.minimum(common, np.int32(length), out=common)
        bounds: npt.NDArray[np.float32] = np.divide(common, totals, dtype=np.float32)
        return np.multiply(bounds, np.float32(2), out=bounds)

    def _distances(self, signatures: Words) -> npt.NDArray[np.int32]:
        """Return the Hamming distances of whole signatures to those of all texts, a row each."""
        codes = words(self._signatures)
        found = np.empty((len(signatures), len(codes)), dtype=np.int32)
        pointers = map(address, (signatures.view(np.uint8), codes.view(np.uint8)))
        faiss.hammings(  # type: ignore[attr-defined]  # missing in FAISS's stubs alone
            *pointers, *found.shape, BITS // 8, address(found)
        )
        return found

    def _filed(self) -> InvertedFile:
        """Return the inverted file with all texts in it, in a new order where one is due."""
        if len(self.texts) >= self._next_order:
            self._file = None  # gone before the next one takes as much memory
            self._file = self._filed_anew()
        elif self._file is None:
            self._file = InvertedFile(self._threshold, self._order, _FEW_LISTS)
        if self._unfiled:
            self._file.add(batch_of(self._unfiled))
        self._unfiled = []
        return self._file

    def _filed_anew(self) -> InvertedFile:
        """Make the order from the texts so far; return a file with all of them in it."""
        self._next_order = len(self.texts) * _GROWTH
        self._unfiled = []
        apart = -(-len(self.texts) // _COUNTED)
        self._order = RarestFirst(pairs_of(self.texts[::apart]))
        often = self._order.first_place(max(_OFTEN // apart, 1))
        lists = _LISTS if len(self.texts) < _GROWTH * _PENDING else _MANY_LISTS
        file = InvertedFile(self._threshold, self._order, lists, often)
        for start in range(0, len(self.texts), _PENDING):
            file.add(self._batch(start, start + _PENDING))
        return file

    def _batch(self, start: int, stop: int) -> Batch:
        """Return the texts at these places."""
        width = BITS // 8
        return Batch(
            self._all_lengths()[start:stop].astype(np.int64),
            pairs_of(self.texts[start:stop]),
            words(self._signatures[start * width : stop * width]),
        )

    @property
    def side(self) -> Side:
        """The texts as others are compared with them; none can be added while it is held."""
        return Side(self.texts, self._all_lengths())

    def _all_lengths(self) -> npt.NDArray[np.int32]:
        return np.frombuffer(self._lengths, dtype=np.int32)


def within(
    threshold: Threshold,
    order: RarestFirst,
    texts: Batch,
    members: Integers,
    share: Batch | None = None,
) -> Integers:
    """Return the keys (row, member before it) of all that could reach the threshold, in order.

    Members are texts of the same batch, by their rows. With a `share` of the batch its rows alone
    are compared with them.
    """
    block = InvertedFile(threshold, order, _FEW_LISTS)
    is_member = np.zeros(len(texts.lengths), dtype=bool)
    is_member[members] = True
    block.add(texts, is_member)
    rows = share or texts
    found = joined(block.found(rows, some) for some in block.portions(block.asked(rows)))
    before = found[second_of(found) < first_of(found)]
    return _near(threshold, texts, texts.signatures, texts.lengths, before).keys


def _joined(parts: Iterable[Integers], most: int | None) -> Integers | None:
    """Return all keys of the parts; None as soon as there are more than so many."""
    found, count = [], 0
    for some in parts:
        found.append(some)
        count += len(some)
        if most is not None and count > most:
            return None
    return joined(found)


def _by_row(keys: Integers, parts: int) -> Iterator[Integers]:
    """Yield the keys in so many parts; those of a row are in one."""
    if parts == 1:
        yield keys
        return
    rows = first_of(keys)
    for part in range(parts):
        yield keys[rows % parts == part]


def _near(
    threshold: Threshold,
    texts: Batch,
    whole: Words,
    lengths: npt.NDArray[np.integer[Any]],
    found: Integers,
) -> Candidates:
    """Return those, in order and each once, that are near by whole signatures, too.

    These stand in `whole`, with the lengths of the texts, by places.
    """
    keys = distinct(found)
    apart = np.empty(len(keys), dtype=np.int32)
    near = np.empty(len(keys), dtype=bool)
    for start in range(0, len(keys), _AT_ONCE):
        part = slice(start, start + _AT_ONCE)
        rows, places = first_of(keys[part]), second_of(keys[part])
        apart[part] = np.bitwise_count(texts.signatures[rows] ^ whole[places]).sum(axis=1)
        totals = texts.lengths[rows] + lengths[places]
        near[part] = apart[part] <= threshold.slack_of(totals)
    return Candidates(keys, apart).only(near)
