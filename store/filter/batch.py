"""Many texts in the form in which they are filed and searched at once: grouped by length."""

from collections.abc import Iterator, Sequence
from copy import copy
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from store.filter.order import Integers, RarestFirst
from store.filter.signature import BITS, FOLDED, Signed

Words = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]
_NONE = np.zeros(0, dtype=np.int64)


class Group(NamedTuple):
    """Texts of one length: their rows in the batch, pairs and folded signatures, a row a text."""

    length: int
    rows: Integers
    pairs: Integers
    signatures: Bytes

    def where(self, chosen: npt.NDArray[np.bool_] | Integers) -> "Group":
        """Return the texts alone that are chosen, by a truth value each or by their numbers."""
        return Group(self.length, self.rows[chosen], self.pairs[chosen], self.signatures[chosen])


class Batch:
    """Texts by rows: their lengths and signatures, and those that have tokens grouped by length."""

    def __init__(self, lengths: Integers, pairs: Integers, signatures: bytes | bytearray) -> None:
        self.lengths = lengths
        self.signatures = words(signatures)
        self.groups = list(_groups(lengths, pairs, folded(signatures)))
        self._order: RarestFirst | None = None
        self._ordered: list[Group] = []

    def share(self, number: int, of: int) -> "Batch":
        """Return the same rows with every group number `of` from `number` on alone."""
        share = copy(self)
        share.groups = self.groups[number::of]
        share._order, share._ordered = None, []  # noqa: SLF001 - of its own kind
        return share

    def ordered(self, order: RarestFirst) -> list[Group]:
        """Return the groups with places in this order instead of pairs, ascending in each row."""
        if self._order is not order:
            self._ordered = [_ordered(group, order) for group in self.groups]
            self._order = order
        return self._ordered


def _ordered(group: Group, order: RarestFirst) -> Group:
    """Return the group with places, texts that will read the same long list side by side.

    So that it is still in the processor's cache; the longest lists come last in a prefix, about
    where a third of the text ends.
    """
    places = np.sort(order.places(group.pairs), axis=1)
    side_by_side = np.argsort(places[:, group.length // 3])
    return group._replace(pairs=places).where(side_by_side)


def batch_of(texts: Sequence[Signed]) -> Batch:
    """Return texts in the form in which many are searched at once."""
    lengths = np.fromiter((len(text.pairs) for text in texts), np.int64, len(texts))
    pairs = np.concatenate([_NONE, *(np.asarray(t.pairs, dtype=np.int64) for t in texts)])
    return Batch(lengths, pairs, b"".join(text.signature for text in texts))


def _groups(lengths: Integers, pairs: Integers, signatures: Bytes) -> Iterator[Group]:
    starts = np.cumsum(lengths) - lengths
    by_length = np.argsort(lengths, kind="stable")
    for length, rows in _runs(lengths, by_length):
        if length:
            places = starts[rows][:, np.newaxis] + np.arange(length)
            yield Group(length, rows, pairs[places], signatures[rows])


def _runs(lengths: Integers, by_length: Integers) -> Iterator[tuple[int, Integers]]:
    """Yield every length that occurs with the rows that have it."""
    found, starts = np.unique(lengths[by_length], return_index=True)
    yield from zip(found.tolist(), np.split(by_length, starts[1:]), strict=False)


def words(signatures: bytes | bytearray) -> Words:
    """Return signatures that stand one after the other as the rows of a matrix."""
    return np.frombuffer(signatures, dtype=np.uint64).reshape(-1, BITS // 64)


def folded(signatures: bytes | bytearray) -> Bytes:
    """Return the folded forms of signatures, as the rows of a matrix."""
    parts = words(signatures).reshape(-1, BITS // FOLDED, FOLDED // 64)
    return np.ascontiguousarray(np.bitwise_xor.reduce(parts, axis=1)).view(np.uint8)
