"""Judges a stream of rows by diversity indexes, one a scope: a verdict for every row, in order."""

from collections.abc import Callable, Iterable, Iterator

from store.files.rows import BadRow, Row
from store.filter.index import DiversityIndex
from store.filter.verdict import Verdict

BLOCK_ROWS, BLOCK_CHARACTERS = 8192, 1 << 24
"""The most rows, and characters, that are judged together."""

Sifted = tuple[Row, Verdict] | tuple[BadRow, None]


def key_of(row: Row) -> str:
    """Return what names a row in a verdict: its line and its file."""
    return f"{row.line} {row.file}"


def place_of(key: str) -> tuple[str, int]:
    """Return the file and the line that a verdict's `nearest` names."""
    line, _, file = key.partition(" ")
    return file, int(line)


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
            texts, keys = [row.text for row in members], [key_of(row) for row in members]
            verdicts[scope] = iter(index.admit_many(texts, keys))
        for row in block:
            yield (row, next(verdicts[row.scope])) if isinstance(row, Row) else (row, None)


def _blocks(rows: Iterable[Row | BadRow]) -> Iterator[list[Row | BadRow]]:
    block: list[Row | BadRow] = []
    characters = 0
    for row in rows:
        block.append(row)
        characters += _size(row)
        if len(block) == BLOCK_ROWS or characters > BLOCK_CHARACTERS:
            yield block
            block, characters = [], 0
    if block:
        yield block


def _size(row: Row | BadRow) -> int:
    if isinstance(row, BadRow):
        return 0
    return len(row.raw) if isinstance(row.raw, bytes) else int(row.raw.nbytes)
