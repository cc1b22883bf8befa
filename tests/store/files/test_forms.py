"""The table of forms: a new one is a file, here a few functions, and a row in the table."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pytest

from cli.filter import filter_files
from cli.requests import FilterRequest
from store.files import forms
from store.files.forms import FORMS, form_of, read_objects
from store.files.rows import Advance, BadRow, Fields, Form, Row, Write


def values(path: Path) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(path.read_text("utf-8").splitlines()[1:], start=1):
        yield number, {"instruction": line}


def rows(path: Path, _fields: Fields, advance: Advance) -> Iterator[Row | BadRow]:
    for number, line in enumerate(path.read_text("utf-8").splitlines()[1:], start=1):
        advance(len(line))
        yield Row(str(path), number, line.encode(), line, "")


@contextmanager
def writer(file: BinaryIO, _like: Path) -> Iterator[Write]:
    file.write(b"TOY\n")
    yield lambda row: file.writelines([row.raw, b"\n"])


TOY = Form("a toy", "toy", lambda first: first.startswith(b"TOY"), rows, values, writer)


def test_a_new_form_is_read_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "FORMS", (TOY, *FORMS))
    given, out = tmp_path / "in.toy", tmp_path / "out.toy"
    given.write_text("TOY\nSay hello\nsay HELLO\nSay bye\n")
    assert form_of(given) is TOY
    assert [value["instruction"] for _, value in read_objects(given, TOY)][1] == "say HELLO"
    filter_files(FilterRequest(inputs=[given], out=out))
    assert out.read_text() == "TOY\nSay hello\nSay bye\n"
