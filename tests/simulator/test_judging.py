"""The simulated model as a judge, as who revises, and as who answers once more."""

import json
from random import Random

import pytest

from prompts.domain import load_preset
from prompts.judging import answer_messages, domain_rubric, judge_messages, revise_messages
from prompts.parse import parse_records
from prompts.verdict import Failure, parse_verdict
from record import Record
from simulator.judging import Skill, judging_answer
from simulator.truth import boxed, is_wrong, right_answer, spoilt

DOMAIN = load_preset("rewriting")
RUBRIC = domain_rubric(DOMAIN)
RIGHT = Record("Simplify this.", "It is so.", "So it is.")
WRONG = Record("Simplify this.", "It is so.", spoilt("So it is."))
TRIALS = 2_000


def sent(messages: object) -> list[dict[str, str]]:
    return [{"content": str(message.content)} for message in messages]  # type: ignore[attr-defined]


def turned_down(record: Record, skill: Skill) -> float:
    """Return how often the judge turns the record down."""
    messages = sent(judge_messages(RUBRIC, record, ("Root",), "en", reasons=False))
    answers = [judging_answer(messages, str(n), skill) or "" for n in range(TRIALS)]
    return sum(bool(parse_verdict(a, RUBRIC).items[0].failures) for a in answers) / TRIALS


@pytest.mark.parametrize(("sensitivity", "specificity"), [(1, 1), (0.9, 0.9), (0.5, 0.8), (0, 0)])
def test_it_is_as_often_right_as_it_is_set(sensitivity: float, specificity: float) -> None:
    skill = Skill(0, sensitivity, specificity)
    assert turned_down(WRONG, skill) == pytest.approx(sensitivity, abs=0.03)
    assert turned_down(RIGHT, skill) == pytest.approx(1 - specificity, abs=0.03)


@pytest.mark.parametrize("wrong", [0, 0.3, 1])
def test_a_revision_corrects_the_output_and_may_be_wrong_again(wrong: float) -> None:
    messages = sent(revise_messages(DOMAIN, WRONG, ("Root",), [Failure("done", "")]))
    answers = [judging_answer(messages, str(n), Skill(wrong)) or "" for n in range(TRIALS)]
    outputs = [parse_records(answer, asked=1).items[0].output for answer in answers]
    assert {output.replace(spoilt(""), "") for output in outputs} == {RIGHT.output}
    share = sum(is_wrong("", output) for output in outputs) / TRIALS
    assert share == pytest.approx(wrong, abs=0.03)


def test_answers_agree_where_they_are_right_and_often_where_they_are_wrong() -> None:
    messages = sent(answer_messages(load_preset("math"), RIGHT))
    answers = [judging_answer(messages, str(n), Skill(0.4)) or "" for n in range(TRIALS)]
    outputs = [json.loads(answer)["output"] for answer in answers]
    share = sum(is_wrong("Simplify this.", output) for output in outputs) / TRIALS
    assert share == pytest.approx(0.4, abs=0.03)
    assert len({output.partition("\\boxed")[2] for output in outputs}) == 4


def test_what_is_no_question_about_a_record_is_left_to_others() -> None:
    assert judging_answer([], "", Skill()) is None
    assert judging_answer([{"content": "Write 3 records."}], "", Skill()) is None


def test_a_final_answer_is_right_for_its_problem_alone() -> None:
    draw = Random(0)
    right = boxed("2 + 2?", draw, wrong=False)
    assert not is_wrong("2 + 2?", f"So it is {right}")
    assert is_wrong("2 + 2?", f"So it is {boxed('2 + 2?', draw, wrong=True)}")
    assert right_answer("2 + 2?") != right_answer("2 + 3?")
