"""`rate` and what sums it up in the terminal: refusals, addresses, tables."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cli.rate import addresses
from cli.rated import show_ratings
from tests.cli.conftest import Call
from tests.training.rating.samples import lines, pairs, rating_row, written
from tests.training.rating.test_judged import evaluated
from training.pairs import comparison_id

ASKED = pairs(6)
ID = comparison_id(ASKED)


def ratings(folder: Path, **raters: str) -> Path:
    """Write ratings, as "a", "b" or "t" to each question."""
    rows = [
        rating_row(pair.key, rater, {"t": "tie"}.get(mark, mark), comparison=ID)
        for rater, said in raters.items()
        for pair, mark in zip(ASKED, said, strict=False)
    ]
    return lines(folder / "ratings.jsonl", rows)


def refused(call: Call, capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert call("rate", *words) == 2
    told = capsys.readouterr().err
    assert len(told.splitlines()) == 1, told
    return told


def test_bad_input_is_told_and_nothing_is_made(
    call: Call, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    a, b = written(tmp_path, ASKED)
    out = tmp_path / "out.jsonl"
    other = lines(tmp_path / "other.jsonl", [{"instruction": "Else?", "output": "x"}])
    assert "0 questions of 6 in" in refused(call, capsys, a, other, "--out", out)
    assert "would be written over" in refused(call, capsys, a, b, "--out", a)
    for unseen in (" ", "\u3164", "\u2800"):
        assert "a rater needs a name that can be seen" in refused(
            call, capsys, a, b, "--out", out, "--rater", unseen
        )
    foreign = ratings(tmp_path, Ann="ab")
    lines(foreign, [rating_row("0" * 16, "Ann", "a")])
    assert "ratings of another comparison" in refused(call, capsys, a, b, "--out", foreign)
    assert not out.exists()
    assert not list(tmp_path.glob(".*")), "no lock is left"


def test_an_address_that_cannot_be_had_is_told(
    call: Call, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    a, b = written(tmp_path, ASKED)
    words = (a, b, "--out", tmp_path / "o.jsonl", "--no-open")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        told = refused(call, capsys, *words, "--port", port)
    assert f"--host 127.0.0.1 --port {port}: cannot listen there" in told
    assert "--host 192.0.2.77: cannot listen" in refused(
        call, capsys, *words, "--host", "192.0.2.77"
    )


def test_the_addresses_hold_the_token() -> None:
    assert addresses("127.0.0.1", 1, "t") == ("http://127.0.0.1:1/#t", None)
    assert addresses("::1", 1, "t")[0] == "http://[::1]:1/#t"
    here, _ = addresses("0.0.0.0", 1, "t")  # noqa: S104 - what a person names for a phone
    assert here == "http://127.0.0.1:1/#t"


def test_the_table_tells_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = ratings(tmp_path, Ann="aabbta", **{"[b]Bo[/b]": "aabtta"})
    (tmp_path / "e").mkdir()
    outcomes = ["win", "win", "lose", "lose", "tie", "lose"]
    show_ratings([file], evaluated(tmp_path / "e", outcomes, ASKED))
    told = capsys.readouterr().out
    assert "3 : 2 : 1" in told  # by majority, where one of two says tie nothing leads
    assert "3 : 1 : 2" in told
    assert "[b]Bo[/b]" in told
    assert "75.0% [" in told
    assert "alpha 0.76; 6 questions with two ratings or more" in told
    assert "agrees with people on 67% [" in told


def test_what_is_not_defined_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show_ratings([ratings(tmp_path, Ann="ttt")], None)
    told = capsys.readouterr().out
    assert "none decided" in told
    assert "alpha not defined: one rater alone" in told
    assert "judge" not in told


def test_json_tells_the_same(
    call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = ratings(tmp_path, Ann="aabbta", Bo="aabtta")
    (tmp_path / "e").mkdir()
    evaluated(tmp_path / "e", ["win", "win", "lose", "lose", "tie", "lose"], ASKED)
    assert call("evaluate", "--ratings", file, "--verdicts", tmp_path / "e", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert {name: told[name] for name in ("win", "tie", "lose", "beat_rate")} == {
        "win": 3, "tie": 2, "lose": 1, "beat_rate": 0.75,
    }  # fmt: skip
    assert told["raters"]["Ann"]["lose"] == 2
    assert round(told["alpha"], 4) == 0.7556
    assert told["alpha_undefined"] is None
    assert round(told["judge"]["same"], 4) == 0.6667
    assert call("evaluate", "--ratings", ratings(tmp_path, Ann="ttt"), "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["alpha"] is told["beat_rate"] is told["interval"] is told["judge"] is None
    assert told["alpha_undefined"] == "one rater alone"


def test_rating_imports_no_torch() -> None:
    code = (
        "import sys, cli.rate, cli.rated; "
        "print(*{m.split('.')[0] for m in sys.modules} & {'torch', 'transformers', 'langgraph'})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not done.stdout.split()
