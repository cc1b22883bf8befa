"""How many tokens an answer is given: by those that answers took so far."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asking.room import ENOUGH, LEAST, TIMES, room_for
from store.facts import Paid


def call(tokens: int, *, read: bool = True, ended: str = "stop") -> dict[str, object]:
    return {"prompt_tokens": 9, "completion_tokens": tokens, "read": read, "ended": ended}


def paid(*answers: tuple[int, int]) -> Paid:
    """Return what answers of these tokens and records took."""
    known = Paid()
    for tokens, records in answers:
        known = known.after(records, [call(tokens)], records)
    return known


ANSWERS = st.lists(st.tuples(st.integers(1, 5000), st.integers(1, 16)), min_size=ENOUGH)


@given(ANSWERS, st.integers(1, 20))
def test_no_answer_so_far_would_have_been_cut_off(
    answers: list[tuple[int, int]], asked: int
) -> None:
    room = room_for(asked, paid(*answers))
    assert room is not None
    assert room >= LEAST
    assert all(TIMES * tokens * asked <= room * records for tokens, records in answers)


@given(ANSWERS, st.integers(1, 20), st.integers(1, 5000))
def test_more_items_and_longer_answers_never_get_less(
    answers: list[tuple[int, int]], asked: int, longer: int
) -> None:
    before = room_for(asked, paid(*answers)) or 0
    assert before <= (room_for(asked + 1, paid(*answers)) or 0)
    assert before <= (room_for(asked, paid(*answers, (longer, 1))) or 0)


@pytest.mark.parametrize("known", [Paid(), paid(*[(500, 5)] * (ENOUGH - 1)), Paid(calls=ENOUGH)])
def test_too_few_answers_say_nothing(known: Paid) -> None:
    assert room_for(5, known) is None


@pytest.mark.parametrize(
    ("calls", "found", "longest"),
    [
        ([call(500)], 5, 100),
        ([call(501)], 5, 101),
        ([call(500)], 2, 250),
        ([call(900, read=False), call(500)], 5, 100),
        ([call(900, read=False, ended="length"), call(500)], 5, 900),
        ([call(900, read=False), call(800, read=False)], 0, 0),
        ([call(500, ended="length")], 1, 500),
        ([], 0, 0),
    ],
)
def test_longest_is_what_an_item_took_in_the_longest_answer(
    calls: list[dict[str, object]], found: int, longest: int
) -> None:
    assert Paid().after(5, calls, found).longest == longest
