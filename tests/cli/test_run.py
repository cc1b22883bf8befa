"""`run` as a person uses it: the files it makes, dry runs, configs, other runs' trees."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.running import renewed
from report import ending
from tests.cli.conftest import Call
from tests.doubles.fake_openai import FakeOpenAI


def test_run_writes_a_folder_and_prints_what_it_did(
    run: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(out, "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["tasks"], result["records"]) == (4, 8)
    assert {path.name for path in out.iterdir()} >= {
        "run.db",
        "config.yaml",
        "tree.json",
        "dataset.jsonl",
        "rejected.jsonl",
        "calls.jsonl",
        "stats.json",
        "report.html",
    }
    first = json.loads((out / "dataset.jsonl").read_text().splitlines()[0])
    assert list(first) == [
        "id",
        "instruction",
        "input",
        "output",
        "task",
        "path",
        "depth",
        "model",
        "nearest_id",
        "nearest_rouge_l",
        "call",
    ]
    assert yaml.safe_load((out / "config.yaml").read_text())["settings"]["breadth"] == [3]


def test_a_run_ends_with_its_report(
    call: Call, run: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(out, "--threshold", 0.6, "--json") == 0
    report = out / "report.html"
    assert json.loads(capsys.readouterr().out)["report"] == str(report)
    assert "at 0.6</td>" in report.read_text("utf-8")
    stats = json.loads((out / "stats.json").read_text())
    assert call("analyze", out, "--threshold", 0.6, "--json", "a.json") == 0
    (found,) = json.loads(Path("a.json").read_text())["sets"]
    assert stats["statistics"]["rouge_l_mean_of_highest"] == found["rouge_l"]["mean_of_highest"]
    pairs = found["verb_noun"] or {"unique": None, "deviation": None}
    assert stats["statistics"]["verb_noun_pairs"] == pairs["unique"]
    assert stats["statistics"]["verb_noun_deviation"] == pairs["deviation"]


@pytest.mark.parametrize("fault", [OSError("disk full"), KeyboardInterrupt(), MemoryError()])
def test_a_report_that_cannot_be_written_fails_no_run(
    run: Call,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    fault: BaseException,
) -> None:
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(ending, "page", fail)
    out = tmp_path / "out"
    assert run(out, "--tasks-only") == 0
    told = capsys.readouterr()
    assert f"analyze {out} --html {out / 'report.html'}" in told.err
    assert "report:" not in told.out
    assert "Traceback" not in told.err


def test_dry_run_makes_nothing_and_asks_nothing(
    run: Call, server: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path / "out", "--dry-run") == 0
    told = capsys.readouterr().out
    assert "up to 4 tasks and 8 records" in told
    assert "no cap is set" in told
    caps = ("--max-calls", 20, "--max-tokens", 9000)
    assert run(tmp_path / "out", "--dry-run", *caps) == 0
    assert "stops at 20 calls, 9,000 tokens" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()
    assert not server.requests


@pytest.mark.parametrize(
    ("strategy", "option"), [("adaptive", "--frontier"), ("self-instruct", "--patience")]
)
def test_an_option_that_means_nothing_to_the_strategy_is_refused(
    run: Call,
    call: Call,
    server: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    strategy: str,
    option: str,
) -> None:
    out, named = tmp_path / "out", (option, 2)
    assert run(out, "--strategy", strategy, *named) == 2
    told = capsys.readouterr().err
    assert f"{option} means nothing to the strategy {strategy}: leave it out" in told
    assert not out.exists()
    assert not server.requests
    assert run(out, *named, "--max-calls", 9) == 0
    config = out / "config.yaml"
    again = ("--strategy", strategy, "--dry-run", "--model", "openai:x")
    assert call("run", config, *again) == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), ("about ", " and 500 records", "no cap is set")),
        (("--records", 60), ("and 60 records",)),
        (("--max-calls", 40), ("about 40 calls (12 to explore)", "stops at 40 calls")),
        (("--depth", 1, "--breadth", 4, "--per-task", 3), ("about 5 tasks and 15 records",)),
        (("--tasks-only", "--max-calls", 40), ("and 0 records", "40 calls (40 to explore)")),
    ],
)
def test_a_dry_run_tells_what_the_limits_of_an_open_ended_strategy_come_to(
    call: Call,
    server: FakeOpenAI,
    capsys: pytest.CaptureFixture[str],
    words: tuple[object, ...],
    told: tuple[str, ...],
) -> None:
    model = ("--base-url", server.url, "--model", "openai:fake", "--strategy", "adaptive")
    assert call("run", "rewriting", *model, "--dry-run", *words) == 0
    shown = capsys.readouterr().out
    assert all(part in shown for part in told), shown
    assert not server.requests


def test_a_dry_run_from_another_counts_what_exists(
    call: Call, run: Call, server: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    run(out)
    server.requests.clear()
    capsys.readouterr()
    assert call("run", "--from", out, "--dry-run") == 0
    assert "up to 4 tasks and 8 records" in (told := capsys.readouterr().out)
    assert "about 0 calls (0 to explore)" in told
    assert call("run", "--from", out, "--dry-run", "--per-task", 3, "--breadth", 5) == 0
    assert "up to 6 tasks and 18 records" in capsys.readouterr().out
    assert not server.requests


def test_a_config_repeats_its_run(call: Call, run: Call, tmp_path: Path) -> None:
    assert run(tmp_path / "one") == 0
    config = tmp_path / "one" / "config.yaml"
    assert call("run", config, "--out", tmp_path / "two") == 0
    for name in ("config.yaml", "dataset.jsonl", "rejected.jsonl", "calls.jsonl", "tree.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_run_from_deepens_a_finished_tree(
    call: Call, run: Call, server: FakeOpenAI, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    run(first)
    words = ("run", "--from", first, "--base-url", server.url, "--model", "openai:fake")
    more = ("--depth", 2, "--breadth", "3,2", "--per-task", 3, "--out", second)
    assert call(*words, *more) == 0
    old = (first / "dataset.jsonl").read_text().splitlines()
    new = (second / "dataset.jsonl").read_text().splitlines()
    assert new[: len(old)] == old
    stats = json.loads((second / "stats.json").read_text())
    assert (stats["records"], stats["inherited"]) == (len(new), len(old))
    tree = json.loads((second / "tree.json").read_text())
    assert len(tree["nodes"]) == 10
    assert len(new) == 30


def test_runs_whose_names_look_like_queries_have_their_own_journals(
    run: Call, tmp_path: Path
) -> None:
    for name in ("run?1", "run?2"):
        assert run(tmp_path / name, "--tasks-only") == 0
    assert {path.name for path in tmp_path.iterdir()} == {"run?1", "run?2"}


def test_a_review_shows_ids_and_goes_on_after_a_typing_error(
    run: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = "help me\nprune t99\nrename t1 Say it otherwise\ndone\n\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    out = tmp_path / "out"
    assert run(out, "--review") == 0
    told = capsys.readouterr().err
    assert "t1 Change the tone of a message" in told
    assert "not understood: help me" in told
    assert "left out: t99 (no task 't99' in the tree); 1 edit kept" in told
    names = [node["name"] for node in json.loads((out / "tree.json").read_text())["nodes"]]
    assert "Say it otherwise" in names


def test_a_review_shows_a_branch_and_keeps_the_edits_given_before(
    run: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = "rename t1 Say it otherwise\nshow t99\nshow t1\ndone\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    out = tmp_path / "out"
    assert run(out, "--review") == 0
    told = capsys.readouterr().err
    assert ">:no task 't99' in the tree" in told
    assert ">:t1 Change the tone of a message" in told, "the branch alone, after the prompt"
    names = [node["name"] for node in json.loads((out / "tree.json").read_text())["nodes"]]
    assert "Say it otherwise" in names


def test_a_review_that_is_left_is_asked_again(
    call: Call,
    run: Call,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert run(out, "--review") == 130
    assert f"explore-instruct resume {out}" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", io.StringIO("prune t1\n\n"))
    assert call("resume", out) == 0
    assert "t1" not in {n["id"] for n in json.loads((out / "tree.json").read_text())["nodes"]}


@pytest.mark.parametrize(
    ("known", "named", "expected"),
    [
        ({"per_task": 5, "seed": 1}, {"records": 80}, {"records": 80, "seed": 1}),
        ({"records": 80}, {"per_task": 5}, {"per_task": 5}),
        ({"depth": 2, "breadth": [3, 2]}, {"depth": 3}, {"depth": 3}),
        ({"depth": 2, "breadth": [3, 2]}, {"breadth": [4, 2]}, {"depth": 2, "breadth": [4, 2]}),
    ],
)
def test_what_is_named_anew_lets_go_of_what_it_replaces(
    known: dict[str, Any], named: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert renewed(known, named) == expected
