"""Judges a stream of rows: a verdict for every row, in order.

By diversity indexes, one a scope, or by an index that is shared out to workers.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import repeat
from typing import Protocol

from store.files.rows import BadRow, Row
from store.filter.blocks import Asked
from store.filter.index import DiversityIndex
from store.filter.naming import name_of
from store.filter.verdict import Verdict

BLOCK_ROWS, BLOCK_CHARACTERS = 32768, 1 << 24
"""The most rows, and characters, that are judged together."""
FIRST_ROWS = 512
"""As many at first where workers judge: much of the first blocks is compared with each other."""

Sifted = tuple[Row, Verdict] | tuple[BadRow, None]


def name_of_row(row: Row) -> str:
    """Return what names a row in a verdict."""
    return name_of((row.file, row.line))


def sift(rows: Iterable[Row | BadRow], new_index: Callable[[], DiversityIndex]) -> Iterator[Sifted]:
    """Yield every row with its verdict; rows of one scope are judged by one index, in order."""
    indexes: dict[str, DiversityIndex] = {}
    for block in _blocks(rows):
        by_scope: dict[str, list[Row]] = {}
        for row in block:
            if isinstance(row, Row):
                by_scope.setdefault(row.scope, []).append(row)
        verdicts: dict[str, Iterator[Verdict]] = {}
        for scope, members in by_scope.items():
            index = indexes.setdefault(scope, new_index())
            texts, keys = [row.text for row in members], [name_of_row(row) for row in members]
            verdicts[scope] = iter(index.admit_many(texts, keys))
        for row in block:
            yield (row, next(verdicts[row.scope])) if isinstance(row, Row) else (row, None)


class SharedIndex(Protocol):
    """An index that workers share: `ShardedIndex`, or `ScopedIndex`."""

    def admit(self, blocks: Iterable[Asked]) -> Iterator[list[Verdict]]:
        """Yield the verdicts on the texts of each block in turn; kept ones are added."""


def sift_shared(rows: Iterable[Row | BadRow], index: SharedIndex) -> Iterator[Sifted]:
    """Yield every row with its verdict, judged by an index that workers share."""
    judged: deque[list[Row | BadRow]] = deque()

    def asked() -> Iterator[Asked]:
        for block in _blocks(rows, _growing()):
            judged.append(block)
            yield asked_of(block)

    for answer in index.admit(asked()):
        verdicts = iter(answer)
        for row in judged.popleft():
            yield (row, next(verdicts)) if isinstance(row, Row) else (row, None)


def asked_of(block: Iterable[Row | BadRow]) -> Asked:
    """Return what is asked about a block: its rows without the bad ones."""
    rows = [row for row in block if isinstance(row, Row)]
    keys = [(row.file, row.line) for row in rows]
    return Asked([row.text for row in rows], keys, [row.scope for row in rows])


def in_blocks(rows: Iterable[Row]) -> Iterator[Asked]:
    """Yield what is asked about rows, block after block."""
    return map(asked_of, _blocks(rows))


def _growing() -> Iterator[int]:
    """Yield how many rows each block may have: each two as many as all before them."""
    size = FIRST_ROWS
    while size < BLOCK_ROWS:
        yield from (size, size)
        size *= 2
    yield from repeat(BLOCK_ROWS)


def _blocks(
    rows: Iterable[Row | BadRow], most: Iterator[int] | None = None
) -> Iterator[list[Row | BadRow]]:
    sizes = most or repeat(BLOCK_ROWS)
    size = next(sizes)
    block: list[Row | BadRow] = []
    characters = 0
    for row in rows:
        block.append(row)
        characters += _size(row)
        if len(block) == size or characters > BLOCK_CHARACTERS:
            yield block
            block, characters, size = [], 0, next(sizes)
    if block:
        yield block


def _size(row: Row | BadRow) -> int:
    if isinstance(row, BadRow):
        return 0
    return len(row.raw) if isinstance(row.raw, bytes) else int(row.raw.nbytes)
