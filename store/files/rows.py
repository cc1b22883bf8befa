"""A row of a file that is to be filtered, and what a form of files can do with its rows.

A file is untrusted. A row that cannot be judged (broken, the field missing, no string, NUL) comes
as a BadRow; a file that cannot be read on (a list whose JSON breaks, a table without the field)
raises InputError. Of the file no more is in memory than a row, or a batch of a table.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

LONGEST = 1 << 26
"""Bytes of the longest row that is read."""

_KINDS = {dict: "an object", list: "a list", str: "a string", bool: "a truth value"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stands in its file, and what is compared.

    `line` counts from 1: lines of JSON Lines, items of a list, rows of a table. `raw` is the line
    or the item as it was, bytes, or a RecordBatch of one row. `scope` tells the groups apart within
    which texts are compared.
    """

    file: str
    line: int
    raw: Any
    text: str
    scope: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be judged, and why."""

    file: str
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Fields:
    """Which field is compared, and which one tells the groups apart (None: all are one group)."""

    text: str
    scope: str | None = None


Advance = Callable[[int], None]
"""Called with how much more was read: bytes, or rows of a table."""

Write = Callable[[Row], None]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of files, such as JSON Lines; all forms stand in store/files/forms.py.

    `name` is for people, `noun` what a row is called. `matches` says whether a file with these
    first bytes has this form. `size` returns how much `read_rows` reads in all, as it is passed to
    Advance. `read_values` yields the number and the value of every row; both readers raise
    InputError where the file cannot be read on. `writer` writes kept rows, each as it was, into a
    new file with the columns of another one; the file is whole when its block ends. `check_alike`
    raises InputError where the rows of two files do not fit into one.
    """

    name: str
    noun: str
    matches: Callable[[bytes], bool]
    read_rows: Callable[[Path, Fields, Advance], Iterator[Row | BadRow]]
    read_values: Callable[[Path], Iterator[tuple[int, object]]]
    writer: Callable[[BinaryIO, Path], AbstractContextManager[Write]]
    size: Callable[[Path], int] = lambda path: path.stat().st_size
    check_alike: Callable[[Path, Path], None] = lambda _path, _other: None


def json_row(path: Path, number: int, raw: bytes, value: object, fields: Fields) -> Row:
    """Return the row of a JSON value. Raises ValueError that says what is wrong with it."""
    if not isinstance(value, dict):
        raise ValueError(f"it is {kind_of(value)}, no object")  # noqa: TRY004 - a fault of the file
    text = checked_text(_field(value, fields.text), fields.text)
    scope = "" if fields.scope is None else json.dumps(_field(value, fields.scope), sort_keys=True)
    return Row(str(path), number, raw, text, scope)


def checked_text(value: object, name: str) -> str:
    """Return the value of the field `name`. Raises ValueError where it is no text."""
    if not isinstance(value, str):
        raise ValueError(f"the field {name!r} is {kind_of(value)}, no string")  # noqa: TRY004 - as above
    if "\0" in value:
        raise ValueError(f"the field {name!r} holds a NUL character")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError(f"the field {name!r} holds half of a surrogate pair")
    return value


def kind_of(value: object) -> str:
    """Return what a JSON value is, in words."""
    return "null" if value is None else _KINDS.get(type(value), "a number")


def _field(value: dict[str, Any], name: str) -> object:
    if name not in value:
        raise ValueError(f"the field {name!r} is missing")
    return value[name]
