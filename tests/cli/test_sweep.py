"""`sweep`: many runs from one file, one table, one page; what is wrong is said beforehand."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from graph.database import hold
from store.files.folder import read_config
from tests.cli.conftest import Call, refuse_after
from tests.doubles.fake_openai import FakeOpenAI
from tests.report.samples import write_lines
from tests.sweep.samples import SMALL, write_sweep

RUNS = [
    f"rewriting-{strategy}-seed{n}" for n in (1, 2) for strategy in ("adaptive", "self-instruct")
]


@pytest.fixture
def file(tmp_path: Path, server: FakeOpenAI) -> Path:
    """Give the small sweep, whose runs ask the server."""
    return write_sweep(tmp_path, models=at(server))


def at(server: FakeOpenAI) -> list[dict[str, Any]]:
    return [{"model": "openai:fake", "base_url": server.url}]


def test_every_combination_is_a_run_and_one_table_tells_of_all(
    call: Call, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("sweep", file) == 0
    told, out = capsys.readouterr(), tmp_path / "runs" / "sweep"
    (group,) = json.loads((out / "table.json").read_text())["groups"]
    for strategy, counts in group["figures"]["records"]["by_seed"].items():
        for seed, count in zip((1, 2), counts, strict=True):
            rows = (out / f"rewriting-{strategy}-seed{seed}" / "dataset.jsonl").read_text()
            assert len(rows.splitlines()) == count > 0
    assert "adaptive minus it" in told.out
    assert told.err.splitlines()[-1].startswith("rewriting-self-instruct-seed2: 6 records")
    assert "(4 of 4)" in told.err
    page = (out / "report.html").read_text("utf-8")
    assert all(name in page for name in [*RUNS, "adaptive minus it"])
    left = {entry.name for entry in out.iterdir()}
    assert left == {*RUNS, "plan.json", "table.json", "report.html", "sweep.lock"}


def test_a_cap_of_the_whole_is_split_and_one_of_each_run_is_not(
    call: Call, server: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {"per_call": 1, "max_minutes": 5}
    file = write_sweep(tmp_path, models=at(server), settings=settings, max_calls=30)
    assert call("sweep", file, "--out", "out", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["calls"] == len(server.requests) <= 30
    for name in RUNS:
        had = read_config(tmp_path / "out" / name)["settings"]
        assert (had["max_calls"], had["max_minutes"]) == (7, 5)
    assert told["table"]["groups"][0]["figures"]["calls"]["by_seed"]["adaptive"] == [7, 7]


def test_runs_that_fail_are_named_and_the_same_command_goes_on(
    call: Call, file: Path, server: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was answered before the key expired is not asked again, and the table is the same."""
    assert call("sweep", file, "--out", "whole") == 0
    asked = len(server.requests)
    answer = refuse_after(server, 7)
    capsys.readouterr()
    assert call("sweep", file, "--out", "out") == 1
    told = capsys.readouterr().err
    assert "3 of 4 runs failed: rewriting-self-instruct-seed1: " in told
    assert "key expired" in told
    assert "the same command tries them again" in told
    (group,) = json.loads((tmp_path / "out" / "table.json").read_text())["groups"]
    assert group["runs"] == 1
    server.answer = answer
    refused = len(server.requests) - 7
    assert call("sweep", file, "--out", "out") == 0
    assert len(server.requests) == asked + refused
    tables = [(tmp_path / name / "table.json").read_bytes() for name in ("whole", "out")]
    assert tables[0] == tables[1]
    assert call("sweep", file, "--out", "out") == 0
    assert len(server.requests) == asked + refused


def test_seeds_are_added_and_nothing_else_is_changed(
    call: Call, server: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("sweep", write_sweep(tmp_path, models=at(server), seeds=[1]), "--out", "o") == 0
    before, asked = sorted((tmp_path / "o").iterdir()), len(server.requests)
    changed = write_sweep(
        tmp_path, models=at(server), seeds=[1], settings=SMALL["settings"] | {"per_call": 3}
    )
    assert call("sweep", changed, "--out", "o") == 2
    assert "had per_call 2, which is 3 now" in capsys.readouterr().err
    assert sorted((tmp_path / "o").iterdir()) == before
    assert len(server.requests) == asked
    assert call("sweep", write_sweep(tmp_path, models=at(server)), "--out", "o") == 0
    (group,) = json.loads((tmp_path / "o" / "table.json").read_text())["groups"]
    assert group["runs"] == 4


def test_questions_lie_beside_the_sweep(call: Call, server: FakeOpenAI, tmp_path: Path) -> None:
    write_lines(tmp_path / "q.jsonl", [{"question": "Rewrite an email politely"}])
    more = {"questions": "q.jsonl", "questions_cosine": 0.2, "strategies": ["adaptive"]}
    file = write_sweep(tmp_path, models=at(server), seeds=[1], **more)
    assert call("sweep", file, "--out", "out") == 0
    (group,) = json.loads((tmp_path / "out" / "table.json").read_text())["groups"]
    assert 0 <= group["figures"]["questions covered, share"]["mean"]["adaptive"]["mean"] <= 1


def test_a_dry_run_says_what_all_take_and_makes_nothing(
    call: Call, file: Path, server: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call("sweep", file, "--dry-run") == 0
    told = capsys.readouterr().out
    assert "rewriting-adaptive-seed1: up to 6 records from openai:fake: about 5 calls" in told
    assert "4 runs together: up to 24 records" in told
    assert call("sweep", file, "--dry-run", "--json") == 0
    as_json = json.loads(capsys.readouterr().out)
    assert as_json["records"] == 24
    assert as_json["runs"]["rewriting-adaptive-seed1"]["models"] == ["openai:fake"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["sweep.yaml"]
    assert not server.requests


BAD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "unknown key": ({"seed": [1]}, ["'seed'", "'seeds'"]),
    "no domain": ({"domains": ["none.yaml"]}, ["none.yaml"]),
    "no questions": ({"questions": "none.jsonl"}, ["none.jsonl"]),
    "no key": ({"models": ["openai:x"]}, ["rewriting-adaptive-seed1", "OPENAI_API_KEY"]),
    "no provider": ({"models": ["nobody:x"]}, ["rewriting-adaptive-seed1", "nobody"]),
    "nobody there": (
        {"models": [{"model": "openai:x", "base_url": "http://127.0.0.1:9/v1"}]},
        ["rewriting-adaptive-seed1", "127.0.0.1:9"],
    ),
    "no price": ({"max_usd": 4}, ["rewriting-adaptive-seed1", "no price is known for openai:fake"]),
    "too narrow": (
        {"strategies": ["depth-first"], "settings": {"depth": 1, "breadth": [1]}},
        ["rewriting-depth-first-seed1", "breadth 1"],
    ),
}


@pytest.mark.parametrize(("more", "named"), BAD.values(), ids=BAD.keys())
def test_what_cannot_start_is_said_before_anything_is_made(
    call: Call,
    server: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    more: dict[str, Any],
    named: list[str],
) -> None:
    file = write_sweep(tmp_path, **{"models": at(server), **more})
    assert call("sweep", file) == 2
    message = capsys.readouterr().err
    assert len(message.splitlines()) <= 2, message
    assert all(word in message for word in named), message
    assert [entry.name for entry in tmp_path.iterdir()] == ["sweep.yaml"]
    assert not server.requests


def test_two_sweeps_at_once_in_a_folder_and_one_of_another_are_refused(
    call: Call, file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (out := tmp_path / "out").mkdir()
    with hold(out / "sweep.lock", "", out, ""):
        assert call("sweep", file, "--out", out) == 2
    assert "is being swept already" in capsys.readouterr().err
    (out / "notes.txt").write_text("mine")
    assert call("sweep", file, "--out", out) == 2
    assert "holds files already" in capsys.readouterr().err
    assert (out / "notes.txt").read_text() == "mine"


def test_a_key_is_written_nowhere(
    call: Call, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-secret")
    content = yaml.safe_load(file.read_text()) | {"seeds": [1], "strategies": ["adaptive"]}
    file.write_text(yaml.safe_dump(content))
    assert call("sweep", file, "--out", "out") == 0
    for path in (tmp_path / "out").rglob("*"):
        assert path.is_dir() or b"sk-planted-secret" not in path.read_bytes(), path


@pytest.mark.slow
@pytest.mark.parametrize("words", [("--workers", "2"), ("--ray", "local", "--workers", "2")])
def test_a_team_makes_the_same_table(
    call: Call, file: Path, server: FakeOpenAI, tmp_path: Path, words: tuple[str, ...]
) -> None:
    if "--ray" in words:
        pytest.importorskip("ray")
    assert call("sweep", file, "--out", "alone") == 0
    asked = len(server.requests)
    assert call("sweep", file, "--out", "team", *words) == 0
    assert len(server.requests) == 2 * asked
    tables = [(tmp_path / name / "table.json").read_bytes() for name in ("alone", "team")]
    assert tables[0] == tables[1]
