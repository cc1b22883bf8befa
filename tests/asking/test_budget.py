import pytest
from hypothesis import given
from hypothesis import strategies as st

from asking.budget import Caps, Cost

amounts = st.integers(0, 50)
costs = st.builds(Cost, amounts, amounts, amounts, amounts.map(float))
caps = st.builds(Caps, *[st.none() | st.integers(0, 120)] * 3)


def test_costs_add_up_part_by_part() -> None:
    assert Cost(1, 20, 3, 0.25) + Cost(2, 5, 7, 0.5) == Cost(3, 25, 10, 0.75)
    assert sum([Cost(1, 2, 3, 4.0)] * 3, Cost()) == Cost(3, 6, 9, 12.0)
    assert Cost(1, 20, 3).tokens == 23


@pytest.mark.parametrize(
    ("cost", "stop"),
    [
        (Cost(10, 600, 400, 2.0), None),
        (Cost(calls=11), "max_calls"),
        (Cost(prompt_tokens=601, completion_tokens=400), "max_tokens"),
        (Cost(usd=2.01), "max_usd"),
        (Cost(11, 2000, 0, 9.0), "max_calls"),
        (Cost(0, 2000, 0, 9.0), "max_tokens"),
    ],
)
def test_a_cap_may_be_reached_but_not_passed(cost: Cost, stop: str | None) -> None:
    assert Caps(calls=10, tokens=1000, usd=2.0).passed_by(cost) == stop


@given(costs)
def test_no_caps_stop_nothing(cost: Cost) -> None:
    assert Caps().passed_by(cost) is None


@given(caps, costs, costs)
def test_spending_more_never_comes_back_below_a_cap(limit: Caps, cost: Cost, more: Cost) -> None:
    within = [
        limit.calls is None or cost.calls <= limit.calls,
        limit.tokens is None or cost.tokens <= limit.tokens,
        limit.usd is None or cost.usd <= limit.usd,
    ]
    assert (limit.passed_by(cost) is None) == all(within)
    if limit.passed_by(cost) is not None:
        assert limit.passed_by(cost + more) is not None
