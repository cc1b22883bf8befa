"""A Parquet table: a row is a row."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from errors import InputError
from store.files.rows import Advance, BadRow, Fields, Form, Row, Write, judged_row
from store.files.shapes import KNOWN, nothing_asks, plain_name
from store.files.values import names_of
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
    schema = _writable(table.schema_arrow)
    columns = _judged_columns(path, schema, fields)
    number = 0
    try:
        for group in range(table.num_row_groups):
            for found in table.iter_batches(batch_size=BATCH, row_groups=[group]):
                batch = found if found.schema.equals(schema) else found.cast(schema)
                for at, value in enumerate(_values(batch.select(columns))):
                    number += 1
                    try:
                        yield judged_row(path, number, batch.slice(at, 1), value, fields)
                    except ValueError as error:
                        yield BadRow(str(path), number, str(error))
                advance(batch.num_rows)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError(f"{path}, after row {number}: {error_line(error)}") from error


def _values(batch: Any) -> list[dict[str, object]]:  # noqa: ANN401 - pyarrow is untyped
    """Return the rows of a batch; a time finer than Python's as a number."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    fields = [f.with_type(pa.int64()) if _is_fine_time(f.type) else f for f in batch.schema]
    values: list[dict[str, object]] = batch.cast(pa.schema(fields)).to_pylist()
    return values


def _is_fine_time(kind: Any) -> bool:  # noqa: ANN401 - as above
    import pyarrow as pa  # noqa: PLC0415 - as above

    is_time = pa.types.is_timestamp(kind) or pa.types.is_time64(kind) or pa.types.is_duration(kind)
    return bool(is_time and kind.unit == "ns")


def _read_values(path: Path) -> Iterator[tuple[int, object]]:
    import pyarrow as pa  # noqa: PLC0415 - a quarter of a second that only this form needs

    number = 0
    try:
        for batch in _table(path).iter_batches(batch_size=BATCH):
            for value in _values(batch):
                number += 1
                yield number, value
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError(f"{path}, row {number + 1}: {error_line(error)}") from error


@contextmanager
def _writer(file: BinaryIO, like: Path) -> Iterator[Write]:
    import pyarrow as pa  # noqa: PLC0415 - a quarter of a second that only this form needs
    from pyarrow import parquet  # noqa: PLC0415 - as above

    schema, first = _writable(_table(like).schema_arrow), pa.array([0])
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


def _judged_columns(path: Path, schema: Any, fields: Fields) -> list[str]:  # noqa: ANN401 - as above
    """Return the columns that tell a row's text and its group. Raises InputError for none."""
    named = [_column(path, schema, name) for name in (fields.text, fields.scope) if name]
    if fields.text is None:
        known = [name for name in schema.names if plain_name(name) in KNOWN]
        if not known:
            raise InputError(f"{path}: {nothing_asks(schema.names)}")
        named += [_column(path, schema, name) for name in known]
    if fields.text and not _holds_text(kind := schema.field(named[0]).type):
        raise InputError(f"{path}: the field {fields.text!r} is {kind}, no string")
    return list(dict.fromkeys(named))


def _column(path: Path, schema: Any, name: str) -> str:  # noqa: ANN401 - as above
    """Return the column of a field, which may lie in it."""
    column = name if name in schema.names else name.partition(".")[0]
    times = schema.names.count(column)
    if times != 1:
        how = f"stands {times} times in the table" if times else "is missing"
        raise InputError(f"{path}: the field {name!r} {how}; it has {names_of(schema.names)}")
    return column


def _holds_text(kind: Any) -> bool:  # noqa: ANN401 - as above
    """Return whether values of a type are texts, or hold some."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_nested(kind)
    )


def _writable(schema: Any) -> Any:  # noqa: ANN401 - as above
    """Return the schema with large strings for views of strings, which pyarrow cannot pick out."""
    import pyarrow as pa  # noqa: PLC0415 - as above

    fields = [field.with_type(_without_views(field.type)) for field in schema]
    return pa.schema(fields, metadata=schema.metadata)


def _without_views(kind: Any) -> Any:  # noqa: ANN401 - as above
    import pyarrow as pa  # noqa: PLC0415 - as above

    if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        return pa.large_string() if pa.types.is_string_view(kind) else pa.large_binary()
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_without_views(field.type)) for field in kind])
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        made = pa.list_ if pa.types.is_list(kind) else pa.large_list
        return made(kind.value_field.with_type(_without_views(kind.value_type)))
    return kind


def _table(path: Path) -> Any:  # noqa: ANN401 - as above
    import pyarrow as pa  # noqa: PLC0415 - as above
    from pyarrow import parquet  # noqa: PLC0415 - as above

    try:
        return parquet.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(
            f"{path}: no Parquet file that can be read: {error_line(error)}"
        ) from error


PARQUET = Form(
    "Parquet",
    "row",
    _matches,
    _read_rows,
    _read_values,
    _writer,
    _size,
    _check_alike,
    suffixes=(".parquet", ".pq"),
)
