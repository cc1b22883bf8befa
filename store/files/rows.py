"""Rows of a file that is to be filtered: JSON Lines, a JSON list, or Parquet, read as a stream.

A file is untrusted. A row that cannot be judged (broken, the field missing, no string, NUL) comes
as a BadRow; a file that cannot be read on (a list whose JSON breaks, a table without the field)
raises InputError. Of the file no more is in memory than a row, or a batch of a table.
"""

import codecs
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal

from errors import InputError

Form = Literal["jsonl", "json", "parquet"]

LONGEST = 1 << 26
"""Bytes of the longest row that is read."""

BATCH = 1024
"""Rows of a table that are read at once."""

_CHUNK = 1 << 20
_SPACE = " \t\r\n"
_FORMS = {"jsonl": "JSON Lines", "json": "a JSON list", "parquet": "Parquet"}
NOUNS = {"jsonl": "line", "json": "item", "parquet": "row"}
"""What a row is called in its form."""

_KINDS = {dict: "an object", list: "a list", str: "a string", bool: "a truth value"}

Advance = Callable[[int], None]
"""Told how much was read on: bytes, or rows of a table."""


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


def form_of(path: Path) -> Form:
    """Return the form of a file, by its first bytes. Raises InputError when it cannot be read."""
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder: name a file in it")
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is no file that can be read twice: save it to a file first")
        with path.open("rb") as file:
            first = file.read(_CHUNK)
    except (OSError, RuntimeError) as error:
        told = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: {told}: name a file that exists") from error
    if first.startswith(b"\x1f\x8b"):
        raise InputError(f"{path} is gzip: gunzip it first")
    if first.startswith(b"PAR1"):
        return "parquet"
    return "json" if first.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"[") else "jsonl"


def size_of(path: Path, form: Form) -> int:
    """Return how much there is to read: bytes, or rows of a table."""
    if form == "parquet":
        return int(_table(path).metadata.num_rows)
    return path.stat().st_size


def check_alike(paths: Sequence[Path], forms: Sequence[Form]) -> Form:
    """Return the one form of all files. Raises InputError for several, and for unlike tables."""
    for path, form in zip(paths, forms, strict=True):
        if form != forms[0]:
            raise InputError(
                f"{path} is {_FORMS[form]}, but {paths[0]} is {_FORMS[forms[0]]}: "
                "filter files of one form together"
            )
        if form == "parquet" and not _table(path).schema_arrow.equals(
            _table(paths[0]).schema_arrow
        ):
            raise InputError(f"{path} has other columns than {paths[0]}: filter them apart")
    return forms[0]


def read_rows(path: Path, form: Form, fields: Fields, advance: Advance) -> Iterator[Row | BadRow]:
    """Yield the rows of a file. Raises InputError where it cannot be read on."""
    readers = {"jsonl": _read_lines, "json": _read_list, "parquet": _read_table}
    return readers[form](path, fields, advance)


def read_objects(path: Path, form: Form) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the number and the value of every row, whatever its fields.

    Raises InputError at the first row that is broken or no object.
    """
    readers = {"jsonl": _line_values, "json": _list_values, "parquet": _table_values}
    for number, value in readers[form](path):
        if not isinstance(value, dict):
            place = f"{path}, {NOUNS[form]} {number}"
            raise InputError(f"{place}: it is {_kind(value)}: give an object a row")
        yield number, value


def _line_values(path: Path) -> Iterator[tuple[int, object]]:
    for number, line in _lines(path, lambda _: None):
        if line is None:
            raise InputError(f"{path}, line {number}: {_TOO_LONG}; remove it")
        try:
            yield number, _object(line)
        except ValueError as error:
            raise InputError(f"{path}, line {number}: {error}; mend or remove it") from error


def _list_values(path: Path) -> Iterator[tuple[int, object]]:
    with path.open("rb") as file:
        for number, (_, value) in enumerate(_Items(path, file, lambda _: None), start=1):
            yield number, value


def _table_values(path: Path) -> Iterator[tuple[int, object]]:
    import pyarrow as pa  # noqa: PLC0415 - a quarter of a second that only this form needs

    number = 0
    try:
        for batch in _table(path).iter_batches(batch_size=BATCH):
            for value in batch.to_pylist():
                number += 1
                yield number, value
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError(f"{path}, row {number + 1}: {_line(error)}") from error


_TOO_LONG = f"longer than {LONGEST:,} bytes"


def _lines(path: Path, advance: Advance) -> Iterator[tuple[int, bytes | None]]:
    """Yield the lines that are not empty with their numbers; None for one that is too long."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST):
            number += 1
            advance(len(line))
            if len(line) == LONGEST and not line.endswith(b"\n"):
                _skip_line(file, advance)
                yield number, None
            elif line.strip():
                yield number, line


def _read_lines(path: Path, fields: Fields, advance: Advance) -> Iterator[Row | BadRow]:
    for number, line in _lines(path, advance):
        if line is None:
            yield BadRow(str(path), number, _TOO_LONG)
        else:
            yield _row(path, number, line, fields)


def _skip_line(file: BinaryIO, advance: Advance) -> None:
    while part := file.readline(_CHUNK):
        advance(len(part))
        if part.endswith(b"\n"):
            return


def _row(path: Path, number: int, raw: bytes, fields: Fields) -> Row | BadRow:
    try:
        return _judged(path, number, raw, _object(raw), fields)
    except ValueError as error:
        return BadRow(str(path), number, str(error))


def _object(raw: bytes) -> object:
    """Return what a line holds. Raises ValueError that says what is wrong with it."""
    if raw.startswith(codecs.BOM_UTF8):
        raise ValueError("it begins with a UTF-8 byte order mark: save it without")
    if b"\0" in raw:
        raise ValueError("it holds a NUL byte, as no text file does")
    if raw.strip() == b"{":
        raise ValueError(
            "an object begins here and goes on below; give a line each, or a JSON list"
        )
    try:
        return json.loads(raw.decode())
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 at its byte {error.start + 1}") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is no JSON: {error.msg} at column {error.colno}") from None
    except ValueError as error:  # a number of thousands of digits
        raise ValueError(f"it is no JSON that can be read: {error}") from None


def _judged(path: Path, number: int, raw: bytes, value: object, fields: Fields) -> Row:
    """Return the row of a parsed object. Raises ValueError that says what is wrong with it."""
    if not isinstance(value, dict):
        raise ValueError(f"it is {_kind(value)}, no object")  # noqa: TRY004 - a fault of the file
    text = _text(_field(value, fields.text), fields.text)
    scope = "" if fields.scope is None else json.dumps(_field(value, fields.scope), sort_keys=True)
    return Row(str(path), number, raw, text, scope)


def _field(value: dict[str, Any], name: str) -> object:
    if name not in value:
        raise ValueError(f"the field {name!r} is missing")
    return value[name]


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise ValueError(f"the field {name!r} is {_kind(value)}, no string")  # noqa: TRY004 - as above
    if "\0" in value:
        raise ValueError(f"the field {name!r} holds a NUL character")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError(f"the field {name!r} holds half of a surrogate pair")
    return value


def _kind(value: object) -> str:
    return "null" if value is None else _KINDS.get(type(value), "a number")


def _read_list(path: Path, fields: Fields, advance: Advance) -> Iterator[Row | BadRow]:
    with path.open("rb") as file:
        for number, (raw, value) in enumerate(_Items(path, file, advance), start=1):
            try:
                yield _judged(path, number, raw.encode(), value, fields)
            except ValueError as error:
                yield BadRow(str(path), number, str(error))


class _Items:
    """The items of a JSON list, each as its text and its value."""

    def __init__(self, path: Path, file: BinaryIO, advance: Advance) -> None:
        self._path = path
        self._file = file
        self._advance = advance
        self._decode = codecs.getincrementaldecoder("utf-8")("strict").decode
        self._parse = json.JSONDecoder().raw_decode
        self._text = ""
        self._at = 0
        self._number = 0
        self._ended = False

    def __iter__(self) -> Iterator[tuple[str, object]]:
        self._expect("[")
        while (sign := self._next()) != "]":
            if self._number:
                self._expect(",")
                sign = self._next()
            self._number += 1
            if sign in ",]":
                raise self._broken("an item is missing")
            yield self._item()
        self._at += 1
        if self._next():
            raise self._broken("something follows the list")

    def _item(self) -> tuple[str, object]:
        while True:
            try:
                value, end = self._parse(self._text, self._at)
            except RecursionError:
                raise self._broken("it is nested too deeply") from None
            except ValueError as error:
                fault = getattr(error, "msg", str(error))
            else:
                fault = "the list does not end"
                if end < len(self._text):  # else a number might go on
                    raw = self._text[self._at : end]
                    self._at = end
                    return raw, value
            if len(self._text) - self._at > LONGEST or not self._read():
                raise self._broken(fault)

    def _expect(self, sign: str) -> None:
        if self._next() != sign:
            raise self._broken(f"{sign!r} is missing")
        self._at += 1

    def _next(self) -> str:
        """Return the next character that is no white space, "" at the end of the file."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read():
                return ""

    def _read(self) -> bool:
        """Read on, by as much as is at hand already or a chunk; return whether there was more."""
        if self._ended:
            return False
        chunk = self._file.read(max(_CHUNK, len(self._text) - self._at))
        self._advance(len(chunk))
        self._ended = not chunk
        try:
            more = self._decode(chunk, self._ended)
        except UnicodeDecodeError as error:
            raise self._broken(f"it is not UTF-8 ({error.reason})") from None
        if not self._number and more.startswith("\ufeff"):
            raise self._broken("it begins with a UTF-8 byte order mark")
        self._text = self._text[self._at :] + more
        self._at = 0
        return bool(more) or not self._ended

    def _broken(self, why: str) -> InputError:
        return InputError(f"{self._path}, item {self._number}: the JSON list is broken: {why}")


def _read_table(path: Path, fields: Fields, advance: Advance) -> Iterator[Row | BadRow]:
    import pyarrow as pa  # noqa: PLC0415 - a quarter of a second that only this form needs

    table = _table(path)
    _check_columns(path, table.schema_arrow, fields)
    number = 0
    try:
        for group in range(table.num_row_groups):
            for batch in table.iter_batches(batch_size=BATCH, row_groups=[group]):
                texts = batch.column(fields.text).to_pylist()
                for at, text in enumerate(texts):
                    number += 1
                    try:
                        judged, scope = _text(text, fields.text), _scope(batch, at, fields)
                        yield Row(str(path), number, batch.slice(at, 1), judged, scope)
                    except ValueError as error:
                        yield BadRow(str(path), number, str(error))
                advance(len(texts))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError(f"{path}, after row {number}: {_line(error)}") from error


def _check_columns(path: Path, schema: Any, fields: Fields) -> None:  # noqa: ANN401 - as above
    import pyarrow as pa  # noqa: PLC0415 - as above

    for name in filter(None, (fields.text, fields.scope)):
        times = schema.names.count(name)
        if times != 1:
            how = f"stands {times} times in the table" if times else "is missing"
            raise InputError(f"{path}: the field {name!r} {how}; it has {', '.join(schema.names)}")
    kind = schema.field(fields.text).type
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise InputError(f"{path}: the field {fields.text!r} is {kind}, no string")


def _scope(batch: Any, at: int, fields: Fields) -> str:  # noqa: ANN401 - as above
    """Return what tells a row's group apart."""
    if fields.scope is None:
        return ""
    value = batch.column(fields.scope)[at]
    try:
        return json.dumps(value.as_py(), default=str)
    except ValueError:  # a time finer than Python's
        return str(value.cast("string"))


def _table(path: Path) -> Any:  # noqa: ANN401 - pyarrow is untyped
    import pyarrow as pa  # noqa: PLC0415 - as above
    from pyarrow import parquet  # noqa: PLC0415 - as above

    try:
        return parquet.ParquetFile(path)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{path}: no Parquet file that can be read: {_line(error)}") from error


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
