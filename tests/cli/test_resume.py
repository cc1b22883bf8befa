"""`resume` after whatever ended a run: a refusal, a cap, a damaged database, a lock."""

import json
from pathlib import Path

import pytest
from filelock import FileLock

from tests.cli.conftest import Call, refuse_after
from tests.doubles.fake_openai import FakeOpenAI
from tests.doubles.scripted import sensible, serve


def test_resume_of_a_finished_run_asks_nothing(
    call: Call, run: Call, server: FakeOpenAI, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(out)
    before, asked = (out / "dataset.jsonl").read_bytes(), len(server.requests)
    assert call("resume", out) == 0
    assert (out / "dataset.jsonl").read_bytes() == before
    assert len(server.requests) == asked


def test_a_refusal_pauses_the_run_and_resume_finishes_it(
    call: Call, run: Call, server: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, out = tmp_path / "whole", tmp_path / "out"
    run(whole)
    answer = refuse_after(server, 5)
    wanted = ("--per-task", "6")
    assert run(out, *wanted) == 1
    message = capsys.readouterr().err
    assert "explore-instruct: " in message
    assert "Traceback" not in message
    server.answer = answer
    assert call("resume", out) == 0
    other = tmp_path / "other"
    run(other, *wanted)
    assert (out / "dataset.jsonl").read_bytes() == (other / "dataset.jsonl").read_bytes()


def test_a_larger_budget_goes_on_where_the_smaller_one_stopped(
    call: Call, run: Call, server: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    server.answer = serve(sensible)
    assert run(out, "--max-calls", 2) == 0
    assert "stopped by max_calls" in capsys.readouterr().out
    first = (out / "dataset.jsonl").read_text()
    assert call("resume", out) == 0
    assert "Go on with a larger --max-calls" in capsys.readouterr().err
    asked = len(server.requests)
    assert call("resume", out, "--max-calls", 40) == 0
    assert "stopped by" not in capsys.readouterr().out
    second = (out / "dataset.jsonl").read_text()
    assert second.startswith(first)
    assert second != first
    assert 0 < len(server.requests) - asked <= 38
    assert call("resume", out, "--records", 20, "--json") == 0
    assert json.loads(capsys.readouterr().out)["records"] <= 20
    assert "records: 20" in (out / "config.yaml").read_text()


def test_of_a_damaged_database_what_can_be_read_is_saved(
    call: Call, run: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(out, "--per-task", 20, "--max-calls", 12) == 0
    kept = [json.loads(line)["id"] for line in (out / "dataset.jsonl").read_text().splitlines()]
    with (out / "run.db").open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 3000)
    assert call("resume", out, "--max-calls", 99) == 1
    told = capsys.readouterr().err.splitlines()[-1]
    assert "resume" not in told
    assert f"records that it still gives: {out / 'salvaged.jsonl'}" in told
    assert f"; {len(kept)} written before: {out / 'dataset.jsonl'}" in told
    saved = [json.loads(line)["id"] for line in (out / "salvaged.jsonl").read_text().splitlines()]
    assert set(saved) <= set(kept)


def test_a_run_is_open_once(
    call: Call, run: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(out) == 0
    with FileLock(out / "run.lock"):
        assert call("resume", out) == 2
    assert "in use by another process" in capsys.readouterr().err
    assert call("resume", out) == 0


def test_the_data_of_a_run_whose_journal_is_gone_stays(
    call: Call, run: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert run(out) == 0
    data = (out / "dataset.jsonl").read_bytes()
    for name in ("run.db", "dataset.jsonl", "config.yaml"):
        export = ("export", out, "--format", "messages", "--out", out / name)
        assert call(*export) == 2
    (out / "run.db").unlink()
    assert call("resume", out) == 2
    assert "run.db" in capsys.readouterr().err
    assert (out / "dataset.jsonl").read_bytes() == data


@pytest.mark.parametrize(
    ("first", "then"), [("depth-first", "adaptive"), ("adaptive", "depth-first")]
)
def test_a_run_may_go_on_with_another_strategy(
    call: Call, server: FakeOpenAI, tmp_path: Path, first: str, then: str
) -> None:
    out, more = tmp_path / "out", tmp_path / "more"
    words = ("--base-url", server.url, "--model", "openai:fake")
    assert call("run", "rewriting", *words, "--strategy", first, "--records", 20, "--out", out) == 0
    rows = (out / "dataset.jsonl").read_text().splitlines()
    assert len(rows) == 20
    renewed = ("--strategy", then, "--records", 60)
    assert call("run", "--from", out, *words, *renewed, "--out", more) == 0
    assert call("resume", out, *renewed) == 0
    assert f"strategy: {then}" in (out / "config.yaml").read_text()
    for folder in (out, more):
        found = (folder / "dataset.jsonl").read_text().splitlines()
        assert (found[:20], len(found)) == (rows, 60)
        tree = json.loads((folder / "tree.json").read_text())
        assert len(tree["nodes"]) > 30


@pytest.mark.parametrize(
    ("first", "then"), [("depth-first", "adaptive"), ("adaptive", "depth-first")]
)
@pytest.mark.parametrize("calls", [2, 7, 14])
def test_a_paused_run_may_go_on_with_another_strategy(
    call: Call, server: FakeOpenAI, tmp_path: Path, first: str, then: str, calls: int
) -> None:
    words = ("--base-url", server.url, "--model", "openai:fake", "--out", tmp_path / "out")
    answer = refuse_after(server, calls)
    assert call("run", "rewriting", *words, "--strategy", first, "--records", 60) == 1
    server.answer = answer
    assert call("resume", tmp_path / "out", "--strategy", then) == 0
    stats = json.loads((tmp_path / "out" / "stats.json").read_text())
    assert (stats["records"], stats["strategy"], stats["stopped_by"]) == (60, then, None)


def test_a_run_may_go_on_with_another_judge_or_one_that_is_told_more(
    call: Call, run: Call, server: FakeOpenAI, tmp_path: Path
) -> None:
    out, wanted = tmp_path / "out", ("--per-task", 4, "--judge-model", "openai:judge")
    server.answer = serve(sensible)
    answer = refuse_after(server, 9)
    assert run(out, *wanted) == 1
    server.answer = answer
    assert call("resume", out, "--tasks-only") == 2
    renewed = ("--judge-model", "openai:other", "--judge-base-url", server.url, "--revise")
    assert call("resume", out, *renewed, "--judge-threshold", 0.6) == 0
    config = (out / "config.yaml").read_text()
    assert all(f"{line}\n" in config for line in ("judge_model: openai:other", "revise: true"))
    kept = [json.loads(line) for line in (out / "dataset.jsonl").read_text().splitlines()]
    assert all(row["score"] == 0.8 for row in kept)
    calls = [json.loads(line) for line in (out / "calls.jsonl").read_text().splitlines()]
    assert "other" in {row["model"] for row in calls if row["operation"] == "judge"}
