"""A JSON list: a row is an item. It is read as a stream, an item after the other."""

import codecs
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from errors import InputError
from store.files.rows import LONGEST, Advance, BadRow, Fields, Form, Row, Write, judged_row
from store.files.text_file import opened
from store.files.writing import json_list

_CHUNK = 1 << 20
_SPACE = " \t\r\n"


def _matches(first: bytes) -> bool:
    return first.removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"[")


def _read_rows(path: Path, fields: Fields, advance: Advance) -> Iterator[Row | BadRow]:
    with opened(path) as file:
        for number, (raw, value) in enumerate(_Items(path, file, advance), start=1):
            try:
                yield judged_row(path, number, raw.encode(), value, fields)
            except ValueError as error:
                yield BadRow(str(path), number, str(error))


def _read_values(path: Path) -> Iterator[tuple[int, object]]:
    with opened(path) as file:
        for number, (_, value) in enumerate(_Items(path, file, lambda _: None), start=1):
            yield number, value


@contextmanager
def _writer(file: BinaryIO, _like: Path) -> Iterator[Write]:
    with json_list(file) as write:
        yield lambda row: write(row.raw)


class _Items:
    """The items of a JSON list, each as its text and its value."""

    def __init__(self, path: Path, file: BinaryIO, advance: Advance) -> None:
        self._path = path
        self._file = file
        self._advance = advance
        self._decode = codecs.getincrementaldecoder("utf-8-sig")("strict").decode
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
        self._text = self._text[self._at :] + more
        self._at = 0
        return bool(more) or not self._ended

    def _broken(self, why: str) -> InputError:
        return InputError(f"{self._path}, item {self._number}: the JSON list is broken: {why}")


JSON_LIST = Form(
    "a JSON list", "item", _matches, _read_rows, _read_values, _writer, suffixes=(".json",)
)
