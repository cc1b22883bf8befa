from hypothesis import given, settings
from hypothesis import strategies as st

from search.breadth_first import BreadthFirst
from search.estimate import explore_calls
from search.limits import Limits
from tests.search.knowing import SATURATION, Asked, Run, World, everything, nothing
from tests.search.test_depth_first import a_limit, worlds


def queued(limits: Limits, world: World, seeds: int) -> list[Asked]:
    """Return what a plain queue asks for: the slow twin."""
    asked: list[Asked] = []
    queue = [("r", 0, seeds), *((f"r.{n}", 1, 0) for n in range(seeds))]
    while queue:
        name, depth, children = queue.pop(0)
        turn = poor = 0
        while depth < limits.depth and poor < limits.patience:
            missing = limits.breadth[depth] - children
            if missing <= 0:
                break
            asked.append((name, "backtrack" if children else "lookahead", missing))
            new = min(missing, world(name, turn))
            poor = poor + 1 if new == 0 or new <= SATURATION * missing else 0
            queue += [(f"{name}.{n}", depth + 1, 0) for n in range(children, children + new)]
            turn, children = turn + 1, children + new
    return asked


@settings(max_examples=60)
@given(limits=a_limit(), world=worlds, seeds=st.integers(0, 4))
def test_with_a_frontier_of_one_it_is_a_queue(limits: Limits, world: World, seeds: int) -> None:
    seeds = min(seeds, limits.breadth[0])
    run = Run(limits, world, seeds, kind=BreadthFirst)
    assert run.asked(frontier=1) == queued(limits, world, seeds)


def test_all_subtasks_are_asked_for_at_once_and_level_by_level() -> None:
    run = Run(Limits(depth=2, breadth=(3, 2), patience=2), everything, kind=BreadthFirst)
    assert run.asked(frontier=1) == [
        ("r", "lookahead", 3),
        *((f"r.{n}", "lookahead", 2) for n in range(3)),
    ]


def test_a_task_that_brings_nothing_is_asked_until_it_is_saturated() -> None:
    run = Run(Limits(1, (4,), patience=3), nothing, kind=BreadthFirst)
    assert run.asked(frontier=1) == [("r", "lookahead", 4)] * 3
    assert run.search().status("t0") == "saturated"


@settings(max_examples=30)
@given(limits=a_limit())
def test_where_all_is_new_it_takes_as_many_calls_as_estimated(limits: Limits) -> None:
    calls = len(Run(limits, everything, kind=BreadthFirst).asked(frontier=1))
    assert explore_calls(limits, BreadthFirst.asking, share=1, given=0) == calls
