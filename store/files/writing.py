"""Text and JSON files, which appear under their name when they are whole and on the disk.

"?" stands for lone surrogates, which no file takes.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from store.files.replacing import replacing


def write_text(path: Path, text: str) -> None:
    """Write a text file."""
    with replacing(path) as file:
        file.write(text.encode("utf-8", "replace"))


def write_jsonl(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write one JSON object a line; return how many."""
    written = 0
    with replacing(path) as file:
        for row in rows:
            file.write(json_line(row))
            written += 1
    return written


def write_json_list(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write a JSON list with one object a line; return how many."""
    written = 0
    with replacing(path) as file:
        for row in rows:
            file.write((b",\n" if written else b"[\n") + json_text(row))
            written += 1
        file.write(b"\n]\n" if written else b"[]\n")
    return written


def json_line(value: Mapping[str, Any]) -> bytes:
    """Return the value as a line of JSON."""
    return json_text(value) + b"\n"


def json_text(value: Mapping[str, Any]) -> bytes:
    """Return the value as JSON on one line, without its end."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
