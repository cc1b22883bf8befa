"""CSV and TSV as programs write them: what is read, and the bytes that are written back."""

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import InputError
from store.files import csv_table
from store.files.csv_table import CSV, TSV
from store.files.forms import form_of, read_objects
from store.files.rows import BadRow, Fields, Form, Row
from tests.store.files.reading import rows_in

CELLS = st.text(st.sampled_from("ab ,;|\t\"\n'é改{["), max_size=6)
TABLES = st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=6)


@given(table=TABLES, delimiter=st.sampled_from(",;\t|"), end=st.sampled_from(["\n", "\r\n"]))
def test_what_the_standard_library_writes_is_read(
    table: list[tuple[str, str, str]],
    delimiter: str,
    end: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("csv") / "in"
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerows([("id", "instruction", "output"), *table])
    path.write_bytes(text.getvalue().encode())
    form = form_of(path)
    assert form == (TSV if delimiter == "\t" else CSV)
    values = [tuple(value.values()) for _, value in read_objects(path, form)]
    assert values == table
    rows = rows_in(path)
    kept = [row for row in rows if isinstance(row, Row)]
    assert [row.text for row in kept] == [row[1] for row in table]
    header = text.getvalue().partition(end)[0] + end
    assert header.encode() + b"".join(row.raw for row in kept) == path.read_bytes()


HEADERS: dict[str, tuple[bytes, Form]] = {
    "commas": (b"id,instruction\n1,Say hi\n", CSV),
    "a mark": (b"\xef\xbb\xbfinstruction;id\r\nSay hi;1\r\n", CSV),
    "quotes": (b'"instruction","a ""b"""\n"Say hi","x"\n', CSV),
    "one column": (b"instruction\nSay hi\n", CSV),
    "tabs": (b"a,b\tinstruction\nx\tSay hi\n", TSV),
    "Excel's hint": (b"sep=;\r\nid;instruction\r\n1,5;Say hi\r\n", CSV),
    "line breaks": (b'"a\nb",instruction\nx,Say hi\n', CSV),
    "an index": (b",instruction\n0,Say hi\n", CSV),
    "empty columns": (b"instruction,,\nSay hi,,\n", CSV),
    "no end": (b"instruction,id\nSay hi,1", CSV),
    "blank lines": (b"\n\ninstruction,id\n\nSay hi,1\n\n", CSV),
    "packed": (gzip.compress(b"id,instruction\n1,Say hi\n"), CSV),
}


@pytest.mark.parametrize(("content", "form"), HEADERS.values(), ids=HEADERS.keys())
def test_headers_of_all_kinds(tmp_path: Path, content: bytes, form: Form) -> None:
    path = tmp_path / "in"
    path.write_bytes(content)
    assert form_of(path) == form
    (row,) = rows_in(path)
    assert isinstance(row, Row)
    assert row.text == "Say hi"


BROKEN = {
    "a quote that does not end": (b'a,b\n"x,y\nSay hi,1\n"Say bye",2\n', "quotes are broken"),
    "until the end": (b'a,b\n"x,y\nSay hi,1\nSay bye,2\n', "quotes are broken"),
    "a quote inside": (b'a,b\n"x" y,z\nSay hi,1\nSay bye,2\n', "quotes are broken"),
    "a cell too many": (b"a,b\nx, y,z\nSay hi,1\nSay bye,2\n", "cells: 3, columns: 2"),
    "a cell too few": (b"a,b\nx\nSay hi,1\nSay bye,2\n", "cells: 1, columns: 2"),
    "Latin-1": (b"a,b\n\xe9,y\nSay hi,1\nSay bye,2\n", "not UTF-8"),
    "too long": (b"a,b\n" + b"x" * 99 + b",y\nSay hi,1\nSay bye,2\n", "longer than 64 bytes"),
    "CR": (b"a,b\nx\ry,z\nSay hi,1\nSay bye,2\n", "ends in CR alone"),
    "NUL": (b"a,b\nx\0,y\nSay hi,1\nSay bye,2\n", "NUL"),
}


@pytest.mark.parametrize(("content", "why"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_row_costs_no_good_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, why: str
) -> None:
    monkeypatch.setattr(csv_table, "LONGEST", 64)
    path = tmp_path / "in"
    path.write_bytes(content)
    bad, *good = rows_in(path, Fields("a"))
    assert isinstance(bad, BadRow)
    assert why in bad.why
    assert [(row.line, row.text) for row in good if isinstance(row, Row)] == [
        (2, "Say hi"),
        (3, "Say bye"),
    ]


def test_pieces_of_a_broken_row_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "in"
    path.write_bytes(b'a,b\n"one "two" three\nfour",x\nSay "hi",1\n"five\nsix",y,z\nSay bye,2\n')
    rows = rows_in(path, Fields("a"))
    assert [row.text for row in rows if isinstance(row, Row)] == ['Say "hi"', "Say bye"]
    assert [row.why.partition(" ")[0] for row in rows if isinstance(row, BadRow)] == [
        "its",
        "it",
        "cells:",
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"ask,output\nx,y\n", "is read as CSV: the field 'instruction' is missing.*ask, output"),
        (b"Write a poem\nSay hi\n", "needs a header line"),
        (b"instruction,output\rSay hi,x\r", "a line ends in CR alone"),
        (b"instruction,instruction\nx,y\n", "'instruction' stands 2 times"),
        (b"instruction,\xe9\nx,y\n", "the header: it is not UTF-8"),
        (b'"instruction,output\nx,y\n', "quotes are broken"),
    ],
)
def test_a_table_without_a_usable_header_is_named(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "in"
    path.write_bytes(content)
    with pytest.raises(InputError, match=why):
        rows_in(path)
