"""Data that holds the questions of an evaluation is found, whole texts against whole texts."""

import pytest

from record import Record
from training.overlap import overlap_error, overlaps

QUESTIONS = [
    Record("Name three uses of a brick.", id="1"),
    Record("Make this shorter.\nThe meeting that was planned for Monday is off.", id="2"),
]
OTHER = Record("Write a poem about the sea.", id="a")


@pytest.mark.parametrize(
    ("record", "question"),
    [
        (Record("Name three uses of a brick.", id="b"), "1"),
        (Record("Name THREE uses of a brick!", id="b"), "1"),
        (Record("Please name three uses of a brick.", id="b"), "1"),
        (Record("Make this shorter.", "The meeting that was planned for Monday is off."), "2"),
        (Record("Make this shorter.", "Our dog has learned to open the door."), None),
        (Record("Make this shorter."), None),
        (OTHER, None),
    ],
)
def test_a_record_that_repeats_a_question_is_found(record: Record, question: str | None) -> None:
    found = overlaps([OTHER, record, OTHER], QUESTIONS)
    assert [(one.place, one.question.id) for one in found] == ([(1, question)] if question else [])


def test_the_first_are_named_and_the_rest_counted() -> None:
    found = overlaps([QUESTIONS[0]] * 5, QUESTIONS)
    told = str(overlap_error(found, 9, "test.jsonl"))
    assert told.startswith("5 of 9 records repeat a question of test.jsonl: record 1 repeats")
    assert told.count("ROUGE-L 1.00") == 3
    assert "and 2 more: --drop-overlap leaves them out" in told
