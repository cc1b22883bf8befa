"""A Parquet table: a row is a row."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from errors import InputError
from store.files.rows import Advance, BadRow, Fields, Form, Row, Write, checked_text
from words import error_line

BATCH = 1024
"""Rows of a table that are read at once."""

GROUP = 10_000
"""Rows of a table that are written together."""


def _matches(first: bytes) -> bool:
    return first.startswith(b"PAR1")


def _read_rows(path: Path, fields: Fields, advance: Advance) -> Iterator[Row | BadRow]:
    import pyarrow as pa  # noqa: PLC0415 - a quarter of a second that only this form needs

    table = _table(path)
    _check_columns(path, table.schema_arrow, fields)
    number = 0
    try:
        for group in range(table.num_row_groups):
            for batch in table.iter_batches(batch_size=BATCH, row_groups=[group]):
                texts = batch.column(fields.text).to_pylist()
                for at, text in enumerate(texts):
                    number += 1
                    try:
                        judged, scope = checked_text(text, fields.text), _scope(batch, at, fields)
                        yield Row(str(path), number, batch.slice(at, 1), judged, scope)
                    except ValueError as error:
                        yield BadRow(str(path), number, str(error))
                advance(len(texts))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError(f"{path}, after row {number}: {error_line(error)}") from error


def _read_values(path: Path) -> Iterator[tuple[int, object]]:
    import pyarrow as pa  # noqa: PLC0415 - a quarter of a second that only this form needs

    number = 0
    try:
        for batch in _table(path).iter_batches(batch_size=BATCH):
            for value in batch.to_pylist():
                number += 1
                yield number, value
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError(f"{path}, row {number + 1}: {error_line(error)}") from error


@contextmanager
def _writer(file: BinaryIO, like: Path) -> Iterator[Write]:
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


def _size(path: Path) -> int:
    return int(_table(path).metadata.num_rows)


def _check_alike(path: Path, other: Path) -> None:
    if not _table(path).schema_arrow.equals(_table(other).schema_arrow):
        raise InputError(f"{path} has other columns than {other}: filter them apart")


def _check_columns(path: Path, schema: Any, fields: Fields) -> None:  # noqa: ANN401 - pyarrow is untyped
    import pyarrow as pa  # noqa: PLC0415 - as above

    for name in filter(None, (fields.text, fields.scope)):
        times = schema.names.count(name)
        if times != 1:
            how = f"stands {times} times in the table" if times else "is missing"
            raise InputError(f"{path}: the field {name!r} {how}; it has {', '.join(schema.names)}")
    kind = schema.field(fields.text).type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise InputError(f"{path}: the field {fields.text!r} is {kind}, no string")


def _scope(batch: Any, at: int, fields: Fields) -> str:  # noqa: ANN401 - as above
    """Return what tells a row's group apart."""
    if fields.scope is None:
        return ""
    value = batch.column(fields.scope)[at]
    try:
        return json.dumps(value.as_py(), default=str)
    except ValueError:  # a time finer than Python's
        return str(value.cast("string"))


def _table(path: Path) -> Any:  # noqa: ANN401 - as above
    import pyarrow as pa  # noqa: PLC0415 - as above
    from pyarrow import parquet  # noqa: PLC0415 - as above

    try:
        return parquet.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(
            f"{path}: no Parquet file that can be read: {error_line(error)}"
        ) from error


PARQUET = Form("Parquet", "row", _matches, _read_rows, _read_values, _writer, _size, _check_alike)
