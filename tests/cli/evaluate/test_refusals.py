"""What `evaluate` refuses: bad input, folders of other comparisons, judges that answer nonsense."""

from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.cli.evaluate.comparing import NOWHERE, SIZES, answer, files_of, questions_asked, written
from tests.cli.filtering import read_lines, write_lines
from tests.doubles.fake_openai import FakeOpenAI, FakeReply


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--model a.jsonl --against few.jsonl --judge-model openai:x J",
         "answers 2 of the 4 questions of a.jsonl; the first that it lacks is 'What is 2?'"),
        ("--model a.jsonl --against other.jsonl --judge-model openai:x J",
         "answers 0 of the 4"),
        ("--model a.jsonl --against a.jsonl --judge-model openai:x J --questions empty.jsonl",
         "holds no"),
        ("--model openai:x --against openai:y --judge-model openai:z", "--questions FILE"),
        ("--base-url URL --against a.jsonl --judge-model openai:x", "--base-url http"),
        ("--model a.jsonl --against-base-url URL --judge-model openai:x", "--against openai:NAME"),
        ("--model a.jsonl --against a.jsonl --judge-base-url URL", "--judge-model openai:NAME"),
        ("--model a.jsonl --base-url URL --against a.jsonl --math a.jsonl", "leave --base-url out"),
        ("--model a.jsonl --against a.jsonl --judge-model openai:x J --max-usd 1",
         "no price is known for openai:x"),
        ("--model a.jsonl --against a.jsonl", "nothing says how to compare"),
        ("--model a.jsonl --judge-model openai:x", "name the other one with --against"),
        ("--against a.jsonl --judge-model openai:x", "name one with --model"),
        ("--model a.jsonl --math a.jsonl --questions a.jsonl", "needs a judge"),
        ("--model a.jsonl --held-out a.jsonl", "name a model's folder"),
        ("--model openai:x --held-out a.jsonl", "is an endpoint"),
        ("--model none.jsonl --math a.jsonl", "no such file or folder"),
        ("--model ./none --math a.jsonl", "no such file or folder"),
        ("--model . --math a.jsonl", "config.json is missing"),
        ("--model m.gguf --math a.jsonl", "embedded:m.gguf"),
        ("--model few.jsonl --math a.jsonl", "answers 2 of the 4"),
        ("--model a.jsonl --math bare.jsonl", "has no known answer"),
        ("--model a.jsonl --against a.jsonl --judge-model openai:x J", "cannot be reached"),
        ("--verdicts a.jsonl", "stands beside --ratings"),
        ("--ratings a.jsonl --model a.jsonl", "asks no model"),
        ("--model a.jsonl --math a.jsonl --answer-tokens 0", "--answer-tokens"),
    ],
)  # fmt: skip
def test_bad_input_is_told_and_leaves_nothing(
    call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    written(tmp_path / "a.jsonl", 0, 4, 0)
    written(tmp_path / "few.jsonl", 0, 2, 0)
    write_lines(tmp_path / "other.jsonl", [{"question": "Who?", "answer": "I."}])
    write_lines(tmp_path / "bare.jsonl", [{"question": "What is 0?"}])
    (tmp_path / "empty.jsonl").write_text("")
    before = {path.name for path in tmp_path.iterdir()}
    assert (
        call(
            "evaluate",
            *words.replace(" J", f" --judge-base-url {NOWHERE}").replace("URL", NOWHERE).split(),
            "--out",
            "out",
        )
        == 2
    )
    told = capsys.readouterr().err
    assert said in told
    assert len(told.splitlines()) <= 2
    assert {path.name for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("names", [("part", "whole"), ("whole", "part")])
def test_files_that_answer_different_questions_are_refused_both_ways(
    call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str], names: tuple[str, str]
) -> None:
    files = {name: written(tmp_path / f"{name}.jsonl", 0, size, 0) for name, size in SIZES.items()}
    a, b = (files[name] for name in names)
    words = ["--model", a, "--against", b, "--judge-model", "openai:judge"]
    at = ["--judge-base-url", NOWHERE, "--out", tmp_path / "out"]
    assert call("evaluate", *words, *at) == 2
    assert "part.jsonl answers 1 of the 3 questions of" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_of_another_comparison_is_refused(
    evaluate: Call, models: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate() == 0
    before = files_of(tmp_path / "out")
    for words, said in (
        (("--model", "openai:other"), "its model is 'openai:a', not 'openai:other'"),
        (("--judge-model", "openai:other"), "its judge-model is"),
        (("--seed", 7), "its seed is"),
    ):
        asked = len(models.requests)
        assert evaluate(*words) == 2
        assert said in capsys.readouterr().err
        assert len(models.requests) == asked
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "mine.txt").write_text("mine")
    assert evaluate(out="used") == 2
    assert "holds files already" in capsys.readouterr().err
    assert files_of(tmp_path / "out") == before


def test_a_part_of_a_comparison_is_not_lost_by_leaving_it_out(
    evaluate: Call,
    call: Call,
    models: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    math = write_lines(tmp_path / "math.jsonl", [{"question": "1 + 1?", "answer": "2"}])
    assert evaluate() == 0
    assert evaluate("--math", math) == 0  # a part may be added
    before, asked = files_of(tmp_path / "out"), len(models.requests)
    at = ("--base-url", models.url, "--against-base-url", models.url)
    names = ("--model", "openai:a", "--against", "openai:b", *at, "--out", tmp_path / "out")
    for words, option in ((None, "--math"), (names, "--judge-model")):
        assert (evaluate() if words is None else call("evaluate", *words, "--math", math)) == 2
        assert f"holds a comparison with {option}: name it again" in capsys.readouterr().err
    assert files_of(tmp_path / "out") == before
    assert len(models.requests) == asked


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["--base-url", "http://127.0.0.1:9/v1"], "base-url"),
        (["--against-base-url", "http://127.0.0.1:9/v1"], "against-base-url"),
        (["--judge-base-url", "http://127.0.0.1:9/v1"], "judge-base-url"),
        (["--extra-body", '{"top_p": 0.5}'], "extra-body"),
    ],
)
def test_a_folder_takes_no_answers_of_another_endpoint(
    evaluate: Call,
    models: FakeOpenAI,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    named: str,
) -> None:
    assert evaluate() == 0
    asked = questions_asked(models)
    capsys.readouterr()
    assert evaluate(*words) == 2
    assert f"holds another comparison: its {named} is" in capsys.readouterr().err
    assert questions_asked(models) == asked


@pytest.mark.parametrize("size", [1, 6])
def test_a_judge_that_answers_nonsense_is_told_with_the_fix(
    evaluate: Call,
    models: FakeOpenAI,
    questions: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    size: int,
) -> None:
    write_lines(questions, read_lines(questions)[:size])
    models.answer = lambda request: (
        FakeReply(content="Nice!") if "<pair>" in str(request["messages"]) else answer(request)
    )
    assert evaluate() == 1
    told = capsys.readouterr().err.splitlines()[-1]
    assert "could be " in told
    assert "name a larger " in told
    assert not (tmp_path / "out" / "results.json").exists()
