"""`judge`: any data scored by a rubric, gone on with, capped, compared with labels."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.gold import gold_of
from tests.cli.conftest import Call
from tests.cli.filtering import read_lines, write_lines
from tests.doubles.fake_openai import FakeOpenAI, FakeReply

ROOT = Path(__file__).parents[2]
MAIN = "from cli.main import main; main()"
RUBRIC = "rubric:\n  right: The output is right.\n  short: It is short.\n"
GOOD = [True, False, True, True, False, True]


def verdict(request: dict[str, Any]) -> FakeReply:
    """Fail what says so of itself, by the first criterion."""
    asked = request["messages"][-1]["content"]
    said = "fail" if "A bad output" in asked else "pass"
    verdicts = {str(n): {"reason": f"It is {said}.", "verdict": "pass"} for n in range(1, 5)}
    score = "2" if said == "fail" else "9"
    verdicts["1"]["verdict"] = said
    return FakeReply(content=json.dumps({**verdicts, "score": score}))


@pytest.fixture
def judging() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(verdict) as endpoint:
        yield endpoint


@pytest.fixture
def data(tmp_path: Path) -> Path:
    rows = [
        {
            "prompt": f"Do the {n}. thing.",
            "response": f"A {'good' if good else 'bad'} output.",
            "label": "good" if good else "bad",
            "stars": n % 3,
        }
        for n, good in enumerate(GOOD)
    ]
    return write_lines(tmp_path / "data.jsonl", rows)


@pytest.fixture
def judge(call: Call, judging: FakeOpenAI, data: Path, tmp_path: Path) -> Call:
    at = ("--judge-model", "openai:fake", "--judge-base-url", judging.url)
    return lambda *more: call("judge", data, *at, "--out", tmp_path / "scores.jsonl", *more)


def test_every_row_keeps_its_fields_and_gets_its_score(judge: Call, tmp_path: Path) -> None:
    assert judge() == 0
    rows = read_lines(tmp_path / "scores.jsonl")
    assert [row["passed"] for row in rows] == GOOD
    assert [row["score"] for row in rows] == [0.9 if good else 0.2 for good in GOOD]
    assert rows[1]["failures"] == [{"criterion": "clear", "reason": "It is fail."}]
    assert (rows[1]["prompt"], rows[1]["judge"]) == ("Do the 1. thing.", "fake")


def test_the_same_command_asks_nothing_twice(judge: Call, judging: FakeOpenAI) -> None:
    assert judge() == 0
    asked = len(judging.requests)
    assert judge() == 0
    assert [_said(request) for request in judging.requests[asked:]] == []


def _said(request: dict[str, Any]) -> str:
    return str(request["messages"][-1]["content"])


def test_a_cap_ends_it_and_a_larger_one_goes_on(
    judge: Call, judging: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge("--max-calls", 4, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["judged"], told["stopped_by"]) == (
        len(read_lines(tmp_path / "scores.jsonl")),
        "max_calls",
    )
    assert 0 < told["judged"] <= 4
    assert len(judging.requests) <= 4
    assert judge("--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["judged"], told["stopped_by"]) == (6, None)
    assert len(judging.requests) == 6


def test_labels_are_compared_with_the_verdicts(
    judge: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judge("--gold", "label", "--json") == 0
    found = json.loads(capsys.readouterr().out)["agreement"]
    assert (found["sensitivity"], found["specificity"]) == (
        {"found": 2, "of": 2},
        {"found": 4, "of": 4},
    )
    assert found["kappa"] == 1
    assert judge("--gold", "stars=0") == 0
    assert "against 6 labels: finds 0.50 " in capsys.readouterr().out


@pytest.mark.parametrize("named", ["a=b", "a=b=yes"])
def test_the_name_of_a_field_of_labels_may_hold_a_sign(
    judge: Call, data: Path, capsys: pytest.CaptureFixture[str], named: str
) -> None:
    rows = zip(read_lines(data), GOOD, strict=True)
    write_lines(data, [{**row, "a=b": "yes" if good else "no"} for row, good in rows])
    assert judge("--gold", named) == 0
    assert "finds 1.00 " in capsys.readouterr().out


@pytest.mark.parametrize("good", [1.0, 1, True, "1", "Yes "])
def test_a_whole_number_is_one_label_with_and_without_a_point(good: object) -> None:
    labels: list[dict[str, object]] = [{"grade": good}, {"grade": 0.0}, {"grade": 0}]
    gold = gold_of("grade", labels)
    assert [gold.is_good(row) for row in labels] == [True, False, False]


def test_records_without_an_output_are_told(
    judge: Call, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = read_lines(data)
    write_lines(data, [{"prompt": row["prompt"], "said": row["response"]} for row in rows[:2]])
    assert judge() == 0
    assert "2 of 2 records without an output" in capsys.readouterr().err


def test_a_rubric_of_ones_own_is_asked(judge: Call, judging: FakeOpenAI, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(RUBRIC)
    assert judge("--rubric", tmp_path / "mine.yaml") == 0
    system = judging.requests[-1]["messages"][0]["content"]
    assert "1. right: The output is right." in system
    assert "3. " not in system


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--gold", "lable"], "no field 'lable'"),
        (["--gold", "stars"], "say which means that a record is good"),
        (["--gold", "prompt=x"], "say which means that a record is good"),
        (["--rubric", "empty.yaml"], "there is no criterion"),
        (["--rubric", "list.yaml"], "rubric"),
        (["--rubric", "missing.yaml"], "missing.yaml"),
        (["--max-usd", "1"], "no price is known"),
        (["--judge-threshold", "2"], "--judge-threshold"),
        (["--field", "nothing"], "--field names another field"),
    ],
)
def test_bad_input_is_told_before_anything_is_sent(
    judge: Call,
    judging: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    said: str,
) -> None:
    (tmp_path / "empty.yaml").write_text("rubric: {}\n")
    (tmp_path / "list.yaml").write_text("rubric: [a, b]\n")
    assert judge(*words) == 2
    told = capsys.readouterr().err
    assert said in told
    assert len(told.splitlines()) <= 2
    assert judging.requests == []
    assert not (tmp_path / "scores.jsonl").exists()


def test_labels_with_one_value_are_refused(
    judge: Call, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lines(data, [{**row, "label": "good"} for row in read_lines(data)])
    assert judge("--gold", "label") == 2
    assert "there is nothing to agree with" in capsys.readouterr().err


def test_what_the_judge_answers_without_sense_is_told_and_not_passed(
    judge: Call, judging: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    judging.answer = lambda request: (
        FakeReply(content="Nice!")
        if "the 3. thing" in str(request["messages"])
        else verdict(request)
    )
    assert judge("--gold", "label") == 0
    row = read_lines(tmp_path / "scores.jsonl")[3]
    assert (row["score"], row["passed"]) == (None, None)
    told = capsys.readouterr().out
    assert "1 verdict could not be read" in told
    assert "against 5 labels" in told


def test_a_judge_that_refuses_ends_it_and_it_goes_on(
    judge: Call, judging: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused = FakeReply(status=401, content="key expired")
    judging.answer = lambda request: verdict(request) if len(judging.requests) < 4 else refused
    assert judge("--parallel", 1) == 1
    assert "the same command goes on" in capsys.readouterr().err
    assert not (tmp_path / "scores.jsonl").exists()
    before = {_said(request) for request in judging.requests[:3]}
    judging.answer, asked = verdict, len(judging.requests)
    assert judge() == 0
    assert not before & {_said(request) for request in judging.requests[asked:]}
    assert len(read_lines(tmp_path / "scores.jsonl")) == 6


@pytest.mark.slow
def test_a_killed_one_goes_on_to_the_same_bytes(
    judge: Call, judging: FakeOpenAI, data: Path, tmp_path: Path
) -> None:
    assert judge() == 0
    whole, out = (tmp_path / "scores.jsonl").read_bytes(), tmp_path / "killed.jsonl"
    at = ["--judge-model", "openai:fake", "--judge-base-url", judging.url, "--parallel", "1"]
    command = [sys.executable, "-c", MAIN, "judge", str(data), *at, "--out", str(out)]
    begun = len(judging.requests)
    process: list[subprocess.Popen[bytes]] = []

    def killing(request: dict[str, Any]) -> FakeReply:
        if len(judging.requests) == begun + 4:
            process[0].kill()
        return verdict(request)

    judging.answer = killing
    process.append(subprocess.Popen(command, cwd=ROOT))
    assert process[0].wait(60) == -signal.SIGKILL
    assert not out.exists()
    judging.answer, asked = verdict, len(judging.requests)
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    assert out.read_bytes() == whole
    again = {_said(r) for r in judging.requests[begun:asked]} & {
        _said(r) for r in judging.requests[asked:]
    }
    assert len(again) < 4  # of those asked before the kill, what was stored is not asked again
