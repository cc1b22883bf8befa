"""Exports a data set: which of its records, and in which of the formats training tools read.

A record is a row of dataset.jsonl: id, instruction, input, output, task, path (names from the root
to the task), depth, model, nearest_id, nearest_rouge_l, call. Every writer takes the rows as a
stream, returns how many it wrote, and writes the same bytes for the same rows. A file appears under
its name only when it is whole and on the disk.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from errors import InputError
from store.files.replacing import replacing

Row = Mapping[str, Any]

ROW_GROUP = 10_000


def write_text(path: Path, text: str) -> None:
    """Write a text file."""
    with replacing(path) as file:
        file.write(text.encode("utf-8", "replace"))


def write_jsonl(path: Path, rows: Iterable[Row]) -> int:
    """Write one JSON object a line."""
    written = 0
    with replacing(path) as file:
        for row in rows:
            file.write(json_line(row))
            written += 1
    return written


def write_alpaca(path: Path, records: Iterable[Row]) -> int:
    """Write a JSON list of objects with instruction, input and output."""
    return _write_list(path, map(_alpaca, records))


def write_messages(path: Path, records: Iterable[Row]) -> int:
    """Write one chat a line: the user's message and the assistant's."""
    return write_jsonl(path, map(_messages, records))


def write_sharegpt(path: Path, records: Iterable[Row]) -> int:
    """Write a JSON list of conversations between "human" and "gpt"."""
    return _write_list(path, map(_sharegpt, records))


def write_parquet(path: Path, records: Iterable[Row]) -> int:
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
        return _table(path, [json.loads(_json(row)) for row in rows], schema)
    except (TypeError, pa.ArrowException) as error:
        raise InputError(f"{path}: {error}: export these records in another format") from error


FORMATS: Mapping[str, Callable[[Path, Iterable[Row]], int]] = {
    "alpaca": write_alpaca,
    "messages": write_messages,
    "sharegpt": write_sharegpt,
    "parquet": write_parquet,
}


def sample(records: Sequence[Row], size: int, seed: int) -> list[Row]:
    """Return `size` records (all, if there are fewer), as many of each task as its supply allows.

    Two tasks' shares differ by more than one only where the smaller gave all it had. Which of a
    task's records are drawn follows from the seed and their ids alone; their order is kept, and a
    smaller sample of the same seed is part of a larger one.
    """
    drawn: Counter[str] = Counter()
    turns: list[tuple[int, str, int]] = []
    for lot, position in sorted((_lot(seed, r["id"]), at) for at, r in enumerate(records)):
        task = records[position]["task"]
        turns.append((drawn[task], lot, position))
        drawn[task] += 1
    return [records[position] for position in sorted(at for _, _, at in sorted(turns)[:size])]


def split(records: Iterable[Row], share: float, seed: int) -> tuple[list[Row], list[Row]]:
    """Return (training, validation) records, about `share` of them for validation.

    A branch, that is a child of the root with all below it, goes to one side as a whole, so that
    near tasks do not leak; records of the root itself are for training. Each side gets at least
    one branch. Raises InputError for a share outside (0, 1) and for fewer than two branches.
    """
    if not 0 < share < 1:
        raise InputError(f"a validation share of {share} is not possible; name one between 0 and 1")
    rows = list(records)
    sizes = Counter(r["path"][1] for r in rows if len(r["path"]) > 1)
    if len(sizes) < 2:
        raise InputError(
            "the records lie in fewer than two branches below the root; a split keeps whole"
            " branches apart and needs two or more: export without one"
        )
    held_out = _held_out(sizes, share * len(rows), seed)
    sides: tuple[list[Row], list[Row]] = ([], [])
    for row in rows:
        sides[len(row["path"]) > 1 and row["path"][1] in held_out].append(row)
    return sides


def _held_out(sizes: Mapping[str, int], wanted: float, seed: int) -> set[str]:
    """Return branches of about `wanted` records in all: drawn by lot while one brings it nearer."""
    chosen: set[str] = set()
    missing = wanted
    for branch in sorted(sizes, key=lambda name: _lot(seed, name)):
        if len(chosen) + 1 < len(sizes) and abs(missing - sizes[branch]) < abs(missing):
            chosen.add(branch)
            missing -= sizes[branch]
    return chosen or {min(sizes, key=lambda name: (sizes[name], _lot(seed, name)))}


def _lot(seed: int, name: str) -> str:
    """Return a number, as hexadecimal text, that looks random and depends on nothing else."""
    return sha256(f"{seed}\0{name}".encode()).hexdigest()


def _alpaca(record: Row) -> Row:
    return {key: record[key] for key in ("instruction", "input", "output")}


def _messages(record: Row) -> Row:
    return {
        "messages": [
            {"role": "user", "content": _request(record)},
            {"role": "assistant", "content": record["output"]},
        ]
    }


def _sharegpt(record: Row) -> Row:
    return {
        "conversations": [
            {"from": "human", "value": _request(record)},
            {"from": "gpt", "value": record["output"]},
        ]
    }


def _request(record: Row) -> str:
    """Return instruction and input as one message, a blank line between them."""
    return "\n\n".join(filter(None, (record["instruction"], record["input"])))


def json_line(row: Row) -> bytes:
    """Return the row as a line of JSON; "?" stands for lone surrogates, which no file takes."""
    return _json(row) + b"\n"


def _json(value: Row) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _write_list(path: Path, rows: Iterable[Row]) -> int:
    written = 0
    with replacing(path) as file:
        for row in rows:
            file.write((b",\n" if written else b"[\n") + _json(row))
            written += 1
        file.write(b"\n]\n" if written else b"[]\n")
    return written
