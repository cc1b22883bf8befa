"""`filter` on files as people have them: shapes, forms, and what it says of its choice."""

import codecs
import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.cli.conftest import Call
from tests.cli.filtering import KEPT, TEXTS, read_lines, row, write_lines


@pytest.fixture
def call(call: Call) -> Call:
    """Give what runs the command `filter`."""
    return lambda *words: call("filter", *words)


def chat(text: str, answer: str = "x") -> list[dict[str, str]]:
    return [{"role": "user", "content": text}, {"role": "assistant", "content": answer}]


SYSTEM = {"role": "system", "content": "S"}
CHATS = "compared: the first user turn of messages (7 rows)"
SHAPES: dict[str, tuple[list[dict[str, Any]], str]] = {
    "questions": ([{"question": text} for text in TEXTS], "compared: question (7 rows)"),
    "chats": (
        [{"messages": [SYSTEM, *chat(text), *chat("x")]} for text in TEXTS],
        f"{CHATS}; not compared: 7 system turns, 14 further turns",
    ),
    "preferences": (
        [{"prompt": text, "chosen": chat(text), "rejected": chat(text, "y")} for text in TEXTS],
        "compared: prompt (7 rows); not compared: 7 rejected answers",
    ),
    "two chats": (
        [{"chosen": chat(text), "rejected": chat(text, "y")} for text in TEXTS],
        "compared: the first user turn of chosen (7 rows); not compared: 7 rejected answers",
    ),
    "mixed": (
        [{"instruction": None if n else text, "prompt": text} for n, text in enumerate(TEXTS)],
        "compared: prompt (6 rows), instruction (1 row)",
    ),
    "Dolly's": ([{"instruction": text, "context": "c", "response": "r"} for text in TEXTS], ""),
}


@pytest.mark.parametrize(("rows", "told"), SHAPES.values(), ids=SHAPES.keys())
@pytest.mark.parametrize("form", ["jsonl", "json", "parquet", "jsonl.gz"])
def test_every_shape_is_filtered_in_every_form(
    call: Call, capsys: pytest.CaptureFixture[str], form: str, rows: list[dict[str, Any]], told: str
) -> None:
    given, out = Path(f"in.{form}"), Path("kept." + form.removesuffix(".gz"))
    if form == "json":
        given.write_text(json.dumps(rows))
    elif form == "parquet":
        parquet.write_table(pa.Table.from_pylist(rows), given)
    else:
        write_lines(given, rows)
        if form == "jsonl.gz":
            given.write_bytes(gzip.compress(given.read_bytes()))
    assert call(given, "--out", out, "--json") == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out)["kept"] == len(KEPT)
    assert sorted(printed.err.strip().split(", ")) == sorted(told.split(", "))
    if form.startswith("jsonl"):
        assert read_lines(out) == [rows[n] for n in KEPT]


def test_a_byte_order_mark_costs_no_row(call: Call) -> None:
    lines = [json.dumps(row(text)).encode() + b"\n" for text in TEXTS]
    marked = [codecs.BOM_UTF8 + line if n in {0, 4} else line for n, line in enumerate(lines)]
    Path("in.jsonl").write_bytes(b"".join(marked))
    for more in ((), ("--skip-bad",)):
        assert call("in.jsonl", "--out", "kept.jsonl", *more) == 0
        assert Path("kept.jsonl").read_bytes() == b"".join(lines[n] for n in KEPT)
    Path("in.json").write_bytes(codecs.BOM_UTF8 + b"[" + b",".join(lines) + b"]")
    assert call("in.json", "--out", "kept.json", "--against", "in.jsonl") == 0
    assert json.loads(Path("kept.json").read_text()) == []


@pytest.mark.parametrize(
    ("delimiter", "end", "mark", "suffix"),
    [(",", "\n", "", "csv"), (";", "\r\n", "\ufeff", "csv"), ("\t", "\n", "", "tsv")],
)
def test_kept_rows_of_a_table_are_written_back_as_they_were(
    call: Call, delimiter: str, end: str, mark: str, suffix: str
) -> None:
    rows = [["instruction", "note"], *([text + f"{end} {delimiter}", 'say "x"'] for text in TEXTS)]
    records = []
    for cells in rows:
        with Path("row").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=delimiter, lineterminator=end).writerow(cells)
        records.append(Path("row").read_bytes())
    records[0] = mark.encode() + records[0]
    given, out = Path(f"in.{suffix}"), Path(f"kept.{suffix}")
    given.write_bytes(b"".join(records).removesuffix(end.encode()))
    assert call(given, given, "--out", out, "--rejected", "no.jsonl") == 0
    kept = b"".join([records[0], *(records[n + 1] for n in KEPT)])
    assert out.read_bytes() == kept
    assert [r["line"] for r in read_lines(Path("no.jsonl"))][:3] == [3, 4, 6]


def test_tables_of_other_columns_are_not_joined(
    call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.csv").write_text("instruction,output\nSay hi,x\n")
    Path("b.csv").write_text("output,instruction\nx,Say hi\n")
    Path("c.csv").write_text("instruction;output\nSay hi;x\n")
    Path("d.tsv").write_text("instruction\toutput\nSay hi\tx\n")
    for other, why in (("b.csv", "other columns"), ("c.csv", "other columns"), ("d.tsv", "TSV")):
        assert call("a.csv", other, "--out", "kept.csv") == 2
        assert why in capsys.readouterr().err


FIELDS = {
    "a column": ([{"ask": t, "instruction": "x"} for t in TEXTS], "ask"),
    "a turn": ([{"messages": [*chat("x", t)]} for t in TEXTS], "messages.1.content"),
    "the last": ([{"messages": [*chat("x"), *chat(t, "y")]} for t in TEXTS], "messages.-2.content"),
    "in an object": ([{"meta": {"ask": t}} for t in TEXTS], "meta.ask"),
    "a chat": ([{"log": chat(t)} for t in TEXTS], "log"),
}


@pytest.mark.parametrize(("rows", "field"), FIELDS.values(), ids=FIELDS.keys())
@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_the_field_that_is_compared_can_be_named(
    call: Call, form: str, rows: list[dict[str, Any]], field: str
) -> None:
    given = write_lines(Path("in.jsonl"), rows)
    if form == "parquet":
        given = Path("in.parquet")
        parquet.write_table(pa.Table.from_pylist(rows), given)
    assert call(given, "--out", f"kept.{form}", "--field", field, "--rejected", "no.jsonl") == 0
    assert [r["line"] for r in read_lines(Path("no.jsonl"))] == [3, 4, 6]
    assert [r["text"] for r in read_lines(Path("no.jsonl"))] == [TEXTS[n] for n in (2, 3, 5)]


def test_against_finds_its_texts_by_their_shape_and_says_where(
    call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lines(Path("in.jsonl"), map(row, TEXTS))
    write_lines(
        Path("test.jsonl"), [{"turns": [TEXTS[0], "and then?", "and now?"]}, {"question": TEXTS[6]}]
    )
    assert call("in.jsonl", "--out", "kept.jsonl", "--against", "test.jsonl") == 0
    kept = [read["instruction"] for read in read_lines(Path("kept.jsonl"))]
    assert kept == [TEXTS[1], TEXTS[4]]
    assert capsys.readouterr().err == (
        "--against: compared: the first user turn of turns (1 row), question (1 row); "
        "not compared: 1 further turn\n"
    )


TYPES = {
    "large": pa.large_string(),
    "views": pa.string_view(),
    "dictionary": pa.dictionary(pa.int16(), pa.string()),
    "large dictionary": pa.dictionary(pa.uint32(), pa.large_string()),
}


@pytest.mark.parametrize("kind", TYPES.values(), ids=TYPES.keys())
def test_texts_of_every_type_are_read_and_kept(call: Call, kind: pa.DataType) -> None:
    texts, tags = pa.array(TEXTS), pa.large_list(pa.large_string())
    asked = texts.dictionary_encode() if pa.types.is_dictionary(kind) else texts
    table = pa.table(
        {
            "instruction": asked.cast(kind),
            "at": pa.array(range(1, 8), pa.timestamp("ns")),
            "tags": pa.array([["a"], None, [], ["b"], ["c"], [], []], tags),
        }
    )
    parquet.write_table(table, "in.parquet", row_group_size=3)
    assert call("in.parquet", "--out", "kept.parquet", "--scope", "tags") == 0
    kept = parquet.read_table("kept.parquet")
    assert call("in.parquet", "--out", "kept.parquet") == 0
    kept = parquet.read_table("kept.parquet")
    assert kept.column("instruction").to_pylist() == [TEXTS[n] for n in KEPT]
    assert kept.column("tags").to_pylist() == table.column("tags").take(KEPT).to_pylist()
    assert kept.column("at").equals(table.column("at").take(KEPT))


SUFFIXES = [
    ("in.jsonl", "kept.csv", "kept.csv would hold JSON Lines: name it kept.jsonl"),
    ("in.jsonl", "kept.parquet", "kept.jsonl"),
    ("in.jsonl", "kept.json", "kept.jsonl"),
    ("in.jsonl", "kept.XLSX", "kept.jsonl"),
    ("in.jsonl", "kept.jsonl.gz", "name it kept.jsonl"),
    ("in.jsonl.gz", "kept.jsonl.gz", "name it kept.jsonl"),
    ("in.json", "kept.jsonl", "kept.jsonl would hold a JSON list: name it kept.json"),
    ("in.csv", "kept.tsv", "kept.tsv would hold CSV: name it kept.csv"),
    ("in.tsv", "kept.csv", "name it kept.tsv"),
    ("in.parquet", "kept.arrow", "name it kept.parquet"),
]


def write_all_forms() -> None:
    write_lines(Path("in.jsonl"), map(row, TEXTS))
    Path("in.jsonl.gz").write_bytes(gzip.compress(Path("in.jsonl").read_bytes()))
    Path("in.json").write_text(json.dumps([*map(row, TEXTS)]))
    parquet.write_table(pa.Table.from_pylist([*map(row, TEXTS)]), "in.parquet")
    Path("in.csv").write_text("instruction,output\nSay hi,x\n")
    Path("in.tsv").write_text("instruction\toutput\nSay hi\tx\n")
    Path("lines.json").write_bytes(Path("in.jsonl").read_bytes())
    Path("lines.txt").write_bytes(Path("in.jsonl").read_bytes())


@pytest.mark.parametrize(("given", "out", "named"), SUFFIXES)
def test_a_suffix_that_says_something_else_is_refused_before_anything_is_read(
    call: Call, capsys: pytest.CaptureFixture[str], given: str, out: str, named: str
) -> None:
    write_all_forms()
    before = {*Path().iterdir()}
    assert call(given, "--out", out) == 2
    assert named in capsys.readouterr().err
    assert call("in.jsonl", "--out", "k", "--rejected", "no.csv") == 2
    assert {*Path().iterdir()} == before


@pytest.mark.parametrize(
    ("given", "out"),
    [
        ("in.jsonl", "kept"),
        ("in.jsonl", "kept.v2"),
        ("in.jsonl", "kept.ndjson"),
        ("in.jsonl.gz", "kept.JSONL"),
        ("lines.json", "kept.json"),
        ("lines.txt", "kept.txt"),
        ("in.parquet", "kept.pq"),
    ],
)
def test_other_suffixes_are_taken(call: Call, given: str, out: str) -> None:
    write_all_forms()
    assert call(given, "--out", out) == 0
    assert Path(out).stat().st_size
