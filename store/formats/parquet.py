"""Records as one Parquet table, with every column."""

import json
from itertools import islice
from pathlib import Path

from store.files.replacing import replacing
from store.files.writing import json_text
from store.formats.format import Rows

ROW_GROUP = 10_000


def write_parquet(path: Path, records: Rows) -> int:
    """Write every column of the records, ROW_GROUP rows a row group."""
    import pyarrow as pa  # noqa: PLC0415 — a quarter of a second that only this format needs
    from pyarrow import parquet  # noqa: PLC0415 — as above

    text = pa.string()
    schema = pa.schema(
        {
            **dict.fromkeys(("id", "instruction", "input", "output", "task"), text),
            "path": pa.list_(text),
            "depth": pa.int32(),
            **dict.fromkeys(("model", "nearest_id"), text),
            "nearest_rouge_l": pa.float64(),
            "call": text,
        }
    )
    written = 0
    rows = iter(records)
    with replacing(path) as file, parquet.ParquetWriter(file, schema) as writer:
        while group := list(islice(rows, ROW_GROUP)):
            try:
                table = pa.Table.from_pylist(group, schema)
            except UnicodeEncodeError:  # a lone surrogate
                table = pa.Table.from_pylist([json.loads(json_text(row)) for row in group], schema)
            writer.write_table(table)
            written += len(group)
    return written
