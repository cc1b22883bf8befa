"""What is told of the questions about a record."""

from functools import partial
from typing import Any

import pytest

from asking.calls import Reply
from nodes.judging.outcome import Asked, Brought, Outcome, records_in
from prompts.parse import Parsed
from prompts.verdict import Failure, Verdict
from record import Record

GOOD, BAD = Verdict((), 0.8), Verdict((Failure("done", ""),), 0.3)


def reply(*items: object, ended: str = "stop") -> Reply:
    answer: dict[str, Any] = {"finish_reason": ended, "text": "x"}
    return Reply("key", answer, Parsed(tuple(items), () if items else ("nothing",)))


@pytest.mark.parametrize(
    ("replies", "passed"),
    [
        ([reply(GOOD)], True),
        ([reply(BAD)], False),
        ([reply()], False),
        ([reply(), reply(GOOD)], True),
        ([reply(Record("Write.", "", "Written."))], True),
    ],
)
def test_a_question_passed_if_its_last_answer_finds_no_fault(
    replies: list[Reply], *, passed: bool
) -> None:
    assert Asked("judge", "judge", replies).passed is passed


def test_what_was_asked_follows_the_records_whatever_came_first() -> None:
    record = Record("Write.", "", "Written.")
    asked = [Asked("judge", "judge", [reply(GOOD)]) for _ in range(3)]
    outcomes = {2: Outcome(record, None, asked[2:]), 0: Outcome(record, None, asked[:2])}
    assert Brought([], outcomes).asked == asked


def test_the_last_record_of_an_answer_that_was_cut_off_knows_it() -> None:
    one, two = Record("One.", "", "1"), Record("Two.", "", "2")
    read = partial(records_in, asked=2, reasoning=False)
    assert [r.cut_off for r in read(reply(one, two))] == [False, False]
    assert [r.cut_off for r in read(reply(one, two, ended="length"))] == [False, True]
    assert read(reply(ended="length")) == ()
