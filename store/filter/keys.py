"""Two numbers in one, first << 32 | second, so that many pairs are sorted and compared at once."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

_FIRST = 32
_SECOND = (1 << _FIRST) - 1
_COUNTED = 16
NONE = np.zeros(0, dtype=np.int64)


def keys_of(first: Integers, second: npt.NDArray[np.integer[Any]]) -> Integers:
    """Return the keys of pairs of numbers, each from 0 to 2**31 - 1; one may stand for many."""
    keys: Integers = first << _FIRST | second
    return keys


def first_of(keys: Integers) -> Integers:
    """Return the first numbers of keys."""
    first: Integers = keys >> _FIRST
    return first


def second_of(keys: Integers) -> Integers:
    """Return the second numbers of keys."""
    second: Integers = keys & _SECOND
    return second


def joined(keys: Iterable[Integers]) -> Integers:
    """Return keys of any shape as one list of them."""
    return np.concatenate([NONE, *(some.ravel() for some in keys)])


def in_order(keys: Integers) -> Integers:
    """Return the keys in order; fast where long runs of them ascend, as they do here."""
    return np.sort(keys, kind="stable")


def side_by_side(keys: Integers) -> Integers:
    """Return the keys with those of equal first numbers near each other.

    That is faster than to sort them: 16 bits are sorted by counting.
    """
    first = first_of(keys)
    surplus = max(int(first.max(initial=0)).bit_length() - _COUNTED, 0)
    return keys[np.argsort((first >> surplus).astype(np.uint16), kind="stable")]


def distinct(keys: Integers) -> Integers:
    """Return the keys in order, each once; np.unique does the same, more slowly."""
    keys = in_order(keys)
    return keys[np.diff(keys, prepend=-1) > 0]


def times_before(keys: Integers) -> Integers:
    """Return how often each of these keys, which ascend, stands before itself."""
    places = np.arange(len(keys))
    is_first = np.diff(keys, prepend=-1) != 0
    times: Integers = places - np.maximum.accumulate(np.where(is_first, places, 0))
    return times
