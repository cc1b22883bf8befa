"""Text and JSON files, which appear under their name when they are whole and on the disk.

"?" stands for lone surrogates, which no file takes.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from store.files.replacing import replacing


def write_text(path: Path, text: str) -> None:
    """Write a text file."""
    with replacing(path) as file:
        file.write(text.encode("utf-8", "replace"))


def write_jsonl(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write one JSON object a line; return how many."""
    written = 0
    with replacing(path) as file:
        for written, row in enumerate(rows, start=1):  # noqa: B007 - it is returned
            file.write(json_line(row))
    return written


def write_json_list(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write a JSON list with one object a line; return how many."""
    written = 0
    with replacing(path) as file, json_list(file) as write:
        for written, row in enumerate(rows, start=1):  # noqa: B007 - as above
            write(json_text(row))
    return written


@contextmanager
def json_list(file: BinaryIO) -> Iterator[Callable[[bytes], None]]:
    """Give what writes an item into a JSON list; the list is whole when the block ends."""
    separator = b"[\n"

    def write(item: bytes) -> None:
        nonlocal separator
        file.write(separator + item)
        separator = b",\n"

    yield write
    file.write(b"[]\n" if separator == b"[\n" else b"\n]\n")


def json_line(value: Mapping[str, Any]) -> bytes:
    """Return the value as a line of JSON."""
    return json_text(value) + b"\n"


def json_text(value: Mapping[str, Any]) -> bytes:
    """Return the value as JSON on one line, without its end."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
