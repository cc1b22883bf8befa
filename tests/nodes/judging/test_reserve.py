"""What is set aside for the questions about a call's records."""

from typing import Any

import pytest

from asking.allowance import Rates
from asking.attempts import most_billed
from nodes.judging.reserve import reserve_of, reserved_for
from nodes.roles import Role
from nodes.settings import Settings
from nodes.state import Step
from prompts.domain import load_preset

CENTS = {"explore": 1.0, "write": 2.0, "judge": 3.0}


class Known:
    domain = load_preset("rewriting").model_dump_json()


def rates(role: Role) -> Rates:
    return Rates(lambda prompt, answer: CENTS[role] * (prompt + answer), headroom=10)


def step(operation: str, **changed: object) -> Step:
    planned: dict[str, Any] = {
        "operation": operation,
        "task": "t1",
        "asked": 2,
        "turn": 0,
        "others": [["t2", 1, 0]],
        "tries": 3,
        "worst": (1_000, 500),
        **changed,
    }
    return planned  # type: ignore[return-value]


def beside(planned: Step, tries: int = 3, **chosen: object) -> list[Any]:
    settings = Settings.model_validate({"judge_model": "openai:j", **chosen})
    return reserve_of(Known(), settings, rates)(planned, tries)  # type: ignore[arg-type]


@pytest.mark.parametrize("tries", [1, 2, 3])
def test_each_record_may_be_judged_as_often_as_a_question_is_tried(tries: int) -> None:
    asked, whole = beside(step("generate"), tries)
    role, calls, prompts, answers = asked
    assert (role, calls) == ("judge", 3 * most_billed(tries))
    assert prompts > 0
    assert answers > 10 * calls
    assert whole[:2] == ("judge", 0)
    assert whole[2] >= prompts / calls


def test_a_revision_is_written_and_judged_once_more() -> None:
    plain, revised = beside(step("generate")), beside(step("generate"), revise=True)
    calls = {role: count for role, count, *_ in revised if count}
    assert calls == {"judge": 2 * plain[0][1], "write": plain[0][1]}


def test_nothing_is_set_aside_where_nothing_is_judged() -> None:
    assert beside(step("generate"), judge_model=None) == []
    assert beside(step("lookahead")) == []


@pytest.mark.parametrize("max_usd", [None, 5.0])
def test_a_step_costs_at_most_its_own_worst_and_all_beside_it_each_at_its_price(
    max_usd: float | None,
) -> None:
    settings = Settings(judge_model="openai:j", max_usd=max_usd)
    planned = step("generate", beside=[("judge", 12, 6_000, 3_000)])
    cost = reserved_for(planned, settings, rates)
    assert cost.calls == most_billed(3) + 12
    assert (cost.prompt_tokens, cost.completion_tokens) == (7_000, 3_500)
    assert cost.usd == (2 * 1_500 + 3 * 9_000 if max_usd else 0)
