"""`filter`, as a person runs it: forms, scopes, foreign texts, broken rows, what is written."""

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from store.files import json_lines, json_list, parquet_table
from store.filter import sift
from tests.cli.conftest import Call
from tests.shared_data import CODE, shared

TEXTS = [
    "Write a poem about the sea in autumn, please",
    "List three advantages of trains",
    "write a poem about the sea in autumn please!",
    "Write a poem about the sea in winter, please",
    "写一首关于秋天的七言绝句",
    "写一首关于冬天的七言绝句",
    "Sum up the report",
]
KEPT = [0, 1, 4, 6]


@pytest.fixture
def call(call: Call) -> Call:
    """Give what runs the command `filter`."""
    return lambda *words: call("filter", *words)


def row(text: str, **more: object) -> dict[str, Any]:
    return {"id": len(text), "instruction": text, "score": 1.50, **more}


def write_lines(path: Path, values: Iterable[object]) -> Path:
    lines = [json.dumps(value, ensure_ascii=False) for value in values]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


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
    write_lines(Path("test.jsonl"), [{"question": "sum up the REPORT"}])
    words = ("in.jsonl", "--out", "kept.jsonl", "--rejected", "no.jsonl", "--against", "test.jsonl")
    assert call(*words) == 2
    assert call(*words, "--against-field", "question") == 0
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


BAD: dict[str, tuple[bytes, str]] = {
    "broken": (b'{"instruction": "x"', "no JSON"),
    "no object": (b'["x"]', "a list"),
    "missing": (b'{"text": "x"}', "'instruction' is missing"),
    "a number": (b'{"instruction": 5}', "a number, no string"),
    "null": (b'{"instruction": null}', "null, no string"),
    "NUL": (b'{"instruction": "a\0b"}', "NUL"),
    "escaped NUL": (b'{"instruction": "a\\u0000b"}', "NUL"),
    "surrogate": (b'{"instruction": "a\\ud800b"}', "surrogate"),
    "latin-1": (b'{"instruction": "\xe9"}', "not UTF-8"),
    "deep": (b'{"instruction": ' + b"[" * 100_000, "nested too deeply"),
    "digits": (b'{"instruction": "x", "n": ' + b"9" * 5000 + b"}", "no JSON"),
    "mark": (b'\xef\xbb\xbf{"instruction": "x"}', "byte order mark"),
}


@pytest.mark.parametrize(("line", "why"), BAD.values(), ids=BAD.keys())
def test_a_broken_line_stops_or_is_left_out(
    call: Call, capsys: pytest.CaptureFixture[str], line: bytes, why: str
) -> None:
    good = json.dumps(row("Say hello")).encode()
    lines = [line, good] if line.startswith(b"\xef") else [good, line]
    number = lines.index(line) + 1
    Path("in.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    Path("kept.jsonl").write_text("old")
    words = ("in.jsonl", "--out", "kept.jsonl", "--rejected", "no.jsonl")
    assert call(*words) == 2
    told = capsys.readouterr().err
    assert f"in.jsonl, line {number}: " in told
    assert why in told
    assert len(told.splitlines()) == 1
    assert Path("kept.jsonl").read_text() == "old"
    assert {path.name for path in Path().iterdir()} == {"in.jsonl", "kept.jsonl"}
    assert call(*words, "--skip-bad") == 0
    assert Path("kept.jsonl").read_bytes() == good + b"\n"
    (rejected,) = read_lines(Path("no.jsonl"))
    assert (rejected["line"], rejected["rule"]) == (number, "malformed")
    assert why in rejected["why"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'[{"instruction": "x"}', "the list does not end"),
        (b'[{"instruction": "x"},]', "an item is missing"),
        (b'[{"instruction": "x"} {"instruction": "y"}]', "',' is missing"),
        (b'[{"instruction": "x"}, {"instruction": tru}]', "item 2"),
        (b'[{"instruction": "x"}] x', "something follows"),
        (b'[{"instruction": "\xff"}]', "not UTF-8"),
        (b'\xef\xbb\xbf[{"instruction": "x"}]', "byte order mark"),
        (b'[{"instruction": ' + b"[" * 100_000, "nested too deeply"),
        (b"PAR1 is no table", "no Parquet file"),
    ],
)
def test_a_file_that_breaks_off_stops(
    call: Call, capsys: pytest.CaptureFixture[str], content: bytes, why: str
) -> None:
    Path("in.json").write_bytes(content)
    assert call("in.json", "--out", "kept.json", "--skip-bad") == 2
    told = capsys.readouterr().err
    assert why in told
    assert len(told.splitlines()) == 1
    assert {path.name for path in Path().iterdir()} == {"in.json"}


def test_a_line_without_end_is_not_read_whole(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "LONGEST", 100)
    good = json.dumps(row("Say hello")).encode() + b"\n"
    Path("in.jsonl").write_bytes(good + b"x" * 1000 + b"\n" + good)
    assert call("in.jsonl", "--out", "kept.jsonl") == 2
    assert call("in.jsonl", "--out", "kept.jsonl", "--skip-bad") == 0
    assert Path("kept.jsonl").read_bytes() == good


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["none.jsonl", "--out", "k"], "none.jsonl"),
        ([".", "--out", "k"], "."),
        (["in.jsonl", "--out", "in.jsonl"], "in.jsonl is read"),
        (["in.jsonl", "--out", "k", "--rejected", "./k"], "k cannot hold two results"),
        (["fifo", "--out", "k"], "fifo is no file"),
        (["in.jsonl", "--out", "fifo"], "fifo"),
        (["loop", "--out", "k"], "loop"),
        (["in.jsonl", "--out", "x" * 250 + "/k"], "xxx"),
        (["zipped", "--out", "k"], "gunzip"),
        (["in.parquet", "--out", "k", "--field", "number"], "is int64, no string"),
        (["twice.parquet", "--out", "k"], "stands 2 times"),
        (
            [
                "in.jsonl",
                "--out",
                "k",
                "--against",
                "in.json",
                "--against-field",
                "x",
                "--skip-bad",
            ],
            "no row of it can be used",
        ),
        (["in.jsonl", "--out", "no/k"], "no/k"),
        (["in.jsonl", "in.json", "--out", "k"], "in.json is a JSON list"),
        (["in.jsonl", "--out", "k", "--threshold", "0"], "threshold 0"),
        (["in.jsonl", "--out", "k", "--threshold", "nan"], "threshold nan"),
        (["in.jsonl", "--out", "k", "--threshold", "x"], "x"),
        (["in.jsonl", "--out", "k", "--semantic-threshold", "2"], "semantic threshold 2"),
        (["in.jsonl", "--out", "k", "--field", "text"], "'text' is missing"),
        (["in.jsonl", "--out", "k", "--scope", "task"], "'task' is missing"),
        (["in.parquet", "--out", "k", "--field", "text"], "it has instruction"),
        (["in.jsonl", "--out", "k", "--against", "none"], "none"),
    ],
)
def test_bad_usage_is_named_and_writes_nothing(
    call: Call,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    named: str,
) -> None:
    write_lines(Path("in.jsonl"), map(row, TEXTS))
    Path("in.json").write_text(json.dumps([*map(row, TEXTS)]))
    table = pa.table({"instruction": TEXTS, "number": range(len(TEXTS))})
    parquet.write_table(table, "in.parquet")
    parquet.write_table(table.rename_columns(["instruction"] * 2), "twice.parquet")
    Path("zipped").write_bytes(gzip.compress(b"{}"))
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    os.mkfifo("fifo")
    Path("loop").symlink_to("loop")
    assert call(*words) == 2
    Path("loop").unlink()
    assert Path("fifo").is_fifo()
    Path("fifo").unlink()
    told = capsys.readouterr().err
    assert named in told
    assert len(told.splitlines()) <= 2
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


def test_blocks_change_nothing(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [json.loads(line)["instruction"] for line in shared(CODE).read_text().splitlines()]
    write_lines(Path("in.jsonl"), map(row, texts[:600]))
    assert call("in.jsonl", "--out", "one.jsonl") == 0
    monkeypatch.setattr(sift, "BLOCK_ROWS", 7)
    assert call("in.jsonl", "--out", "two.jsonl") == 0
    assert Path("one.jsonl").read_bytes() == Path("two.jsonl").read_bytes()
    assert 300 < len(read_lines(Path("one.jsonl"))) < 600


STRUCK = """
import os, sys
from store.filter import sift
blocks = sift._blocks
def struck(rows):
    for n, block in enumerate(blocks(rows)):
        if n == 3:
            os.kill(os.getpid(), %d)
        yield block
sift._blocks, sift.BLOCK_ROWS = struck, 100
from cli.main import main
main()
"""


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_stopped_in_the_middle_nothing_stands_under_the_name(
    tmp_path: Path, blow: signal.Signals
) -> None:
    write_lines(Path("in.jsonl"), [row(f"Say {n} " * 5) for n in range(500)])
    Path("kept.jsonl").write_text("old")
    words = ["filter", "in.jsonl", "--out", "kept.jsonl", "--rejected", "no.jsonl"]
    ended = subprocess.run([sys.executable, "-c", STRUCK % blow, *words], check=False)
    codes = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}
    assert ended.returncode == codes[blow]
    assert Path("kept.jsonl").read_text() == "old"
    assert not Path("no.jsonl").exists()
    left = {path.name for path in tmp_path.iterdir()} - {"in.jsonl", "kept.jsonl"}
    assert all(name.startswith(".") for name in left)
    assert not left or blow == signal.SIGKILL


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
