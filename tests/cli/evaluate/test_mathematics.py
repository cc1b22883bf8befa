"""`evaluate --math`: answers graded by what is known to be right."""

import json
from pathlib import Path

import pytest

from simulator.judging import Skill
from tests.cli.conftest import Call
from tests.cli.evaluate.comparing import answer
from tests.cli.filtering import read_lines, write_lines
from tests.doubles.fake_openai import FakeOpenAI


def test_mathematics_needs_no_judge_and_no_other_model(
    call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = [r"\boxed{4}", r"\boxed{5}", "", "No idea.", r"\boxed{5} or \boxed{4}"]
    problems = [{"problem": f"{n} + 2 - {n} + 2?", "solution": r"\boxed{4}", "type": "Algebra"}
                for n in range(5)]  # fmt: skip
    answers = [
        {"question": row["problem"], "answer": text}
        for row, text in zip(problems, said, strict=True)
    ]
    a = write_lines(tmp_path / "a.jsonl", answers)
    math = write_lines(tmp_path / "math.jsonl", problems)
    assert call("evaluate", "--model", a, "--math", math, "--out", tmp_path / "out") == 0
    rows = read_lines(tmp_path / "out" / "math.jsonl")
    grades = [row["grades"]["a"] for row in rows]
    assert grades == ["right", "wrong", "empty", "unreadable", "right"]
    found = json.loads((tmp_path / "out" / "results.json").read_text())["math"]["a"]
    assert (found["accuracy"]["share"], found["several_boxes"]) == (0.4, 1)
    assert "A: 2 right, 40.0%" in capsys.readouterr().out


def test_models_are_asked_for_mathematics(call: Call, models: FakeOpenAI, tmp_path: Path) -> None:
    from simulator.truth import right_answer  # noqa: PLC0415 - for this alone

    asked = [f"Problem {n}?" for n in range(8)]
    rows = [{"question": text, "std_answer": str(right_answer(text))} for text in asked]
    math = write_lines(tmp_path / "math.jsonl", rows)
    models.answer = lambda r: answer(r, Skill(wrong=1.0 if r["model"] == "b" else 0.0))
    at = ("--base-url", models.url, "--against-base-url", models.url)
    words = ("--model", "openai:a", "--against", "openai:b", *at, "--math", math)
    assert call("evaluate", *words, "--out", tmp_path / "out") == 0
    found = json.loads((tmp_path / "out" / "results.json").read_text())["math"]
    assert [found[side]["right"] for side in ("a", "b")] == [8, 0]
    assert (found["difference"], found["interval"]) == (1.0, [1.0, 1.0])
