"""Writes the rows that were kept, in the form in which they came, each as it was."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from store.files.rows import Form, Row

Write = Callable[[Row], None]

GROUP = 10_000
"""Rows of a table that are written together."""


def writer(form: Form, file: BinaryIO, like: Path) -> AbstractContextManager[Write]:
    """Give what writes a row; the file is whole when the block ends.

    A table gets the columns and the metadata of the file `like`.
    """
    if form == "parquet":
        return _table(file, like)
    return _list(file) if form == "json" else _lines(file)


@contextmanager
def _lines(file: BinaryIO) -> Iterator[Write]:
    def write(row: Row) -> None:
        file.write(row.raw if row.raw.endswith(b"\n") else row.raw + b"\n")

    yield write


@contextmanager
def _list(file: BinaryIO) -> Iterator[Write]:
    written = 0

    def write(row: Row) -> None:
        nonlocal written
        file.write((b",\n" if written else b"[\n") + row.raw)
        written += 1

    yield write
    file.write(b"\n]\n" if written else b"[]\n")


@contextmanager
def _table(file: BinaryIO, like: Path) -> Iterator[Write]:
    import pyarrow as pa  # noqa: PLC0415 - a quarter of a second that only this form needs
    from pyarrow import parquet  # noqa: PLC0415 - as above

    schema, first = parquet.read_schema(like), pa.array([0])
    group: list[Any] = []
    with parquet.ParquetWriter(file, schema) as table:

        def flush() -> None:
            table.write_table(pa.Table.from_batches(group, schema).combine_chunks())
            group.clear()

        def write(row: Row) -> None:
            group.append(row.raw.take(first))  # a slice would keep its whole batch in memory
            if len(group) == GROUP:
                flush()

        yield write
        flush()
