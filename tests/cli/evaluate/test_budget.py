"""What `evaluate` pays for: probes once and below the caps, nothing in vain, no lost answer."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.cli.conftest import Call
from tests.cli.evaluate.comparing import answer, files_of
from tests.cli.filtering import read_lines, write_lines
from tests.doubles.fake_openai import FakeOpenAI, FakeReply

Told = pytest.CaptureFixture[str]
PROBE = "Say yes."


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asking.attempts.FIRST_WAIT_S", 0.0)


def probes(models: FakeOpenAI) -> int:
    return sum(PROBE in str(request["messages"]) for request in models.requests)


def losing(models: FakeOpenAI, is_lost: Callable[[dict[str, Any]], bool]) -> None:
    """Let the endpoint end the connection in the middle of some answers."""
    models.answer = lambda request: (
        FakeReply(cut=True)
        if is_lost(request) and PROBE not in str(request["messages"])
        else answer(request)
    )


def test_probes_are_paid_for_once_and_counted(
    evaluate: Call, models: FakeOpenAI, capsys: Told
) -> None:
    models.models_status = 404
    told = []
    for cap in (10, 10, 20, 100, 100):
        assert evaluate("--max-calls", cap, "--json") == 0
        told.append(json.loads(capsys.readouterr().out)["calls"])
        assert len(models.requests) == told[-1] <= cap
    assert probes(models) == 3
    assert told[0] == told[1] < told[2] < told[3] == told[4] == 3 + 6 * 4


@pytest.mark.parametrize("cap", [("--max-calls", 1), ("--max-tokens", 81)])
def test_a_cap_holds_for_probes_too(
    evaluate: Call, models: FakeOpenAI, capsys: Told, cap: tuple[str, int]
) -> None:
    models.models_status = 404
    assert evaluate(*cap, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["stopped_by"] == cap[0].strip("-").replace("-", "_")
    assert told["calls"] == len(models.requests) == 1


def test_a_folder_in_use_costs_nothing_and_stays(
    evaluate: Call, models: FakeOpenAI, tmp_path: Path, capsys: Told
) -> None:
    models.models_status = 404
    assert evaluate() == 0
    before, asked = files_of(tmp_path / "out"), len(models.requests)
    math = write_lines(tmp_path / "math.jsonl", [{"question": "1 + 1?", "answer": "2"}])
    with FileLock(tmp_path / "out" / "evaluate.lock"):
        assert evaluate("--math", math) == 2
    assert "is being written already" in capsys.readouterr().err
    assert len(models.requests) == asked
    assert evaluate() == 0  # the mathematics was never begun
    assert files_of(tmp_path / "out") == before


def test_a_place_that_cannot_be_is_told_before_anything_is_paid(
    evaluate: Call, models: FakeOpenAI, questions: Path, capsys: Told
) -> None:
    models.models_status = 404
    assert evaluate(out=f"{questions.name}/out") == 2
    assert "name another" in capsys.readouterr().err
    assert models.requests == []


@pytest.mark.parametrize("lost", ["openai:a", "<pair>"])
def test_an_answer_that_is_lost_under_a_cap_is_no_answer(
    evaluate: Call, models: FakeOpenAI, tmp_path: Path, capsys: Told, lost: str
) -> None:
    of_model = lost.removeprefix("openai:")

    def is_lost(request: dict[str, Any]) -> bool:
        words = str(request["messages"])
        is_its = request["model"] == of_model if of_model == "a" else of_model in words
        return is_its and "What is 3?" in words

    losing(models, is_lost)
    assert evaluate("--max-calls", 1000) == 0
    told = capsys.readouterr().out
    assert "pairs: 5 of 6 questions compared" in told
    assert "1 question left out, an answer lost on its way" in told
    assert "stopped by" not in told
    rows = read_lines(tmp_path / "out" / "verdicts.jsonl")
    assert [row["instruction"] for row in rows] == [f"What is {n}?" for n in (0, 1, 2, 4, 5)]
    assert "1 question is not compared: an answer was lost." in (
        (tmp_path / "out" / "report.html").read_text("utf-8")
    )


def test_a_problem_whose_answer_is_lost_is_not_graded(
    call: Call, models: FakeOpenAI, tmp_path: Path, capsys: Told
) -> None:
    rows = [{"question": f"{n} + 1?", "answer": f"{n + 1}"} for n in range(4)]
    math = write_lines(tmp_path / "math.jsonl", rows)
    losing(models, lambda request: "2 + 1?" in str(request["messages"]))
    words = ("--model", "openai:a", "--base-url", models.url, "--math", math, "--max-calls", 99)
    assert call("evaluate", *words, "--out", tmp_path / "out") == 0
    told = capsys.readouterr().out
    assert "mathematics: 3 of 4 problems graded" in told
    assert "1 problem left out, an answer lost on its way" in told
