"""The shortlist: every text that could reach the threshold with a given one, and few others.

Let A and B be the sets of pairs (token, how often it came before) of two texts with m and n tokens,
t the threshold, and a = ceil(t·(m+n)/2). F = 2·LCS/(m+n) >= t means LCS >= a. A common subsequence
uses a token as often in both texts, so LCS <= |A ∩ B|. Three things follow from F >= t; what fails
one of them is left out, so nothing that reaches the threshold ever is.

1. Length. LCS <= min(m, n), hence m·t/(2-t) <= n <= m·(2-t)/t.
2. Signature. |A Δ B| = m + n - 2·|A ∩ B| <= m + n - 2·a. The signatures are XORs of hashes that
   have one bit set; what is in both sets cancels, and each pair in A Δ B flips one bit. So their
   Hamming distance is at most m + n - 2·a, whatever the hash.
3. Prefix. Write both sets in one order (latest number first, which is rarest first). At least a - 1
   common pairs follow the first common one in both, so it is among the first m - a + 1 of A and the
   first n - a + 1 of B. Since a grows with m, B is found when it is filed under its first
   n - a' + 1 pairs, a' being the a of the shortest partner that 1. allows.

FAISS keeps the signatures in an inverted file (IndexBinaryIVF) whose lists are not clusters but
(pair, class of length): a text lies in the lists of its prefix, and a query reads those of its own,
all within one radius that is the greatest of the class. For one text alone, a scan of all
signatures is faster than that many lists.

Read the other way, 2. says F <= 1 - Hamming/(m+n): where the nearest neighbour can be.
"""

import itertools
from array import array
from collections.abc import Sequence
from typing import NamedTuple

import faiss
import numpy as np
import numpy.typing as npt

from store.filter.rouge import Threshold
from store.filter.signature import BITS, Signed

MANY_LISTS, FEW_LISTS = 65521, 4093  # prime numbers, so that both halves of a pair count
_CLASSES = 61
_PENDING = 4096
_ROW = 32
_PLACE = (1 << _ROW) - 1

_Integers = npt.NDArray[np.int64]


class Shortlist:
    """Texts by their places (0, 1, 2, …), searched for those that could reach the threshold."""

    def __init__(self, threshold: Threshold) -> None:
        # More threads make the many small searches three times slower.
        faiss.omp_set_num_threads(1)
        self._threshold = threshold
        self._signatures = bytearray()
        self._lengths = array("i")
        self._longest = 0
        self._file: InvertedFile | None = None
        self._unfiled: list[Signed] = []

    def add(self, text: Signed) -> None:
        """Add a text at the next place."""
        self._signatures += text.signature
        self._lengths.append(len(text.pairs))
        self._longest = max(self._longest, len(text.pairs))
        self._unfiled.append(text)
        if len(self._unfiled) == _PENDING:
            self._filed()

    def of(self, text: Signed) -> list[int]:
        """Return, in order, the places of all that could reach the threshold with this text."""
        if not len(text.pairs):
            return []
        slack = self._threshold.slack(len(text.pairs), self._longest)
        distances = self._distances(text)
        places = (distances <= slack.max()).nonzero()[0]
        lengths = np.minimum(self._all_lengths()[places], len(slack) - 1)
        found: list[int] = places[distances[places] <= slack[lengths]].tolist()
        return found

    def of_many(self, texts: "Batch") -> dict[int, list[int]]:
        """Return what `of` returns, by row, for those texts that have any; fast for many."""
        return by_row(self._filed().search(texts))

    def within(self, texts: "Batch", members: Sequence[int]) -> dict[int, list[int]]:
        """Return by row, if any, the members before a text that could reach the threshold with it.

        Members are texts of the same batch, by their rows.
        """
        is_member = np.zeros(len(texts.lengths), dtype=bool)
        is_member[list(members)] = True
        block = InvertedFile(self._threshold, FEW_LISTS)
        block.add(texts, is_member)
        found = block.search(texts)
        return by_row(found[found & _PLACE < found >> _ROW])

    def bounds(self, text: Signed) -> npt.NDArray[np.float32]:
        """Return the highest F that each text can have with this one, not empty itself."""
        lengths, length = self._all_lengths(), len(text.pairs)
        totals = lengths + np.int32(length)
        common = (totals - self._distances(text)) >> 1
        np.minimum(common, lengths, out=common)
        np.minimum(common, np.int32(length), out=common)
        bounds: npt.NDArray[np.float32] = np.divide(common, totals, dtype=np.float32)
        return np.multiply(bounds, np.float32(2), out=bounds)

    def _distances(self, text: Signed) -> npt.NDArray[np.int32]:
        """Return the Hamming distances to all texts."""
        codes, query = _matrix(self._signatures), _matrix(text.signature)
        found = np.empty(len(codes), dtype=np.int32)
        pointers = map(_address, (query, codes))
        faiss.hammings(  # type: ignore[attr-defined]  # missing in FAISS's stubs alone
            *pointers, 1, len(codes), BITS // 8, _address(found)
        )
        return found

    def _filed(self) -> "InvertedFile":
        """Return the inverted file, with all texts in it."""
        if self._file is None:
            self._file = InvertedFile(self._threshold, MANY_LISTS)
        self._file.add(batch_of(self._unfiled))
        self._unfiled = []
        return self._file

    def _all_lengths(self) -> npt.NDArray[np.int32]:
        return np.frombuffer(self._lengths, dtype=np.int32)


class InvertedFile:
    """Signatures in lists by (pair, class of length); `MANY_LISTS` of them, or `FEW_LISTS`."""

    def __init__(self, threshold: Threshold, lists: int) -> None:
        # More threads make the many small searches three times slower.
        faiss.omp_set_num_threads(1)
        self._threshold = threshold
        self._count = lists
        self._lengths = array("q")
        self._longest = 0
        # FAISS wants a quantizer, and does not keep it alive; the lists are chosen here instead.
        self._quantizer = faiss.IndexBinaryFlat(BITS)
        self._index = faiss.IndexBinaryIVF(self._quantizer, BITS, lists)
        self._index.is_trained = True

    def add(self, batch: "Batch", only: npt.NDArray[np.bool_] | None = None) -> None:
        """File texts at the next places: all of the batch, or those alone whose rows are true."""
        for whole in batch.groups:
            group = whole if only is None else whole.where(only[whole.rows])
            shortest = self._threshold.partners(group.length)[0]
            lists = self._lists(group, shortest, _class(group.length))
            places = np.repeat(group.rows + len(self._lengths), lists.shape[1])
            signatures = group.signatures.repeat(lists.shape[1], axis=0)
            # FAISS sees addresses only: the names keep alive what lies there.
            pointers = map(_address, (signatures, places, lists))
            self._index.add_core(  # type: ignore[attr-defined]  # missing in FAISS's stubs alone
                len(places), *pointers
            )
        self._lengths.extend(batch.lengths)
        self._longest = max([self._longest, *batch.lengths])

    def search(self, batch: "Batch") -> _Integers:
        """Return row << 32 | place of all that could reach the threshold with a text of the batch.

        A pair of texts comes once for every list in which it meets.
        """
        found = [np.zeros(0, dtype=np.int64)]
        for group in batch.groups:
            least, most = self._threshold.partners(group.length)
            most = min(most, self._longest)
            steps = range(_class(least), _class(most) + 1) if least <= most else ()
            found += [self._search(group, max(_shortest(step), least), step) for step in steps]
        return np.concatenate(found)

    def _search(self, group: "_Group", shortest: int, step: int) -> _Integers:
        """Return what a class has for texts of one length, no partner being below `shortest`."""
        lists = self._lists(group, shortest, step)
        slack = self._threshold.slack(group.length, self._longest)
        # FAISS leaves out what is exactly at the radius.
        radius = int(slack[shortest : _shortest(step + 1)].max()) + 1
        self._index.nprobe = lists.shape[1]
        limits, distances, places = self._index.range_search_preassigned(
            group.signatures, radius, lists, np.zeros_like(lists, dtype=np.int32)
        )
        ends = np.asarray(limits, dtype=np.int64)
        counts: _Integers = ends[1:] - ends[:-1]
        rows = np.repeat(group.rows, counts)
        lengths = np.frombuffer(self._lengths, dtype=np.int64)[places]
        near = distances <= slack[np.minimum(lengths, len(slack) - 1)]
        keys: _Integers = rows[near] << _ROW | places[near]
        return keys

    def _lists(self, group: "_Group", partner: int, step: int) -> _Integers:
        """Return the lists of a class for prefixes that meet partners of this length or more."""
        prefix = group.length - self._threshold.common(group.length, partner) + 1
        return (group.pairs[:, :prefix] * _CLASSES + step) % self._count


class _Group(NamedTuple):
    """Texts of one length: their rows in the batch, pairs and signatures, a row a text."""

    length: int
    rows: _Integers
    pairs: _Integers
    signatures: npt.NDArray[np.uint8]

    def where(self, chosen: npt.NDArray[np.bool_]) -> "_Group":
        """Return the texts alone that are chosen."""
        return _Group(self.length, self.rows[chosen], self.pairs[chosen], self.signatures[chosen])


class Batch(NamedTuple):
    """Texts by rows: the lengths of all, and those that have tokens grouped by length."""

    lengths: list[int]
    groups: list[_Group]


def batch_of(texts: Sequence[Signed]) -> Batch:
    """Return texts in the form in which many are searched at once."""
    lengths = [len(text.pairs) for text in texts]
    rows_by_length: dict[int, list[int]] = {}
    for row, length in enumerate(lengths):
        rows_by_length.setdefault(length, []).append(row)
    rows_by_length.pop(0, None)
    groups = [
        _group(length, rows, [texts[row] for row in rows])
        for length, rows in rows_by_length.items()
    ]
    return Batch(lengths, groups)


def batch_of_rows(lengths: _Integers, pairs: _Integers, signatures: npt.NDArray[np.uint8]) -> Batch:
    """Return what `batch_of` returns, from what `signature.sign_numbers` returns."""
    order = np.argsort(lengths, kind="stable")
    starts = np.cumsum(lengths) - lengths
    values, firsts = np.unique(lengths[order], return_index=True)
    groups = []
    for length, rows in zip(values.tolist(), np.split(order, firsts[1:]), strict=True):
        if length:
            places = starts[rows][:, None] + np.arange(length)
            groups.append(_Group(length, rows, pairs[places], signatures[rows]))
    return Batch(lengths.tolist(), groups)


def _group(length: int, rows: list[int], texts: Sequence[Signed]) -> _Group:
    pairs = np.concatenate([text.pairs for text in texts]).reshape(len(texts), length)
    signatures = _matrix(b"".join(text.signature for text in texts))
    return _Group(length, np.array(rows), pairs, signatures)


def _class(length: int) -> int:
    """Return the class of a length: two for every doubling."""
    octave = max(length.bit_length() - 2, 0)
    return 2 * octave + (length >> octave)


def _shortest(step: int) -> int:
    """Return the least length of a class."""
    octave = max(step // 2 - 1, 0)
    return (step - 2 * octave) << octave


def by_row(keys: _Integers) -> dict[int, list[int]]:
    """Return the places of each row that has any, in order, each once."""
    found = distinct(keys)
    rows, starts = np.unique(found >> _ROW, return_index=True)
    places = (found & _PLACE).tolist()
    limits = itertools.pairwise([*starts.tolist(), len(places)])
    return {
        row: places[start:stop] for row, (start, stop) in zip(rows.tolist(), limits, strict=True)
    }


def row_of(keys: _Integers) -> _Integers:
    """Return the rows of keys, as `InvertedFile.search` returns them."""
    rows: _Integers = keys >> _ROW
    return rows


def place_of(keys: _Integers) -> _Integers:
    """Return the places of keys."""
    places: _Integers = keys & _PLACE
    return places


def distinct(keys: _Integers) -> _Integers:
    """Return the keys in order, each once; np.unique does the same, more slowly."""
    keys = np.sort(keys)
    return keys[np.diff(keys, prepend=-1) > 0]


def _matrix(signatures: bytes | bytearray) -> npt.NDArray[np.uint8]:
    return np.frombuffer(signatures, dtype=np.uint8).reshape(-1, BITS // 8)


def _address(values: object) -> object:
    return faiss.swig_ptr(values)  # type: ignore[arg-type]  # an array, but map() forgets it
