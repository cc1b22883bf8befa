"""Blocks of texts on their way through the filter over shards (store/filter/sharded.py)."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

import numpy as np

from store.filter.batch import tokens_of
from store.filter.density import Sample
from store.filter.hits import Hits
from store.filter.keys import NONE, Integers
from store.filter.naming import Key
from store.filter.part import Found, Read, Texts
from store.filter.signature import Interned

_READ_AHEAD = 2
"""Blocks that are read before they are searched."""


class Asked(NamedTuple):
    """Texts that are judged together, what names them, and their scopes where there are any."""

    texts: Sequence[str]
    keys: Sequence[Key]
    scopes: Sequence[str] = ()


_NO_TEXTS = Texts(np.zeros(0, np.int32), np.zeros(0, np.uint32))


@dataclass(slots=True)
class Block:
    """A block; what reading brings is filled in by it.

    `first` are the rows whose token list no earlier one has, `sample` is one of their texts.
    """

    number: int
    asked: Asked
    reads: list[Future[Read]]
    texts: Texts = _NO_TEXTS
    wordless: dict[int, str] = field(default_factory=dict)
    interned: Sequence[Interned] = ()
    first: Integers = field(default_factory=lambda: NONE)
    sample: Sample = field(default_factory=lambda: Sample(0, ()))


class Piece(NamedTuple):
    """Rows of a block from `start` on, before `stop`, that are settled together.

    What they repeat; which of them are members, at which places; what is asked about these.
    """

    block: Block
    start: int
    stop: int
    found: Found
    rows: Integers
    places: Integers
    comparisons: Sequence[Future[Hits]] = ()


class Ahead:
    """Blocks that were read and are not yet searched."""

    def __init__(self, blocks: Iterable[Asked], begin: Callable[[Asked], Block]) -> None:
        self._blocks = map(begin, blocks)
        self._ready: deque[Block] = deque()
        self.fill()

    def fill(self) -> None:
        """Read on until there are as many as may be in flight."""
        self._ready.extend(islice(self._blocks, _READ_AHEAD - len(self._ready)))

    def next(self) -> Block | None:
        """Return the next block; None at the end."""
        return self._ready.popleft() if self._ready else None


def picked(texts: Texts, rows: Integers) -> Texts:
    """Return the texts of these rows, which ascend."""
    return Texts(texts.lengths[rows], texts.numbers[tokens_of(rows, texts.lengths)])
