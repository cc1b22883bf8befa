"""From how many bad answers in a row on a model is not asked any more."""

import pytest

from asking.streaks import HOPELESS, REFUSED, WORN_OUT, Streaks

USEFUL = {"refusal": "", "prompt_tokens": 9, "finish_reason": "stop", "text": "{}"}
USELESS = USEFUL | {"text": "no"}
EMPTY = USEFUL | {"text": ""}
HELD_BACK = EMPTY | {"finish_reason": "content_filter"}
REFUSAL = {"refusal": "no", "prompt_tokens": 0, "finish_reason": "refused", "text": ""}


def taken_in(streaks: Streaks, answer: dict[str, object], times: int) -> list[str | None]:
    is_useful = answer is USEFUL
    return [streaks.take_in(answer, is_useful=is_useful, why="odd") for _ in range(times)]


@pytest.mark.parametrize(
    ("answer", "fix"),
    [
        (USELESS, "name a larger model"),
        (EMPTY, "check the base URL"),
        (HELD_BACK, "name another model"),
    ],
)
def test_first_answers_that_are_all_useless_are_enough(answer: dict[str, object], fix: str) -> None:
    *before, last = taken_in(Streaks(), answer, HOPELESS)
    assert set(before) == {None}
    assert last is not None
    assert f"none of the first {HOPELESS}" in last
    assert fix in last


def test_after_a_useful_one_it_takes_more() -> None:
    streaks = Streaks()
    taken_in(streaks, USEFUL, 1)
    *before, last = taken_in(streaks, USELESS, WORN_OUT)
    assert set(before) == {None}
    assert f"none of the last {WORN_OUT}" in str(last)
    streaks.begin_anew()
    assert taken_in(streaks, USELESS, WORN_OUT - 1)[-1] is None
    taken_in(streaks, USEFUL, 1)
    assert taken_in(streaks, USELESS, 1) == [None]


def test_prompts_that_a_filter_refuses_are_no_refusals_of_all() -> None:
    streaks = Streaks()
    taken_in(streaks, USEFUL, 1)
    filtered = REFUSAL | {"finish_reason": "content_filter"}
    assert set(taken_in(streaks, filtered, WORN_OUT - 1)) == {None}


def test_refusals_in_a_row_are_enough_sooner() -> None:
    streaks = Streaks()
    taken_in(streaks, REFUSAL, REFUSED - 1)
    taken_in(streaks, USEFUL, 1)
    *before, last = taken_in(streaks, REFUSAL, REFUSED)
    assert set(before) == {None}
    assert "refused 8 requests in a row, the last one with: odd" in str(last)
