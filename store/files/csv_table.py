"""CSV and TSV: a row is a row, after a header; commas, semicolons, bars or tabs part its cells.

A row may go over several lines. One whose quotes are broken is bad alone: reading goes on with the
line after its first.
"""

import codecs
import csv
import json
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from errors import InputError
from store.files.rows import LONGEST, Advance, BadRow, Fields, Form, Row, Write, judged_row
from store.files.shapes import KNOWN, nothing_asks, plain_name
from store.files.text_file import lines_of, opened
from store.files.values import names_of

DELIMITERS = ",;\t|"

csv.field_size_limit(LONGEST)  # of all readers in the process; a row's size is limited here

_ELSE = "a CSV file needs a header line, and anything else a { or a [ at its beginning"


@dataclass(frozen=True, slots=True)
class _Header:
    """What stands before the rows: its bytes, the names of the columns, what parts the cells."""

    raw: bytes
    names: tuple[str, ...]
    delimiter: str


def _matches(first: bytes) -> bool:
    """Return whether a file begins with neither an object nor a list nor another JSON value."""
    line = _first_line(first)
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return bool(line) and not line.startswith(("{", "["))
    return False


def _first_line(first: bytes) -> str:
    lines = first.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace").lstrip().splitlines()
    return lines[0] if lines else ""


def _read_rows(path: Path, fields: Fields, advance: Advance) -> Iterator[Row | BadRow]:
    with opened(path) as file:
        lines = _Lines(file, advance)
        header = _header(path, lines)
        _check_columns(path, header.names, fields)
        for number, cells in enumerate(_rows(lines, header), start=1):
            raw = b"".join(lines.taken)
            try:
                if isinstance(cells, str):
                    raise ValueError(cells)  # noqa: TRY301, TRY004 - as what else is wrong with a row
                value = dict(zip(header.names, cells, strict=True))
                yield judged_row(path, number, raw, value, fields)
            except ValueError as error:
                yield BadRow(str(path), number, str(error))


def _read_values(path: Path) -> Iterator[tuple[int, object]]:
    with opened(path) as file:
        lines = _Lines(file, lambda _: None)
        header = _header(path, lines)
        for number, cells in enumerate(_rows(lines, header), start=1):
            if isinstance(cells, str):
                raise InputError(f"{path}, row {number}: {cells}; mend or remove it")
            yield number, dict(zip(header.names, cells, strict=True))


@contextmanager
def _writer(file: BinaryIO, like: Path) -> Iterator[Write]:
    header = _header_of(like).raw
    end = b"\r\n" if header.endswith(b"\r\n") else b"\n"
    file.write(header.rstrip(b"\r\n") + end)
    yield lambda row: file.writelines([row.raw, b"" if row.raw.endswith(b"\n") else end])


def _check_alike(path: Path, other: Path) -> None:
    mine, theirs = _header_of(path), _header_of(other)
    if (mine.names, mine.delimiter) != (theirs.names, theirs.delimiter):
        raise InputError(f"{path} has other columns than {other}: filter them apart")


class _Lines:
    """The lines of a file as the reader of CSV takes them.

    `taken` are those of the row it is at; `given_back` says that a broken row had taken its first.
    What is no UTF-8 comes as lone surrogates.
    """

    def __init__(self, file: BinaryIO, advance: Advance) -> None:
        self.taken: list[bytes] = []
        self._lines = lines_of(file, LONGEST, advance)
        self._waiting: deque[bytes] = deque()
        self._size = 0
        self.given_back = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._waiting.popleft() if self._waiting else next(self._lines)
        if line is None:
            self.taken.append(b"")
            raise csv.Error(f"longer than {LONGEST:,} bytes")
        self.taken.append(line)
        self._size += len(line)
        if self._size > LONGEST:
            raise csv.Error("a quote begins and does not end")
        return line.decode("utf-8", "surrogateescape")

    def begin_row(self) -> None:
        """Go on behind the lines that were taken."""
        self.taken.clear()
        self._size = 0
        self.given_back = bool(self._waiting)

    def take_one(self) -> None:
        """Give all taken lines but the first back."""
        self._waiting.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def _rows(lines: _Lines, header: _Header) -> Iterator[list[str] | str]:
    """Yield the cells of every row that is not empty, or what is wrong with it."""
    reader = csv.reader(lines, delimiter=header.delimiter, strict=True)
    after_broken = False
    while True:
        lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            lines.take_one()
            after_broken = True
            yield _why(error)
            continue
        if not "".join(cells).strip() and len(cells) < 2:
            continue
        fault = _fault(cells, header, b"".join(lines.taken), after_broken=after_broken)
        yield fault or cells
        after_broken = after_broken and bool(fault or lines.given_back)


def _fault(cells: list[str], header: _Header, raw: bytes, *, after_broken: bool) -> str | None:
    """Return what is wrong with a row that was read; None where it is sound."""
    if len(cells) != len(header.names):
        return f"cells: {len(cells)}, columns: {len(header.names)}; quote what holds a delimiter"
    if after_broken and raw.count(b'"') % 2:
        return "it is a piece of the broken row before it"
    return _not_utf8(raw)


def _why(error: Exception) -> str:
    if "new-line" in str(error):
        return "a line ends in CR alone: write LF or CR LF, or quotes around the cell"
    return f"its quotes are broken ({error}); write quotes in a cell twice"


def _not_utf8(raw: bytes) -> str | None:
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        return f"it is not UTF-8 at its byte {error.start + 1}; save the file as UTF-8"
    return None


def _header_of(path: Path) -> _Header:
    with opened(path) as file:
        return _header(path, _Lines(file, lambda _: None))


def _header(path: Path, lines: _Lines) -> _Header:
    """Read the header, and find what parts its cells.

    Excel's `sep=;` in a line before it names the delimiter. Raises InputError for no header.
    """
    try:
        first = next(line for line in lines if line.strip("\ufeff\r\n")).removeprefix("\ufeff")
        delimiter = _delimiter(first)
        begun = next(lines) if first.rstrip("\r\n").lower() == f"sep={delimiter}" else first
        reader = csv.reader(chain([begun], lines), delimiter=delimiter, strict=True)
        names = tuple(name.strip() for name in next(reader))
    except (csv.Error, StopIteration) as error:
        raise InputError(f"{path}: {_why(error)}; {_ELSE}") from error
    raw = b"".join(lines.taken)
    if fault := _not_utf8(raw):
        raise InputError(f"{path}, the header: {fault}")
    for name in filter(None, names):
        if names.count(name) > 1:
            raise InputError(f"{path}: the column {name!r} stands {names.count(name)} times")
    return _Header(raw, names, delimiter)


def _delimiter(line: str) -> str:
    """Return the sign that makes columns with a known name of a header, and the most of them."""

    def likely(sign: str) -> tuple[bool, int]:
        names = next(csv.reader([line], delimiter=sign), [])
        return any(plain_name(name) in KNOWN for name in names), len(names)

    return max(DELIMITERS, key=likely)


def _check_columns(path: Path, names: tuple[str, ...], fields: Fields) -> None:
    for name in filter(None, (fields.text, fields.scope)):
        if name not in names and name.partition(".")[0] not in names:
            raise InputError(f"{path}: the field {name!r} is missing; it has {names_of(names)}")
    if fields.text is None and not any(plain_name(name) in KNOWN for name in names):
        raise InputError(f"{path} is read as CSV: {nothing_asks(names)}; {_ELSE}")


CSV = Form(
    "CSV",
    "row",
    lambda first: _matches(first) and _delimiter(_first_line(first)) != "\t",
    _read_rows,
    _read_values,
    _writer,
    check_alike=_check_alike,
    suffixes=(".csv",),
)
TSV = replace(
    CSV,
    name="TSV",
    matches=lambda first: _matches(first) and _delimiter(_first_line(first)) == "\t",
    suffixes=(".tsv", ".tab"),
)
