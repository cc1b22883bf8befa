"""`filter`, as a person runs it: forms, scopes, foreign texts, what is written."""

import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from store.files import json_list, parquet_table
from store.filter import sift
from tests.cli.conftest import Call
from tests.cli.filtering import KEPT, TEXTS, read_lines, row, write_lines
from tests.shared_data import CODE, shared


@pytest.fixture
def call(call: Call) -> Call:
    """Give what runs the command `filter`."""
    return lambda *words: call("filter", *words)


def test_lines_are_kept_as_they_were_and_rejections_explained(
    call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f'{{ "instruction" : {json.dumps(t)}, "x": 1.50 }}\r\n' for t in TEXTS]
    lines[3] = "\n" + lines[3]
    Path("in.jsonl").write_text("".join(lines).rstrip("\r\n"), newline="")
    assert call("in.jsonl", "--out", "kept.jsonl", "--rejected", "no.jsonl", "--json") == 0
    expected = "".join(lines[n] for n in KEPT).removesuffix("\r\n") + "\n"
    assert Path("kept.jsonl").read_bytes().decode() == expected
    assert json.loads(capsys.readouterr().out) == {
        "read": 7,
        "kept": 4,
        "rejected": {"duplicate": 1, "rouge_l": 2},
        "out": "kept.jsonl",
    }
    found = [
        (r["line"], r["rule"], r["score"], r["nearest_line"]) for r in read_lines(Path("no.jsonl"))
    ]
    assert found == [(3, "duplicate", 1.0, 1), (5, "rouge_l", 0.8889, 1), (7, "rouge_l", 0.9167, 6)]


def test_a_list_stays_a_list(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_list, "_CHUNK", 7)
    items = [json.dumps(row(text), indent=2, ensure_ascii=False) for text in TEXTS]
    Path("in.json").write_text("[" + " ,\n ".join(items) + "]\n", encoding="utf-8")
    assert call("in.json", "--out", "kept.json", "--rejected", "no.jsonl") == 0
    expected = "[\n" + ",\n".join(items[n] for n in KEPT) + "\n]\n"
    assert Path("kept.json").read_text("utf-8") == expected
    assert [r["line"] for r in read_lines(Path("no.jsonl"))] == [3, 4, 6]
    Path("in.json").write_text("[]")
    assert call("in.json", "--out", "kept.json") == 0
    assert json.loads(Path("kept.json").read_text()) == []


def test_a_table_keeps_its_columns(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_table, "BATCH", 2)
    monkeypatch.setattr(parquet_table, "GROUP", 3)
    table = pa.table(
        {
            "instruction": pa.array(TEXTS).dictionary_encode(),
            "at": pa.array(range(7), pa.timestamp("us")),
            "tags": [["a"], None, [], ["b"], ["c", "d"], [], []],
        }
    )
    parquet.write_table(table, "in.parquet")
    assert call("in.parquet", "in.parquet", "--out", "kept.parquet") == 0
    assert parquet.read_table("kept.parquet").to_pylist() == table.take(KEPT).to_pylist()
    assert parquet.read_schema("kept.parquet").equals(parquet.read_schema("in.parquet"))


def test_several_files_are_one(call: Call) -> None:
    write_lines(Path("a.jsonl"), map(row, TEXTS[:2]))
    write_lines(Path("b.jsonl"), map(row, TEXTS[2:]))
    assert call("a.jsonl", "b.jsonl", "--out", "kept.jsonl", "--rejected", "no.jsonl") == 0
    assert [r["instruction"] for r in read_lines(Path("kept.jsonl"))] == [TEXTS[n] for n in KEPT]
    first = read_lines(Path("no.jsonl"))[0]
    assert [first[key] for key in ("file", "line", "nearest_file", "nearest_line")] == [
        "b.jsonl",
        1,
        "a.jsonl",
        1,
    ]


def test_a_scope_compares_within_its_groups(call: Call) -> None:
    given = [row("Say hello", task=n % 2) for n in range(4)] + [row("Say hello", task="0")]
    write_lines(Path("in.jsonl"), given)
    assert call("in.jsonl", "--out", "kept.jsonl", "--scope", "task") == 0
    assert [r["task"] for r in read_lines(Path("kept.jsonl"))] == [0, 1, "0"]


def test_foreign_texts_are_not_repeated(call: Call) -> None:
    write_lines(Path("in.jsonl"), map(row, TEXTS))
    write_lines(Path("test.jsonl"), [{"asked": "sum up the REPORT"}])
    words = ("in.jsonl", "--out", "kept.jsonl", "--rejected", "no.jsonl", "--against", "test.jsonl")
    assert call(*words) == 2
    assert call(*words, "--against-field", "asked") == 0
    last = read_lines(Path("no.jsonl"))[-1]
    assert [last[k] for k in ("line", "rule", "nearest_file", "nearest_line")] == [
        7,
        "against",
        "test.jsonl",
        1,
    ]


def test_paraphrases_go_where_asked_for(call: Call) -> None:
    given = ["Write a poem about love", "Compose a love poem", "Sort a list in C"]
    write_lines(Path("in.jsonl"), map(row, given))
    words = ("in.jsonl", "--out", "kept.jsonl", "--rejected", "no.jsonl")
    assert call(*words) == 0
    assert len(read_lines(Path("kept.jsonl"))) == 3
    assert call(*words, "--semantic-threshold", 0.7) == 0
    assert [(r["line"], r["rule"], r["nearest_line"]) for r in read_lines(Path("no.jsonl"))] == [
        (2, "semantic", 1)
    ]


def test_blocks_change_nothing(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [json.loads(line)["instruction"] for line in shared(CODE).read_text().splitlines()]
    write_lines(Path("in.jsonl"), map(row, texts[:600]))
    assert call("in.jsonl", "--out", "one.jsonl") == 0
    monkeypatch.setattr(sift, "BLOCK_ROWS", 7)
    assert call("in.jsonl", "--out", "two.jsonl") == 0
    assert Path("one.jsonl").read_bytes() == Path("two.jsonl").read_bytes()
    assert 300 < len(read_lines(Path("one.jsonl"))) < 600


def test_a_scope_may_be_a_time(call: Call) -> None:
    times = pa.array([1, 1, 2], pa.timestamp("ns"))
    parquet.write_table(pa.table({"instruction": ["Say hello"] * 3, "at": times}), "in.parquet")
    assert call("in.parquet", "--out", "kept.parquet", "--scope", "at") == 0
    assert parquet.read_table("kept.parquet").num_rows == 2


def test_a_link_stays_and_what_it_points_to_is_written(call: Call) -> None:
    write_lines(Path("in.jsonl"), map(row, TEXTS))
    Path("kept.jsonl").write_text("old")
    Path("link").symlink_to("kept.jsonl")
    assert call("in.jsonl", "--out", "link") == 0
    assert Path("link").is_symlink()
    assert len(read_lines(Path("kept.jsonl"))) == len(KEPT)
