"""`filter` where it cannot do its work: broken rows and files, bad usage, a kill."""

import gzip
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from store.files import json_lines
from tests.cli.conftest import Call
from tests.cli.filtering import TEXTS, read_lines, row, write_lines


@pytest.fixture
def call(call: Call) -> Call:
    """Give what runs the command `filter`."""
    return lambda *words: call("filter", *words)


BAD: dict[str, tuple[bytes, str]] = {
    "broken": (b'{"instruction": "x"', "no JSON"),
    "no object": (b'["x"]', "a list"),
    "missing": (b'{"ask": "x"}', "'instruction' is missing"),
    "a number": (b'{"instruction": 5}', "a number, no string"),
    "null": (b'{"instruction": null}', "null, no string"),
    "NUL": (b'{"instruction": "a\0b"}', "NUL"),
    "escaped NUL": (b'{"instruction": "a\\u0000b"}', "NUL"),
    "surrogate": (b'{"instruction": "a\\ud800b"}', "surrogate"),
    "latin-1": (b'{"instruction": "\xe9"}', "not UTF-8"),
    "deep": (b'{"instruction": ' + b"[" * 100_000, "nested too deeply"),
    "digits": (b'{"instruction": "x", "n": ' + b"9" * 5000 + b"}", "no JSON"),
}


@pytest.mark.parametrize(("line", "why"), BAD.values(), ids=BAD.keys())
def test_a_broken_line_stops_or_is_left_out(
    call: Call, capsys: pytest.CaptureFixture[str], line: bytes, why: str
) -> None:
    good = json.dumps(row("Say hello")).encode()
    Path("in.jsonl").write_bytes(good + b"\n" + line + b"\n")
    Path("kept.jsonl").write_text("old")
    words = ("in.jsonl", "--out", "kept.jsonl", "--rejected", "no.jsonl")
    assert call(*words) == 2
    printed = capsys.readouterr().err
    assert "in.jsonl, line 2: " in printed
    assert why in printed
    assert len(printed.splitlines()) == 1
    assert Path("kept.jsonl").read_text() == "old"
    assert {path.name for path in Path().iterdir()} == {"in.jsonl", "kept.jsonl"}
    assert call(*words, "--skip-bad") == 0
    assert Path("kept.jsonl").read_bytes() == good + b"\n"
    (rejected,) = read_lines(Path("no.jsonl"))
    assert (rejected["line"], rejected["rule"]) == (2, "malformed")
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
        (b'[{"instruction": ' + b"[" * 100_000, "nested too deeply"),
        (b"PAR1 is no table", "no Parquet file"),
    ],
)
def test_a_file_that_breaks_off_stops(
    call: Call, capsys: pytest.CaptureFixture[str], content: bytes, why: str
) -> None:
    Path("in.json").write_bytes(content)
    assert call("in.json", "--out", "kept.json", "--skip-bad") == 2
    printed = capsys.readouterr().err
    assert why in printed
    assert len(printed.splitlines()) == 1
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
        (["zipped", "--out", "k"], "zipped is damaged gzip"),
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
    call: Call, capsys: pytest.CaptureFixture[str], words: list[str], named: str
) -> None:
    write_lines(Path("in.jsonl"), map(row, TEXTS))
    Path("in.json").write_text(json.dumps([*map(row, TEXTS)]))
    table = pa.table({"instruction": TEXTS, "number": range(len(TEXTS))})
    parquet.write_table(table, "in.parquet")
    parquet.write_table(table.rename_columns(["instruction"] * 2), "twice.parquet")
    Path("zipped").write_bytes(gzip.compress(b"{}")[:-9])
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    os.mkfifo("fifo")
    Path("loop").symlink_to("loop")
    assert call(*words) == 2
    Path("loop").unlink()
    assert Path("fifo").is_fifo()
    Path("fifo").unlink()
    printed = capsys.readouterr().err
    assert named in printed
    assert len(printed.splitlines()) <= 2
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


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
