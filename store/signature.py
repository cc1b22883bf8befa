"""Token lists as what is fast to compare: a string of one character per token, and a signature.

Number the repetitions in a text, and its tokens become a *set* of pairs (token, how often it came
before). The signature is the XOR over the set of a hash with one of `BITS` bits set, so that two
signatures differ in at most as many bits as there are pairs in one text and not in the other,
whatever the hash. What follows from that is in store/shortlist.py.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

BITS = 128
_PRIME = 127  # the greatest prime number of bits, so that the hash sees both halves of a pair
_FLIPS = [1 << bit for bit in range(_PRIME)]


class Signed(NamedTuple):
    """A token list in three forms.

    `interned` has one character per token (its number is the code point), or where the numbers end
    the code points, at 1,114,112, the numbers themselves. Equal iff the lists are.
    `pairs` are the token's number - 2**32 · how often it came before, descending: first occurrences
    go first, and of these the latest token, which is rarely a frequent one.
    `signature` is `BITS` / 8 bytes.
    """

    interned: str | tuple[int, ...]
    pairs: list[int]
    signature: bytes


class Vocabulary:
    """The numbers of all tokens met so far."""

    def __init__(self, tokens: Iterable[str] = ()) -> None:
        self._numbers = _Numbers()
        for token in tokens:
            self._numbers[token]

    def __iter__(self) -> Iterator[str]:
        """Yield the tokens in the order of their numbers."""
        return iter(self._numbers)

    def sign(self, tokens: Sequence[str]) -> Signed:
        """Return the signed form of a token list; new tokens get the next numbers."""
        return signed(list(map(self._numbers.__getitem__, tokens)))


def signed(numbers: list[int]) -> Signed:
    """Return the signed form of the list whose tokens have these numbers."""
    pairs = _pairs(numbers)
    return Signed(_interned(numbers), pairs, _signature(pairs))


def numbers_of(interned: str | Sequence[int]) -> list[int]:
    """Return the numbers of an interned list's tokens."""
    return list(map(ord, interned)) if isinstance(interned, str) else list(interned)


class _Numbers(dict[str, int]):
    """The number of every token, by first appearance."""

    def __missing__(self, token: str) -> int:
        number = self[token] = len(self)
        return number


def _interned(numbers: list[int]) -> str | tuple[int, ...]:
    try:
        return "".join(map(chr, numbers))
    except ValueError:
        return tuple(numbers)


def _pairs(numbers: list[int]) -> list[int]:
    pairs = sorted(set(numbers), reverse=True)
    if len(pairs) < len(numbers):
        before, times = -1, 0
        for number in _repeats(numbers):
            times = times + 1 if number == before else 1
            before = number
            pairs.append(number - (times << 32))
        pairs.sort(reverse=True)
    return pairs


def _repeats(numbers: list[int]) -> list[int]:
    """Return what is left when each number is taken away once, in order."""
    return [number for number, after in itertools.pairwise(sorted(numbers)) if number == after]


def _signature(pairs: list[int]) -> bytes:
    bits = 0
    for pair in pairs:
        bits ^= _FLIPS[pair % _PRIME]
    return bits.to_bytes(BITS // 8, "little")
