"""The questions of a test, from any data."""

from pathlib import Path

import pytest

from errors import InputError
from tests.cli.filtering import write_lines
from training.evaluation.questions import check_answered, read_questions


def test_questions_are_read_by_the_shape_of_their_rows(tmp_path: Path) -> None:
    rows = [
        {"question": "Why?", "std_answer": "So.", "class": "science"},
        {"instruction": "Rewrite it.", "input": "It.", "type": "rewriting", "class": "other"},
        {"problem": "1 + 1?", "solution": "2", "subject": "Algebra"},
        {"prompt": "How?", "ground_truth": 7},
        {"question": "Why?", "class": "again"},
    ]
    questions, repeated = read_questions(write_lines(tmp_path / "q.jsonl", rows))
    assert repeated == 1
    assert [one.number for one in questions] == [0, 1, 2, 3]
    assert [one.text for one in questions] == ["Why?", "Rewrite it.\n\nIt.", "1 + 1?", "How?"]
    assert [one.type for one in questions] == ["science", "rewriting", "Algebra", ""]
    assert [one.reference for one in questions] == ["So.", "", "2", "7"]


def test_a_file_of_answers_must_know_every_question(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "q.jsonl", [{"question": f"{n}?"} for n in range(3)])
    questions, _ = read_questions(path)
    check_answered({one.key: "" for one in questions}, questions, Path("a"), path)
    with pytest.raises(InputError, match=r"answers 1 of the 3 .* lacks is '1\?'"):
        check_answered({questions[0].key: ""}, questions, Path("a"), path)


def test_blank_questions_are_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no question"):
        read_questions(write_lines(tmp_path / "q.jsonl", [{"question": " "}]))
