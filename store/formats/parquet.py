"""Records as one Parquet table, with every part as a column."""

import json
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from errors import InputError
from store.files.replacing import replacing
from store.files.writing import json_text
from store.formats.format import Row, Rows

ROW_GROUP = 10_000


def write_parquet(path: Path, records: Rows) -> int:
    """Write every part of the records as a column, ROW_GROUP rows a row group.

    The first row group decides which further parts there are, and their types. Raises InputError
    for a later record that does not fit.
    """
    from pyarrow import parquet  # noqa: PLC0415 — a quarter of a second that only this needs

    written, rows = 0, iter(records)
    group = list(islice(rows, ROW_GROUP))
    schema = _schema(path, group)
    with replacing(path) as file, parquet.ParquetWriter(file, schema) as writer:
        while group:
            if late := {name for row in group for name in row}.difference(schema.names):
                raise InputError(
                    f"{path}: the first {ROW_GROUP:,} records have no {min(late)!r}, a later one "
                    "has: export these records in another format"
                )
            writer.write_table(_table(path, group, schema))
            written += len(group)
            group = list(islice(rows, ROW_GROUP))
    return written


def _schema(path: Path, rows: Sequence[Row]) -> Any:  # noqa: ANN401 — pyarrow has no types
    """Return the columns that every record has, and those of the rows' further parts."""
    import pyarrow as pa  # noqa: PLC0415 — as above

    text = pa.string()
    known = {
        **dict.fromkeys(("id", "instruction", "input", "output", "task"), text),
        "path": pa.list_(text),
        "depth": pa.int32(),
        **dict.fromkeys(("model", "nearest_id"), text),
        "nearest_rouge_l": pa.float64(),
        "call": text,
    }
    names = sorted({name for row in rows for name in row} - known.keys())
    further = _table(path, [{name: row.get(name) for name in names} for row in rows]).schema
    return pa.schema([*pa.schema(known), *further])


def _table(path: Path, rows: Sequence[Row], schema: Any = None) -> Any:  # noqa: ANN401 — as above
    import pyarrow as pa  # noqa: PLC0415 — as above

    try:
        return pa.Table.from_pylist(rows, schema)
    except UnicodeEncodeError:  # a lone surrogate
        return _table(path, [json.loads(json_text(row)) for row in rows], schema)
    except (TypeError, pa.ArrowException) as error:
        raise InputError(f"{path}: {error}: export these records in another format") from error
