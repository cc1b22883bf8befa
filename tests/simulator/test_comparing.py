"""The simulated model under test, and as the judge of two answers."""

import pytest

from prompts.pairwise import pairwise_messages, parse_winner
from simulator.comparing import comparing_answer
from simulator.judging import Skill
from simulator.truth import is_wrong, spoilt
from training.evaluation.contestant import BOXED

TRIALS = 2_000
RIGHT, WRONG = "It is so.", spoilt("It is so.")


def winners(one: str, other: str, skill: Skill) -> dict[str, float]:
    messages = [
        {"content": str(message.content)}
        for message in pairwise_messages("Say it.", "", (one, other), reasons=False)
    ]
    said = [comparing_answer(messages, str(n), skill) or "" for n in range(TRIALS)]
    named = [parse_winner(text).items[0] for text in said]
    return {winner: named.count(winner) / TRIALS for winner in ("first", "second", "tie")}


def test_without_a_bias_the_better_answer_wins_wherever_it_stands() -> None:
    assert winners(RIGHT, WRONG, Skill())["first"] == 1
    assert winners(WRONG, RIGHT, Skill())["second"] == 1
    assert winners(WRONG, WRONG, Skill())["tie"] == 1


@pytest.mark.parametrize("bias", [0.2, 0.7])
def test_a_bias_names_the_first_as_often_as_it_is_set(bias: float) -> None:
    skill = Skill(position_bias=bias)
    assert winners(WRONG, RIGHT, skill)["first"] == pytest.approx(bias, abs=0.04)
    assert winners(RIGHT, RIGHT, skill)["first"] == pytest.approx(bias, abs=0.04)


def test_a_judge_that_sees_little_names_either() -> None:
    found = winners(WRONG, WRONG, Skill(sensitivity=0.5))
    assert found["first"] == pytest.approx(found["second"], abs=0.04)
    assert found["tie"] == pytest.approx(0.5, abs=0.04)


@pytest.mark.parametrize(("more", "problem"), [("", ""), (BOXED, "What is 2 + 2?")])
def test_answers_are_as_often_wrong_as_is_set(more: str, problem: str) -> None:
    messages = [{"role": "user", "content": f"What is 2 + 2?{more}"}]
    answers = [comparing_answer(messages, str(n), Skill(0.3)) or "" for n in range(TRIALS)]
    share = sum(is_wrong(problem, answer) for answer in answers) / TRIALS
    assert share == pytest.approx(0.3, abs=0.04)


def test_what_has_a_system_prompt_is_left_to_others() -> None:
    assert comparing_answer([], "", Skill()) is None
    asked = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]
    assert comparing_answer(asked, "", Skill()) is None
