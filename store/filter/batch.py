"""Many texts in the form in which they are filed and searched at once: grouped by length."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from store.filter.order import Integers, RarestFirst
from store.filter.signature import BITS, Signed

_NONE = np.zeros(0, dtype=np.int64)


class Group(NamedTuple):
    """Texts of one length: their rows in the batch, pairs and signatures, a row a text."""

    length: int
    rows: Integers
    pairs: Integers
    signatures: npt.NDArray[np.uint8]

    def where(self, chosen: npt.NDArray[np.bool_]) -> "Group":
        """Return the texts alone that are chosen."""
        return Group(self.length, self.rows[chosen], self.pairs[chosen], self.signatures[chosen])


class Batch:
    """Texts by rows: the lengths of all, and those that have tokens grouped by length."""

    def __init__(self, lengths: Integers, groups: list[Group]) -> None:
        self.lengths = lengths
        self.groups = groups
        self._order: RarestFirst | None = None
        self._ordered: list[Group] = []

    def ordered(self, order: RarestFirst) -> list[Group]:
        """Return the groups with places in this order instead of pairs, ascending."""
        if self._order is not order:
            self._ordered = [
                group._replace(pairs=np.sort(order.places(group.pairs), axis=1))
                for group in self.groups
            ]
            self._order = order
        return self._ordered


def batch_of(texts: Sequence[Signed]) -> Batch:
    """Return texts in the form in which many are searched at once."""
    lengths = np.fromiter((len(text.pairs) for text in texts), np.int64, len(texts))
    pairs = np.concatenate([_NONE, *(np.asarray(t.pairs, dtype=np.int64) for t in texts)])
    return batch_from(lengths, pairs, b"".join(text.signature for text in texts))


def batch_from(lengths: Integers, pairs: Integers, signatures: bytes | bytearray) -> Batch:
    """Return the batch of texts whose pairs, and whose signatures, stand one after the other."""
    return Batch(lengths, list(_groups(lengths, pairs, matrix(signatures))))


def _groups(
    lengths: Integers, pairs: Integers, signatures: npt.NDArray[np.uint8]
) -> Iterator[Group]:
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


def matrix(signatures: bytes | bytearray) -> npt.NDArray[np.uint8]:
    """Return signatures that stand one after the other as the rows of a matrix."""
    return np.frombuffer(signatures, dtype=np.uint8).reshape(-1, BITS // 8)
