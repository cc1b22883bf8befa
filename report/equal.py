"""Data sets compared at equal records, runs at equal tokens.

At equal records a value is the mean over samples of so many records as the smallest data set has:
exact where a formula is known (rarefaction, Hurlbert 1971), else over some seeded draws. At equal
tokens it is the value of the records that a run had when it had spent what the cheapest run did.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import exp, lgamma

import numpy as np
import numpy.typing as npt

from store.files.data_set import DataSet

DRAWS = 10
"""Samples of a value that has no formula."""

Places = npt.NDArray[np.int64]
"""Records by their positions, in ascending order."""


@dataclass(frozen=True, slots=True)
class Equal:
    """The records of the smallest data set, and the tokens of the cheapest run.

    A data set without records does not count. None where fewer than two data sets have any, or say
    what their calls cost.
    """

    records: int | None
    tokens: int | None


def equal_effort(sets: Sequence[DataSet]) -> Equal | None:
    """Return at what effort the data sets can be compared, None for one that stands alone."""
    if len(sets) < 2:
        return None
    return Equal(_least(len(data.records) for data in sets), _least(map(_spent, sets)))


def missed(count: int, of: int, size: int) -> float:
    """Return the chance that a sample of `size` of so many records holds none of `count` of them.

    It is C(of - count, size) / C(of, size).
    """
    left = of - count
    if size > left:
        return 0.0
    return exp(lgamma(left + 1) - lgamma(left - size + 1) + lgamma(of - size + 1) - lgamma(of + 1))


def samples(of: int, size: int) -> Iterator[Places]:
    """Yield DRAWS seeded samples, or all records where as many are wanted."""
    if size >= of:
        yield np.arange(of)
        return
    drawn = np.random.default_rng(0)
    for _ in range(DRAWS):
        yield np.sort(drawn.choice(of, size, replace=False))


def early(data: DataSet, tokens: int) -> Places | None:
    """Return the records that a run had when it had spent so many tokens, as far as calls tell.

    Records that the run began with are among them. None where no call says what it cost.
    """
    if not _spent(data):
        return None
    spent = accumulate(call.tokens for call in data.calls)
    afford = [call.call for call, so_far in zip(data.calls, spent, strict=True) if so_far <= tokens]
    late = {call.call for call in data.calls} - set(afford)
    return np.array([n for n, r in enumerate(data.records) if r.call not in late], dtype=np.int64)


def _least(amounts: Iterable[int]) -> int | None:
    """Return the least of two or more amounts above 0."""
    known = [amount for amount in amounts if amount]
    return min(known) if len(known) > 1 else None


def _spent(data: DataSet) -> int:
    return sum(call.tokens for call in data.calls)
