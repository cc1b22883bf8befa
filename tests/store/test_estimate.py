from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.estimate import KEPT_SHARE, Estimate, estimate, expected_calls
from store.schedule import Progress, Quota, next_calls
from store.search import Limits, Rounds, Search
from store.tree import TaskTree


@st.composite
def a_limit(draw: st.DrawFn) -> Limits:
    depth = draw(st.integers(1, 3))
    breadth = draw(st.lists(st.integers(1, 4), min_size=depth, max_size=depth + 1))
    return Limits(depth, tuple(breadth), patience=2, saturation=0.34)


def explored(limits: Limits) -> tuple[int, int]:
    """Return the tasks and the calls of a search whose every answer is all new."""
    tree, rounds, calls = TaskTree(), dict[str, Rounds](), 0
    tree.add("root", "", None)
    while steps := Search(tree, rounds, limits).next_steps(frontier=4):
        for step in steps:
            for _ in range(step.asked):
                tree.add(f"task {len(tree)}", "", step.task)
            done = rounds.get(step.task, Rounds())
            rounds[step.task] = done.after(step.asked, step.asked, limits.saturation)
        calls += len(steps)
    return len(tree), calls


def test_the_figures_of_a_usual_run() -> None:
    limits = Limits(depth=2, breadth=(6, 4), patience=2, saturation=0.34)
    quota = Quota(records=10, per_call=5, patience=5)
    expected = Estimate(tasks=31, records=310, explore_calls=14, record_calls=86)
    assert estimate(limits, quota, explores=True, writes=True) == expected
    assert expected.calls == 100


def test_what_a_run_does_not_do_costs_nothing() -> None:
    limits = Limits(depth=1, breadth=(6,), patience=2, saturation=0.34)
    quota = Quota(records=10, per_call=5, patience=5)
    assert estimate(limits, quota, explores=True, writes=False) == Estimate(7, 0, 2, 0)
    assert estimate(limits, quota, explores=False, writes=True) == Estimate(1, 10, 0, 3)


@settings(max_examples=30)
@given(a_limit())
def test_a_search_where_all_is_new_takes_as_many_calls_as_estimated(limits: Limits) -> None:
    figures = estimate(limits, Quota(1, 1, 1), explores=True, writes=False)
    assert (figures.tasks, figures.explore_calls) == explored(limits)


@settings(max_examples=25)
@given(records=st.integers(1, 30), per_call=st.integers(1, 8))
def test_record_calls_are_what_drawing_lots_takes_on_average(records: int, per_call: int) -> None:
    draw = Random(0)
    trials = 2000
    calls = 0
    for _ in range(trials):
        missing = records
        while missing:
            calls += 1
            missing -= sum(draw.random() < KEPT_SHARE for _ in range(min(per_call, missing)))
    assert calls / trials == pytest.approx(expected_calls(per_call, records), rel=0.05)


def test_records_in_all_are_spread_over_the_tasks() -> None:
    limits = Limits(depth=1, breadth=(4,), patience=2, saturation=0.34)
    figures = estimate(limits, Quota(50, 5, 5, total=50), explores=True, writes=True)
    assert (figures.tasks, figures.records) == (5, 50)
    assert figures.record_calls == round(5 * expected_calls(5, 10))
    few = estimate(limits, Quota(3, 5, 5, total=3), explores=True, writes=True)
    assert few.record_calls == round(3 * expected_calls(5, 1))


@given(records=st.integers(1, 40), per_call=st.integers(1, 20))
def test_no_run_needs_fewer_calls_than_when_all_is_kept(records: int, per_call: int) -> None:
    quota = Quota(records, per_call, 1)
    figures = estimate(Limits(1, (1,), 1, 0.0), quota, explores=False, writes=True)
    assert figures.record_calls >= len(next_calls({"t0": Progress()}, [], quota, room=99))
