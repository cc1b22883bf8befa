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

from store.files.shapes import PLAIN, Origin, asked_in
from store.files.text_file import size_of
from store.files.values import checked_text, kind_of, value_at

LONGEST = 1 << 26
"""Bytes of the longest row that is read."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it stands in its file, and what is compared.

    `line` counts from 1: lines of JSON Lines, items of a list, rows of a table. `raw` is the line,
    the item or the row as it was, bytes, or a RecordBatch of one row. `scope` tells the groups
    apart within which texts are compared. `origin` says where the text was found.
    """

    file: str
    line: int
    raw: Any
    text: str
    scope: str
    origin: Origin = PLAIN


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be judged, and why."""

    file: str
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Fields:
    """Which field is compared, and which one tells the groups apart.

    Without a field a row's text is where its shape says; without a scope all rows are one group.
    """

    text: str | None = None
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
    raises InputError where the rows of two files do not fit into one. `suffixes` are those of such
    files.
    """

    name: str
    noun: str
    matches: Callable[[bytes], bool]
    read_rows: Callable[[Path, Fields, Advance], Iterator[Row | BadRow]]
    read_values: Callable[[Path], Iterator[tuple[int, object]]]
    writer: Callable[[BinaryIO, Path], AbstractContextManager[Write]]
    size: Callable[[Path], int] = size_of
    check_alike: Callable[[Path, Path], None] = lambda _path, _other: None
    suffixes: tuple[str, ...] = ()


def judged_row(path: Path, number: int, raw: object, value: object, fields: Fields) -> Row:
    """Return the row with what is compared. Raises ValueError that says what is wrong with it."""
    if not isinstance(value, dict):
        raise ValueError(f"it is {kind_of(value)}, no object")  # noqa: TRY004 - a fault of the file
    asked = asked_in(value, fields.text)
    text = checked_text(asked.text, asked.origin.field)
    scope = "" if fields.scope is None else _scope(value, fields.scope)
    return Row(str(path), number, raw, text, scope, asked.origin)


def _scope(value: dict[str, object], field: str) -> str:
    return json.dumps(value_at(value, field), sort_keys=True, default=str)
