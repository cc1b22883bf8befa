from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import estimate as module
from search.estimate import (
    KEPT_SHARE,
    SEEDS,
    Estimate,
    Growth,
    estimate,
    estimate_rest,
    expected_calls,
    explore_calls,
    growth_left,
    half_first,
)
from search.limits import Limits
from search.schedule import Quota, next_calls
from store.exploration import Exploration
from store.facts import Progress, Rounds
from store.journal.log import Entry
from store.tree import TaskTree
from tests.search.knowing import GROW, SATURATION, depth_first
from tests.store import samples


@st.composite
def a_limit(draw: st.DrawFn) -> Limits:
    depth = draw(st.integers(1, 3))
    breadth = draw(st.lists(st.integers(1, 4), min_size=depth, max_size=depth + 1))
    return Limits(depth, tuple(breadth), patience=2)


def before(limits: Limits, quota: Quota, *, grows: bool, writes: bool) -> Estimate:
    return estimate(limits, quota, grows=grows, writes=writes, asking=half_first)


def explored(
    limits: Limits, share: float = 1.0, draw: Random | None = None, saturation: float = SATURATION
) -> tuple[int, int]:
    """Return the tasks and the calls of a search of whose answers such a share is new."""
    tree, rounds, calls, draw = TaskTree(), dict[str, Rounds](), 0, draw or Random(0)
    root = tree.add("root", "", None).id
    for seed in range(min(SEEDS, limits.breadth_at(0))):
        tree.add(f"seed {seed}", "", root)
    while steps := depth_first(tree, rounds, limits, 4).next_steps(GROW):
        for step in steps:
            new = sum(draw.random() < share for _ in range(step.asked))
            for _ in range(new):
                tree.add(f"task {len(tree)}", "", step.task)
            done = rounds.get(step.task, Rounds())
            rounds[step.task] = done.after(step.asked, new, saturation)
        calls += len(steps)
    return len(tree), calls


def test_the_figures_of_a_usual_run() -> None:
    limits = Limits(depth=2, breadth=(6, 4), patience=2)
    quota = Quota(records=10, per_call=5, dry_calls=5)
    expected = Estimate(tasks=31, records=310, explore_calls=15, record_calls=66)
    assert before(limits, quota, grows=True, writes=True) == expected
    assert expected.calls == 81


def test_what_a_run_does_not_do_costs_nothing() -> None:
    limits = Limits(depth=1, breadth=(6,), patience=2)
    quota = Quota(records=10, per_call=5, dry_calls=5)
    assert before(limits, quota, grows=True, writes=False) == Estimate(7, 0, 2, 0)
    assert before(limits, quota, grows=False, writes=True) == Estimate(1, 10, 0, 2)


@settings(max_examples=30)
@given(a_limit())
def test_a_search_where_all_is_new_takes_as_many_calls_as_estimated(limits: Limits) -> None:
    figures = before(limits, Quota(1, 1, 1), grows=True, writes=False)
    assert (figures.tasks, explore_calls(limits, half_first, share=1)) == explored(limits)


@pytest.mark.parametrize("breadth", [(6, 4), (2, 7), (1, 1, 5), (3, 3, 3)])
def test_a_search_takes_on_average_as_many_calls_as_estimated(breadth: tuple[int, ...]) -> None:
    limits = Limits(len(breadth), breadth, patience=20)
    draw, trials = Random(0), 100
    calls = sum(explored(limits, 0.8, draw, saturation=0.0)[1] for _ in range(trials))
    assert explore_calls(limits, half_first, share=0.8) == pytest.approx(calls / trials, rel=0.05)


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


def test_records_in_all_are_asked_for_in_full_calls() -> None:
    limits = Limits(depth=1, breadth=(4,), patience=2)
    figures = estimate(
        limits, Quota(50, 5, 5, total=50), grows=True, writes=True, asking=half_first
    )
    assert (figures.tasks, figures.records) == (5, 50)
    assert figures.record_calls == round(expected_calls(5, 50))


@pytest.mark.parametrize("per_call", [1, 5, 20])
def test_many_records_take_as_many_calls_as_the_whole_recursion_says(
    per_call: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = expected_calls(per_call, 3000)
    monkeypatch.setattr(module, "STEADY", 3000)
    assert short == pytest.approx(expected_calls(per_call, 3000), rel=1e-3)


@given(records=st.integers(1, 40), per_call=st.integers(1, 20))
def test_no_run_needs_fewer_calls_than_when_all_is_kept(records: int, per_call: int) -> None:
    quota = Quota(records, per_call, 1)
    least = len(next_calls({"t0": Progress()}, [], quota, room=99))
    assert expected_calls(per_call, records) >= least == expected_calls(per_call, records, share=1)


def rest(exploration: Exploration, limits: Limits, quota: Quota, *, grows: bool) -> Estimate:
    search = depth_first(exploration.tree, exploration.rounds, limits)
    growth = growth_left(exploration.tree, search.missing, limits, half_first)
    progress = exploration.progress.values()
    return estimate_rest(progress, growth if grows else Growth(), quota, writes=True)


def call(number: int, kept: int) -> Entry:
    return Entry("call", {"task": f"t{number}", "kept": kept, "rejected": 0})


SEEDED = [
    samples.begin(),
    samples.task(0, None, "writing"),
    samples.task(1, 0, "mail"),
    samples.task(2, 0, "poems"),
]


@given(
    limits=a_limit().filter(lambda limits: limits.breadth[0] >= SEEDS),
    quota=st.builds(
        Quota,
        records=st.integers(1, 12),
        per_call=st.integers(1, 5),
        dry_calls=st.just(5),
        total=st.none() | st.integers(1, 40),
    ),
)
def test_from_the_seeds_on_it_is_the_estimate_of_the_run(limits: Limits, quota: Quota) -> None:
    exploration = samples.explored(*SEEDED)
    found = rest(exploration, limits, quota, grows=True)
    assert found == before(limits, quota, grows=True, writes=True)


def test_the_rest_counts_what_exists() -> None:
    limits = Limits(depth=2, breadth=(3, 2), patience=1)
    below = [samples.task(3, 1, "letters"), samples.task(4, 1, "notes")]
    closed = Entry(
        "round", {"task": "t2", "operation": "lookahead", "asked": 2, "proposed": 2, "admitted": 0}
    )
    exploration = samples.explored(*SEEDED, *below, closed, call(3, 12), call(4, 4))
    quota = Quota(records=6, per_call=3, dry_calls=5)
    found = rest(exploration, limits, quota, grows=True)
    # One more child of the root, with two of its own; twelve records stay, six of every other.
    assert (found.tasks, found.records) == (5 + 3, 12 + 7 * 6)
    assert found.explore_calls == 1 + 2
    assert found.record_calls == round(expected_calls(3, 6 * 6 + 2))
    left = rest(exploration, limits, quota, grows=False)
    assert (left.tasks, left.records, left.explore_calls) == (5, 12 + 4 * 6, 0)
    done = Quota(records=6, per_call=3, dry_calls=5, total=10)
    assert rest(exploration, limits, done, grows=False).calls == 0


def test_a_judge_takes_a_call_for_each_record_and_more_once_it_turns_some_down() -> None:
    quota = Quota(records=6, per_call=3, dry_calls=5, total=100, is_judged=True)
    before_it = estimate_rest([Progress()], Growth(), quota, writes=True)
    assert before_it.judge_calls == round(100 / KEPT_SHARE)
    assert before_it.calls == before_it.record_calls + before_it.judge_calls
    half = estimate_rest([Progress(40, 60, 60)], Growth(), quota, writes=True)
    assert half.judge_calls == round(40 / round(80 / 140, 2))
    assert half.record_calls > 40 / 3 / 0.7
    assert estimate_rest([Progress()], Growth(), quota, writes=False).judge_calls == 0
