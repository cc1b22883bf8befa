"""What a conversation may still spend."""

import pytest
from langchain_core.messages import HumanMessage

from asking.allowance import Rates, worst_tokens
from asking.attempts import most_billed
from asking.budget import Caps, Cost
from asking.purse import Purse
from asking.request import Question
from prompts.parse import Parsed

RATES = Rates(lambda prompt, answer: (prompt + 4 * answer) / 1_000)


def question(tries: int = 3, max_tokens: int = 100) -> Question:
    return Question(
        messages=[HumanMessage("Is this right?")],
        schema={},
        seed=(0,),
        max_tokens=max_tokens,
        parse=lambda _text: Parsed((), ()),
        tries=tries,
        order=0,
        language="en",
        label="judge",
        tags=[],
        metadata={},
    )


def worst(tries: int) -> Cost:
    tokens = worst_tokens(question(), tries)
    return Cost(most_billed(tries), *tokens, RATES.price(*tokens) or 0.0)


@pytest.mark.parametrize("caps", [Caps(calls=99), Caps(tokens=10**6), Caps(usd=99.0)])
@pytest.mark.parametrize("tries", [1, 2, 3])
def test_a_question_gets_the_tries_that_can_be_paid_for(caps: Caps, tries: int) -> None:
    fitted = Purse(caps, worst(tries)).fitted(question(), RATES)
    assert fitted is not None
    assert fitted.tries == tries


@pytest.mark.parametrize("caps", [Caps(calls=99), Caps(tokens=10**6), Caps(usd=99.0)])
def test_what_cannot_pay_for_one_try_asks_nothing(caps: Caps) -> None:
    one = worst(1)
    less = Cost(one.calls - 1, one.prompt_tokens - 1, one.completion_tokens, one.usd - 1e-6)
    assert Purse(caps, less).fitted(question(), RATES) is None


def test_without_caps_everything_can_be_paid_for() -> None:
    fitted = Purse(Caps(), Cost()).fitted(question(), RATES)
    assert fitted is not None
    assert fitted.tries == 3


def test_what_was_spent_is_gone() -> None:
    purse = Purse(Caps(calls=9), Cost(5, 100, 50, 1.0))
    purse.pay(Cost(2, 60, 10, 0.25))
    assert purse.left == Cost(3, 40, 40, 0.75)


@pytest.mark.parametrize("tries", [1, 2, 3])
def test_questions_asked_together_get_the_same_tries(tries: int) -> None:
    asked = [(question(), RATES), (question(tries=1), RATES)]
    both = worst(tries) + worst(1)
    fitted = Purse(Caps(tokens=10**6), both).fitted_together(asked)
    assert fitted is not None
    assert [one.tries for one in fitted] == [tries, 1]
    less = Cost(both.calls, both.prompt_tokens - 1, both.completion_tokens, both.usd)
    assert Purse(Caps(tokens=10**6), less).fitted_together(asked) != fitted
    assert Purse(Caps(tokens=1), Cost(0, 1)).fitted_together([]) == []
