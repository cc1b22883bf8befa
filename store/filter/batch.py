"""Many texts in the form in which they are filed and searched at once: grouped by length."""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from store.filter.keys import Integers
from store.filter.order import RarestFirst
from store.filter.signature import BITS, FOLDED, Signed, sign_numbers

Words = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]
_NONE = np.zeros(0, dtype=np.int64)


class Group(NamedTuple):
    """Texts of one length: their rows in the batch, and their places in the order, a row a text."""

    length: int
    rows: Integers
    places: Integers

    def between(self, start: int, stop: int) -> "Group":
        """Return those of the texts whose rows are from `start` on, before `stop`."""
        chosen = (self.rows >= start) & (self.rows < stop)
        return Group(self.length, self.rows[chosen], self.places[chosen])


class Batch:
    """Texts by rows: their lengths and signatures, whole and folded.

    Their pairs stand one after the other.
    """

    def __init__(self, lengths: Integers, pairs: Integers, signatures: Words) -> None:
        self.lengths = lengths
        self.signatures = signatures
        self._pairs = pairs
        self.folded = folded(signatures)
        self._order: RarestFirst | None = None
        self._groups: list[Group] = []
        self._chosen: Callable[[RarestFirst], list[Group]] | None = None

    @classmethod
    def of(cls, lengths: Integers, numbers: Integers) -> "Batch":
        """Return texts by the numbers of their tokens, text after text, `lengths` of each."""
        pairs, signatures = sign_numbers(lengths, numbers)
        return cls(lengths, pairs, words(signatures))

    def taken(self, rows: Integers) -> "Batch":
        """Return the texts of these rows, which ascend."""
        pairs = self._pairs[tokens_of(rows, self.lengths)]
        return Batch(self.lengths[rows], pairs, self.signatures[rows])

    def share(self, number: int, of: int) -> "Batch":
        """Return the same rows with every group number `of` from `number` on alone."""
        return self._with(lambda groups: groups[number::of])

    def between(self, start: int, stop: int) -> "Batch":
        """Return the same rows with those from `start` on, before `stop`, alone in groups."""
        if start == 0 and stop == len(self.lengths):
            return self

        def within(groups: list[Group]) -> list[Group]:
            some = (group.between(start, stop) for group in groups)
            return [group for group in some if len(group.rows)]

        return self._with(within)

    def _with(self, choose: Callable[[list[Group]], list[Group]]) -> "Batch":
        """Return the same rows; of their groups, which are found once, those that are chosen."""
        some = copy(self)
        some._chosen = lambda order: choose(self.groups(order))  # noqa: SLF001 - of its own kind
        return some

    def rarest_first(self, most: int) -> RarestFirst:
        """Return the order by the first of these texts, at most so many."""
        return RarestFirst(self._pairs[: int(self.lengths[:most].sum())])

    def groups(self, order: RarestFirst) -> list[Group]:
        """Return those that have tokens grouped by length; the places in a row ascend."""
        if self._chosen:
            return self._chosen(order)
        if self._order is not order:
            self._groups = list(self._grouped(order.places(self._pairs)))
            self._order = order
        return self._groups

    def count(self, order: RarestFirst) -> int:
        """Return how many texts are in the groups."""
        return sum(len(group.rows) for group in self.groups(order))

    def _grouped(self, places: Integers) -> Iterator[Group]:
        starts = np.cumsum(self.lengths) - self.lengths
        by_length = np.argsort(self.lengths, kind="stable")
        for length, in_order in _runs(self.lengths, by_length):
            if length:
                of_rows = places[starts[in_order][:, np.newaxis] + np.arange(length)]
                of_rows.sort(axis=1)
                yield Group(length, in_order, of_rows)


def tokens_of(rows: Integers, lengths: npt.NDArray[np.integer[Any]]) -> npt.NDArray[np.bool_]:
    """Return which tokens belong to these rows, of tokens text after text, `lengths` of each."""
    chosen = np.zeros(len(lengths), dtype=bool)
    chosen[rows] = True
    return np.repeat(chosen, lengths)


def batch_of(texts: Sequence[Signed]) -> Batch:
    """Return texts in the form in which many are searched at once."""
    lengths = np.fromiter((len(text.interned) for text in texts), np.int64, len(texts))
    # An empty list would else be taken for floating point.
    pairs = np.concatenate(
        [_NONE, *(text.pairs for text in texts)], dtype=np.int64, casting="unsafe"
    )
    return Batch(lengths, pairs, words(b"".join(text.signature for text in texts)))


def _runs(lengths: Integers, by_length: Integers) -> Iterator[tuple[int, Integers]]:
    """Yield every length that occurs with the rows that have it."""
    found, starts = np.unique(lengths[by_length], return_index=True)
    yield from zip(found.tolist(), np.split(by_length, starts[1:]), strict=False)


def words(signatures: bytes | bytearray) -> Words:
    """Return signatures that stand one after the other as the rows of a matrix."""
    return np.frombuffer(signatures, dtype=np.uint64).reshape(-1, BITS // 64)


def folded(signatures: Words) -> Bytes:
    """Return the folded forms of signatures, as the rows of a matrix."""
    parts = signatures.reshape(-1, BITS // FOLDED, FOLDED // 64)
    return np.ascontiguousarray(np.bitwise_xor.reduce(parts, axis=1)).view(np.uint8)
