"""JSON Lines: a row is a line."""

import codecs
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from errors import InputError
from store.files.rows import LONGEST, Advance, BadRow, Fields, Form, Row, Write, judged_row
from store.files.text_file import lines_of, opened

_decode = json.JSONDecoder().decode
_TOO_LONG = f"longer than {LONGEST:,} bytes"


def _read_rows(path: Path, fields: Fields, advance: Advance) -> Iterator[Row | BadRow]:
    for number, line in _lines(path, advance):
        try:
            if line is None:
                raise ValueError(_TOO_LONG)  # noqa: TRY301 - as what else is wrong with a line
            yield judged_row(path, number, line, _value(line), fields)
        except ValueError as error:
            yield BadRow(str(path), number, str(error))


def _read_values(path: Path) -> Iterator[tuple[int, object]]:
    for number, line in _lines(path, lambda _: None):
        if line is None:
            raise InputError(f"{path}, line {number}: {_TOO_LONG}; remove it")
        try:
            yield number, _value(line)
        except ValueError as error:
            raise InputError(f"{path}, line {number}: {error}; mend or remove it") from error


@contextmanager
def _writer(file: BinaryIO, _like: Path) -> Iterator[Write]:
    def write(row: Row) -> None:
        file.write(row.raw if row.raw.endswith(b"\n") else row.raw + b"\n")

    yield write


def _lines(path: Path, advance: Advance) -> Iterator[tuple[int, bytes | None]]:
    """Yield the lines that are not empty with their numbers; None for one that is too long.

    A byte order mark before a line is no part of it: files with one are joined, too.
    """
    with opened(path) as file:
        for number, line in enumerate(lines_of(file, LONGEST, advance), start=1):
            row = line and line.removeprefix(codecs.BOM_UTF8)
            if row is None or (row and not row.isspace()):
                yield number, row


def _value(raw: bytes) -> object:
    """Return what a line holds. Raises ValueError that says what is wrong with it."""
    try:
        return _decode(raw.decode())
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 at its byte {error.start + 1}") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(_fault(raw, error)) from None
    except ValueError as error:  # a number of thousands of digits
        raise ValueError(f"it is no JSON that can be read: {error}") from None


def _fault(raw: bytes, error: json.JSONDecodeError) -> str:
    """Return why a line is no JSON."""
    if b"\0" in raw:
        return "it holds a NUL byte, as no text file does"
    if raw.strip() == b"{":
        return "an object begins here and goes on below; give a line each, or a JSON list"
    return f"it is no JSON: {error.msg.removesuffix(' at')} at column {error.colno}"


JSON_LINES = Form(
    "JSON Lines",
    "line",
    lambda _: True,
    _read_rows,
    _read_values,
    _writer,
    suffixes=(".jsonl", ".ndjson"),
)
