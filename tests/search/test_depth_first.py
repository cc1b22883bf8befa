from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.limits import Limits
from search.step import Step
from store.facts import Rounds
from store.tree import TaskTree
from tests.search.knowing import (
    GROW,
    SATURATION,
    Asked,
    Run,
    World,
    depth_first,
    everything,
    nothing,
)

worlds = st.functions(
    like=lambda name, turn: 0,  # noqa: ARG005 - only the names matter
    returns=st.integers(0, 4),
    pure=True,
)


@st.composite
def a_limit(draw: st.DrawFn) -> Limits:
    depth = draw(st.integers(1, 3))
    breadth = draw(st.lists(st.integers(1, 4), min_size=depth, max_size=depth))
    return Limits(depth, tuple(breadth), draw(st.integers(1, 3)))


shares = st.sampled_from([0.0, 0.25, 0.34, 0.5])


def recursive(limits: Limits, world: World, seeds: int, saturation: float) -> list[Asked]:
    """Return what a plain recursive depth-first search asks for: the slow twin."""
    asked: list[Asked] = []

    def expand(name: str, depth: int, children: int) -> None:
        if depth == limits.depth:
            return
        for child in range(children):
            expand(f"{name}.{child}", depth + 1, 0)
        breadth, turn, poor = limits.breadth[depth], 0, 0
        half = (breadth + 1) // 2
        while children < breadth and poor < limits.patience:
            is_first = children == 0 or (turn == 0 and children < half)
            ask = half - children if is_first else breadth - children
            asked.append((name, "lookahead" if is_first else "backtrack", ask))
            new = min(ask, world(name, turn))
            is_poor = new == 0 or Fraction(new, ask) <= Fraction(str(saturation))
            turn, poor = turn + 1, poor + 1 if is_poor else 0
            for child in range(children, children + new):
                expand(f"{name}.{child}", depth + 1, 0)
            children += new

    expand("r", 0, seeds)
    return asked


def test_a_small_search_step_by_step() -> None:
    run = Run(Limits(depth=2, breadth=(3, 2), patience=2), everything)
    assert run.asked(frontier=1) == [
        ("r", "lookahead", 2),
        ("r.0", "lookahead", 1),
        ("r.0", "backtrack", 1),
        ("r.1", "lookahead", 1),
        ("r.1", "backtrack", 1),
        ("r", "backtrack", 1),
        ("r.2", "lookahead", 1),
        ("r.2", "backtrack", 1),
    ]
    assert [run.search().status(task) for task in run.tree.preorder()] == [
        *["complete"],
        *["complete", "depth", "depth"] * 3,
    ]


@settings(max_examples=60)
@given(limits=a_limit(), world=worlds, seeds=st.integers(0, 4), saturation=shares)
def test_with_a_frontier_of_one_it_is_a_recursive_depth_first_search(
    limits: Limits, world: World, seeds: int, saturation: float
) -> None:
    seeds = min(seeds, limits.breadth[0])
    expected = recursive(limits, world, seeds, saturation)
    assert Run(limits, world, seeds, saturation).asked(frontier=1) == expected


@settings(max_examples=30)
@given(limits=a_limit(), world=worlds, frontier=st.integers(1, 6), seeds=st.integers(0, 4))
def test_a_search_ends_within_its_limits_with_nothing_open(
    limits: Limits, world: World, frontier: int, seeds: int
) -> None:
    run = Run(limits, world, min(seeds, limits.breadth[0]))
    most_rounds = limits.most_tasks() * limits.patience * (max(limits.breadth) + 1)
    for n, _ in enumerate(run.steps(frontier)):
        assert n <= most_rounds
    search = run.search()
    for task in run.tree.preorder():
        depth, children = run.tree.task(task).depth, run.tree.children(task)
        assert depth <= limits.depth
        assert len(children) <= (limits.breadth[depth] if depth < limits.depth else 0)
        assert search.status(task) in {"depth", "complete", "saturated"}
        assert search.is_settled(task)


@settings(max_examples=30)
@given(limits=a_limit(), world=worlds, frontier=st.integers(1, 6), seeds=st.integers(0, 4))
def test_a_frontier_holds_distinct_open_tasks_the_deepest_first(
    limits: Limits, world: World, frontier: int, seeds: int
) -> None:
    run = Run(limits, world, min(seeds, limits.breadth[0]))
    for steps in run.steps(frontier):
        search, tasks = run.search(), [step.task for step in steps]
        assert len(set(tasks)) == len(tasks) <= frontier
        assert {search.status(task) for task in tasks} == {"open"}
        place = list(run.tree.preorder()).index
        assert tasks == sorted(tasks, key=lambda t: (-run.tree.task(t).depth, place(t)))
        assert steps == run.search(frontier + 1).next_steps(GROW)[:frontier]
        for step in steps:
            children = run.tree.children(step.task)
            assert not any(search.is_settled(task) for task in run.tree.lineage(step.task))
            if step.operation == "backtrack":
                assert all(search.is_settled(child) for child in children)
            else:
                assert (
                    len(children) + step.asked
                    == (run.limits.breadth_at(run.tree.task(step.task).depth) + 1) // 2
                )


@pytest.mark.parametrize(
    ("breadth", "first", "rest"), [(1, 1, None), (2, 1, 1), (5, 3, 2), (6, 3, 3), (7, 4, 3)]
)
def test_lookahead_asks_for_half_rounded_up_and_backtrack_for_the_rest(
    breadth: int, first: int, rest: int | None
) -> None:
    asked = Run(Limits(1, (breadth,), 2), everything).asked(frontier=1)
    backtrack = [] if rest is None else [("r", "backtrack", rest)]
    assert asked == [("r", "lookahead", first), *backtrack]


def test_a_backtrack_asks_for_what_the_lookahead_did_not_bring() -> None:
    answers = iter([2, 0, 3, 9])
    run = Run(Limits(1, (6,), 2), lambda _name, _turn: next(answers))
    assert [asked for _, _, asked in run.asked(frontier=1)] == [3, 4, 4, 1]


def test_a_task_is_saturated_after_patience_poor_rounds() -> None:
    run = Run(Limits(1, (4,), patience=3), nothing)
    assert run.asked(frontier=1) == [("r", "lookahead", 2)] * 3
    assert run.search().status("t0") == "saturated"


def test_a_good_round_gives_a_task_its_patience_back() -> None:
    news = iter([0, 2, 0, 1, 0, 0])
    run = Run(Limits(1, (4,), patience=2), lambda _name, _turn: next(news))
    assert [ask for _, _, ask in run.asked(frontier=1)] == [2, 2, 2, 2, 1, 1]
    assert (run.rounds["t0"], run.search().status("t0")) == (Rounds(6, 2), "saturated")


@pytest.mark.parametrize(
    ("proposed", "admitted", "poor"),
    [(0, 0, 1), (4, 0, 1), (4, 1, 1), (4, 2, 0), (2, 1, 0), (1, 1, 0), (10, 5, 0), (10, 3, 1)],
)
def test_a_round_is_poor_when_little_of_it_was_new(proposed: int, admitted: int, poor: int) -> None:
    assert Rounds(asked=2).after(proposed, admitted, SATURATION) == Rounds(3, poor)


def test_seeds_are_explored_before_the_root_is_asked_for_more() -> None:
    limits = Limits(2, (4, 1), 1)
    assert [name for name, _, _ in Run(limits, everything, seeds=3).asked(frontier=1)] == [
        *["r.0", "r.1", "r.2"],
        *["r", "r.3"],
    ]


def test_wider_limits_open_a_finished_search_again() -> None:
    run = Run(Limits(1, (2, 1), 1), everything)
    run.asked(frontier=4)
    assert run.search().is_settled("t0")
    run.limits = Limits(2, (3, 1), 1)
    assert run.asked(frontier=1) == [
        ("r.0", "lookahead", 1),
        ("r.1", "lookahead", 1),
        ("r", "backtrack", 1),
        ("r.2", "lookahead", 1),
    ]


def test_a_pruned_child_makes_room_for_another() -> None:
    run = Run(Limits(1, (2,), 1), everything)
    run.asked(frontier=1)
    run.tree.prune("t2")
    assert run.search(4).next_steps(GROW) == [Step("backtrack", "t0", 1)]


@settings(max_examples=30)
@given(limits=a_limit(), frontier=st.integers(1, 6))
def test_a_world_without_end_fills_the_tree_to_its_limits(limits: Limits, frontier: int) -> None:
    run = Run(limits, everything)
    run.asked(frontier)
    assert len(run.tree) == limits.most_tasks()


def test_breadth_ends_with_depth() -> None:
    limits = Limits(depth=2, breadth=(3, 2, 9), patience=1)
    assert [limits.breadth_at(depth) for depth in range(4)] == [3, 2, 0, 0]
    assert limits.most_tasks() == 1 + 3 + 6


def test_what_a_person_asks_for_reaches_beyond_breadth_and_depth() -> None:
    tree = TaskTree()
    root = tree.add("r", "", None).id
    child = tree.add("a", "", root).id
    limits = Limits(1, (1,), patience=2)
    poor = Rounds(asked=2, poor=2)
    assert depth_first(tree, {}, limits, 9).next_steps(GROW) == []
    wanted = {root: poor.wanting(3), child: Rounds().wanting(1)}
    assert depth_first(tree, wanted, limits, 9).next_steps(GROW) == [Step("lookahead", child, 1)]
    wanted[child] = wanted[child].after(1, 0, SATURATION).after(1, 0, SATURATION)
    assert depth_first(tree, wanted, limits, 9).next_steps(GROW) == [Step("backtrack", root, 2)]


def test_a_pruned_child_keeps_its_place_until_more_is_asked_for() -> None:
    tree = TaskTree()
    root = tree.add("r", "", None).id
    limits = Limits(1, (1,), patience=2)
    pruned = Rounds(asked=1).without_one()
    assert depth_first(tree, {root: pruned}, limits, 9).next_steps(GROW) == []
    again = depth_first(tree, {root: pruned.wanting(1)}, limits)
    assert again.next_steps(GROW) == [Step("lookahead", root, 1)]
