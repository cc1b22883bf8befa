import pytest

from cli.live.amounts import clock, dollars, expenses, rejections, roughly, short
from cli.live.progress import Spent


@pytest.mark.parametrize(("seconds", "said"), [(0, "0:00"), (187.9, "3:07"), (3787, "1:03:07")])
def test_clock(seconds: float, said: str) -> None:
    assert clock(seconds) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "5 s"), (42, "40 s"), (100, "2 min"), (5000, "83 min"), (12000, "3 h 20 min")],
)
def test_roughly(seconds: float, said: str) -> None:
    assert roughly(seconds) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [(999, "999"), (9500, "9.5k"), (120_345, "120k"), (1_200_000, "1.2M"), (3 * 10**9, "3.0G")],
)
def test_short(number: int, said: str) -> None:
    assert short(number) == said


def test_small_sums_have_more_digits() -> None:
    assert (dollars(12.345), dollars(0.0123)) == ("$12.35", "$0.0123")


def test_rejections_name_the_three_most_frequent_rules() -> None:
    rules = {"copy": 2, "rouge_l": 20, "length": 7, "blocked_word": 2}
    assert rejections(rules) == "31 rejected (rouge_l 20, length 7, blocked_word 2)"
    assert rejections({}) == "0 rejected"


def test_expenses_leave_out_what_is_not_known() -> None:
    assert expenses(Spent(8, 900, 80, 0.5, 30)) == (
        "8 of about 30 calls · $0.50 · 900 tokens in, 80 out"
    )
    assert expenses(Spent(1, 0, 0, None, 1)) == "1 call · 0 tokens in, 0 out"
    assert expenses(Spent(31, 0, 0, None, 30)) == "31 calls · 0 tokens in, 0 out"
