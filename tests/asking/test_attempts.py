"""When a request is sent again, and when it is given up, without a clock."""

import pytest

from asking.attempts import ENOUGH, ENOUGH_SLOWED, MOST_PATIENCE_S, Attempts, most_billed
from models.refusal import NotAnswered


def failure(
    *, slow_down: bool = False, lost: bool = False, wait_s: float | None = None
) -> NotAnswered:
    return NotAnswered("later", "wait", slow_down=slow_down, lost=lost, wait_s=wait_s)


def test_waits_grow_to_a_limit_until_it_is_enough() -> None:
    attempts = Attempts(0)
    waits = [attempts.pause(failure(), 0) for _ in range(ENOUGH)]
    assert waits[-1] is None
    longest = [0.5, 1, 2, 4, 8, 8]
    for wait, most in zip(waits[:-1], longest, strict=True):
        assert wait is not None
        assert 0.75 * most <= wait <= most


def test_the_endpoints_own_word_on_waiting_counts() -> None:
    assert Attempts(0).pause(failure(wait_s=17), 0) == 17
    assert Attempts(0).pause(failure(wait_s=0), 0) == 0
    assert Attempts(0).pause(failure(wait_s=MOST_PATIENCE_S + 1), 0) is None


def test_a_limit_by_the_minute_is_waited_out() -> None:
    attempts = Attempts(0)
    waits = [attempts.pause(failure(slow_down=True), 0) for _ in range(ENOUGH_SLOWED)]
    assert waits[-1] is None
    assert sum(wait or 0 for wait in waits) > 75


def test_one_told_to_slow_down_goes_on_while_others_are_answered() -> None:
    attempts = Attempts(0)
    waits = [attempts.pause(failure(slow_down=True, wait_s=1), n) for n in range(10 * ENOUGH)]
    assert waits == [1] * (10 * ENOUGH)


def test_one_told_to_slow_down_gives_up_when_nobody_is_answered() -> None:
    attempts = Attempts(0)
    waits = [attempts.pause(failure(slow_down=True, wait_s=1), 5) for _ in range(ENOUGH_SLOWED)]
    assert waits == [1] * (ENOUGH_SLOWED - 1) + [None]
    assert attempts.answered_elsewhere == 5


def test_lost_answers_are_counted_those_before_included() -> None:
    attempts = Attempts(2)
    attempts.pause(failure(lost=True), 0)
    attempts.pause(failure(), 0)
    attempts.pause(failure(lost=True), 0)
    assert attempts.lost == 4


@pytest.mark.parametrize(("tries", "most"), [(1, 1), (2, 3), (3, 4)])
def test_a_last_try_has_nothing_to_lose(tries: int, most: int) -> None:
    assert most_billed(tries) == most
