"""Token lists in forms that are fast to compare: one character per token, and a signature.

Number the repetitions in a text, and its tokens become a *set* of pairs (token, how often it came
before). The signature is the XOR over the set of a hash with one of `BITS` bits set, so that two
signatures differ in at most as many bits as there are pairs in one text and not in the other,
whatever the hash. The same holds when a signature is folded: its parts of `FOLDED` bits XORed. What
follows from that is in store/filter/shortlist.py.
"""

import itertools
import operator
from collections.abc import Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from store.filter.keys import Integers, in_order, keys_of, second_of, times_before

BITS, FOLDED = 512, 128
_WORD = 64
_PRIME = 509  # the greatest prime number of bits, so that the hash sees both halves of a pair
_NUMBER = 32  # bits for a token's number
_TIMES = 16  # bits of the longest text's length that is read with others at once
_SURROGATES = "surrogatepass"
_FLIPS = [1 << bit for bit in range(_PRIME)]


_OfAnyWidth = npt.NDArray[np.integer[Any]]
Pairs = list[int] | Integers
Interned = str | tuple[int, ...]


class Signed(NamedTuple):
    """A token list in three forms.

    `interned` has one character per token (its number is the code point), or where the numbers end
    the code points, at 1,114,112, the numbers themselves. Equal iff the lists are.
    `pairs` are the token's number - 2**32 · how often it came before, in no certain order.
    `signature` is `BITS` / 8 bytes.
    """

    interned: Interned
    pairs: Pairs
    signature: bytes


class Vocabulary:
    """The numbers of all tokens met so far."""

    def __init__(self) -> None:
        self._numbers = _Numbers()

    def numbers(self, tokens: Sequence[str]) -> Integers:
        """Return the numbers of tokens; new tokens get the next numbers."""
        return np.fromiter(map(self._numbers.__getitem__, tokens), np.int64, len(tokens))

    @property
    def tokens(self) -> list[str]:
        """The tokens by their numbers."""
        return list(self._numbers)

    def sign(self, tokens: Sequence[str]) -> Signed:
        """Return the signed form of a token list; new tokens get the next numbers."""
        return _signed(list(map(self._numbers.__getitem__, tokens)))


def pairs_of(texts: Sequence[Interned]) -> Integers:
    """Return the pairs of texts in this form, one text's after the other's."""
    if max(map(len, texts), default=0) >> _TIMES:
        return np.concatenate([np.array(_pairs(_numbers(text)), dtype=np.int64) for text in texts])
    rows = np.repeat(np.arange(len(texts)), list(map(len, texts)))
    if all(isinstance(text, str) for text in texts):
        characters = "".join(map(str, texts)).encode("utf-32-le", _SURROGATES)
        return _pairs_by_row(rows, np.frombuffer(characters, dtype="<u4").astype(np.int64))
    numbers = list(itertools.chain.from_iterable(map(_numbers, texts)))
    return _pairs_by_row(rows, np.array(numbers, dtype=np.int64))


def sign_numbers(lengths: Integers, numbers: Integers) -> tuple[Integers, bytes]:
    """Return the pairs of texts one after the other, and their signatures in the same way.

    The texts are given by the numbers of their tokens, one after the other, `lengths` of each.
    """
    count = len(lengths)
    if not len(numbers) or int(lengths.max()) >> _TIMES:
        signed = [_signed(part.tolist()) for part in _parts(lengths, numbers)]
        pairs = np.array([pair for one in signed for pair in one.pairs], dtype=np.int64)
        signatures = b"".join(one.signature for one in signed)
    else:
        rows = np.repeat(np.arange(count), lengths)
        pairs = _pairs_by_row(rows, numbers)
        signatures = _signatures(rows, pairs, count)
    return pairs, signatures


def intern_numbers(lengths: _OfAnyWidth, numbers: _OfAnyWidth) -> list[Interned]:
    """Return the texts, given as in `sign_numbers`, in the form `Signed.interned`."""
    try:  # as `_interned`, but for all at once
        characters = numbers.astype("<u4").tobytes().decode("utf-32-le", _SURROGATES)
    except UnicodeDecodeError:
        return [_interned(part.tolist()) for part in _parts(lengths, numbers)]
    spans = itertools.pairwise(itertools.accumulate(lengths.tolist(), initial=0))
    return [characters[start:stop] for start, stop in spans]


def _parts(lengths: _OfAnyWidth, numbers: _OfAnyWidth) -> list[_OfAnyWidth]:
    return np.split(numbers, np.cumsum(lengths)[:-1]) if len(lengths) else []


def _signed(numbers: list[int]) -> Signed:
    """Return the signed form of the list whose tokens have these numbers."""
    pairs = _pairs(numbers)
    return Signed(_interned(numbers), pairs, _signature(pairs))


class _Numbers(dict[str, int]):
    """The number of every token, by first appearance."""

    def __missing__(self, token: str) -> int:
        number = self[token] = len(self)
        return number


def _interned(numbers: list[int]) -> Interned:
    try:
        return "".join(map(chr, numbers))
    except ValueError:
        return tuple(numbers)


def _numbers(text: Interned) -> list[int]:
    return list(map(ord, text)) if isinstance(text, str) else list(text)


def _pairs(numbers: list[int]) -> list[int]:
    pairs = list(set(numbers))
    if len(pairs) < len(numbers):
        before, times = -1, 0
        for number in _repeats(numbers):
            times = times + 1 if number == before else 1
            before = number
            pairs.append(number - (times << _NUMBER))
    return pairs


def _pairs_by_row(rows: Integers, numbers: Integers) -> Integers:
    """Return the pairs of every row; rows ascend."""
    # The rows are sorted by number, so that repetitions stand together and can be counted.
    keys = in_order(keys_of(rows, numbers))
    pairs: Integers = second_of(keys) - (times_before(keys) << _NUMBER)
    return pairs


def _signatures(rows: Integers, pairs: Integers, count: int) -> bytes:
    """Return the signatures of all rows, one after the other."""
    words = np.zeros(count * BITS // _WORD, dtype="<u8")
    word, bit = np.divmod(pairs % _PRIME, _WORD)
    flips = np.left_shift(np.uint64(1), bit.astype(np.uint64))
    np.bitwise_xor.at(words, rows * (BITS // _WORD) + word, flips)
    return words.tobytes()


def _repeats(numbers: list[int]) -> list[int]:
    """Return what is left when each number is taken away once, in order."""
    ordered = sorted(numbers)
    return list(itertools.compress(ordered, map(operator.eq, ordered, ordered[1:])))


def _signature(pairs: list[int]) -> bytes:
    flips = map(_FLIPS.__getitem__, map(_PRIME.__rmod__, pairs))
    return reduce(operator.xor, flips, 0).to_bytes(BITS // 8, "little")
