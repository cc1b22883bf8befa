"""`evaluate` asks nothing twice, whatever is in flight: interrupted, capped, refused, killed."""

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call
from tests.cli.evaluate.comparing import MAIN, ROOT, answer, files_of, pair_words, questions_asked
from tests.doubles.fake_openai import FakeOpenAI, FakeReply


def test_the_same_bytes_whatever_is_in_flight_and_nothing_is_asked_twice(
    evaluate: Call, models: FakeOpenAI, tmp_path: Path
) -> None:
    assert evaluate("--parallel", 1, out="one") == 0
    assert evaluate("--parallel", 32, out="many") == 0
    assert files_of(tmp_path / "one") == files_of(tmp_path / "many")
    asked = questions_asked(models)
    assert evaluate(out="one") == 0
    assert questions_asked(models) == asked
    assert files_of(tmp_path / "one") == files_of(tmp_path / "many")


def test_no_question_begins_that_the_calls_cannot_end(evaluate: Call, models: FakeOpenAI) -> None:
    evaluate("--max-calls", 3)
    assert questions_asked(models) == 0
    evaluate("--max-calls", 7, out="other")
    assert questions_asked(models) == 4


@pytest.mark.parametrize(
    "cap", [("--max-calls", 14), ("--max-tokens", 30_000), ("--max-tokens", 200_000)]
)
def test_a_cap_ends_after_the_same_question_whatever_is_in_flight(
    evaluate: Call,
    models: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    cap: tuple[str, int],
) -> None:
    told, asked = [], [0]
    for parallel in (1, 32):
        assert evaluate(*cap, "--parallel", parallel, "--json", out=f"p{parallel}") == 0
        told.append(json.loads(capsys.readouterr().out))
        asked.append(questions_asked(models))
    assert files_of(tmp_path / "p1") == files_of(tmp_path / "p32")
    for result in told:
        used = result["calls"] if "calls" in cap[0] else result["prompt_tokens"]
        assert used <= cap[1]
        if result["pairwise"]["compared"] < 6:
            assert result["stopped_by"] == cap[0].strip("-").replace("-", "_")
    assert told[0]["pairwise"]["compared"] == told[1]["pairwise"]["compared"] > 0
    assert evaluate(out="p1") == 0
    assert asked[1] + questions_asked(models) - asked[2] == 6 * 4


def test_a_model_that_refuses_ends_it_and_the_same_command_goes_on(
    evaluate: Call, models: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = FakeReply(status=401, content="key expired")
    models.answer = lambda request: answer(request) if len(models.requests) < 8 else refused
    assert evaluate("--parallel", 1) == 1
    assert "the same command goes on" in capsys.readouterr().err
    assert not (tmp_path / "out" / "results.json").exists()
    before = {json.dumps(request, sort_keys=True) for request in models.requests[:7]}
    models.answer, asked = answer, len(models.requests)
    assert evaluate() == 0
    assert not before & {json.dumps(r, sort_keys=True) for r in models.requests[asked:]}


@pytest.mark.slow
@pytest.mark.parametrize("after", [3, 9, 17])
def test_a_killed_one_goes_on_to_the_same_bytes(
    evaluate: Call, models: FakeOpenAI, questions: Path, tmp_path: Path, after: int
) -> None:
    assert evaluate(out="whole") == 0
    out, begun = tmp_path / "killed", len(models.requests)
    words = [*pair_words(models.url, questions), "--out", str(out), "--parallel", "2"]
    command = [sys.executable, "-c", MAIN, "evaluate", *words]
    process: list[subprocess.Popen[bytes]] = []

    def killing(request: dict[str, Any]) -> FakeReply:
        if len(models.requests) == begun + after:
            process[0].kill()
        return answer(request)

    models.answer = killing
    process.append(subprocess.Popen(command, cwd=ROOT))
    assert process[0].wait(60) == -signal.SIGKILL
    assert not (out / "results.json").exists()
    with closing(sqlite3.connect(out / "journal.db")) as journal:
        ((stored,),) = journal.execute("SELECT count(*) FROM answers")
    models.answer, asked = answer, len(models.requests)
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    assert files_of(out) == files_of(tmp_path / "whole")
    assert questions_asked(models, asked) == 6 * 4 - stored
