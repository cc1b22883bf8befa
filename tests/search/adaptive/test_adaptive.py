"""Adaptive as a whole: worlds of tasks explored to their end, and what a person asks of it."""

from dataclasses import replace

from search.adaptive.adaptive import BUSY, Adaptive
from search.limits import NO_LIMIT
from search.schedule import Quota
from search.step import Part, Step
from search.strategy import Moment, Plan
from store.facts import Paid, Progress, Rounds
from tests.search.knowing import GROW, Facts, Run, everything, nothing

ANYWHERE = Adaptive.limits(None, (), 2)


def three_levels(name: str, turn: int) -> int:
    """Return what a model knows of tasks that split in six, two levels down."""
    return 0 if turn or name.count(".") >= 2 else 6


def explored(run: Run, rounds: int) -> Run:
    for _ in range(rounds):
        for step in run.search().next_steps(replace(GROW, room=8)):
            run.take(step)
    return run


def writing(run: Run, tokens: int | None = None) -> Adaptive:
    tasks = list(run.tree.preorder())
    progress = {task: Progress() for task in tasks}
    facts = Facts(run.tree, run.rounds, progress, standings=run.standings, names_paid=Paid(1, 1, 9))
    return Adaptive(facts, Plan(ANYWHERE, Quota(99, 5, 5), tokens=tokens))


def test_a_tree_ends_where_tasks_do_not_split() -> None:
    run = explored(Run(ANYWHERE, three_levels, kind=Adaptive), 99)
    depths = [run.tree.task(task).depth for task in run.tree.preorder()]
    assert depths.count(1) == 6
    assert depths.count(2) >= 20
    assert depths.count(3) == 0
    search = run.search()
    assert search.next_steps(replace(GROW, room=8)) == []
    assert search.is_settled(run.tree.root)
    assert {search.status(task) for task in run.tree.preorder()} == {"saturated"}


def test_nothing_is_asked_for_ever_of_a_model_that_knows_nothing() -> None:
    run = explored(Run(ANYWHERE, nothing, kind=Adaptive), 20)
    assert len(run.tree) == 1
    assert run.search().next_steps(replace(GROW, room=8)) == []


def test_named_depth_and_breadth_are_kept() -> None:
    limits = Adaptive.limits(2, (3, 2), 2)
    run = explored(Run(limits, everything, kind=Adaptive), 30)
    assert len(run.tree) == 1 + 3 + 6
    search = run.search()
    assert search.status("t0") == "complete"
    assert {search.status(t) for t in run.tree.preorder() if run.tree.task(t).depth == 2} == {
        "depth"
    }


def test_a_person_gets_the_subtasks_asked_for_even_of_a_task_that_has_no_more() -> None:
    run = explored(Run(ANYWHERE, three_levels, kind=Adaptive), 99)
    leaf = next(task for task in run.tree.preorder() if run.tree.task(task).depth == 2)
    run.rounds[leaf] = run.rounds.get(leaf, Rounds()).wanting(4)
    search = run.search()
    assert search.status(leaf) == "open"
    (step,) = search.next_steps(replace(GROW, room=8))
    assert (step.task, step.asked) == (leaf, 4)
    assert search.why(step) == "4 subtasks are missing that a person wants"
    for _ in range(2):
        run.take(step)
    assert run.search().next_steps(replace(GROW, room=8)) == []


def test_while_names_are_asked_for_only_tasks_that_will_not_split_are_written() -> None:
    run = explored(Run(ANYWHERE, three_levels, kind=Adaptive), 2)
    steps = writing(run).next_steps(Moment(may_grow=True, room=64))
    assert {step.operation for step in steps} <= {"lookahead", "backtrack"}
    run = explored(Run(ANYWHERE, three_levels, kind=Adaptive), 4)
    asking = next(t for t in run.tree.preorder() if run.tree.task(t).depth == 1)
    pending = (Step("backtrack", asking, 5),)
    steps = writing(run).next_steps(Moment(may_grow=False, pending=pending, room=64))
    written = [part.task for step in steps for part in step.parts]
    assert len(steps) < BUSY
    assert {run.tree.task(task).depth for task in written} <= {2}
    assert asking not in written


def test_once_no_name_is_worth_asking_all_room_goes_into_records() -> None:
    run = explored(Run(ANYWHERE, three_levels, kind=Adaptive), 99)
    steps = writing(run).next_steps(Moment(may_grow=True, room=10))
    assert [step.operation for step in steps] == ["generate"] * 10
    first = [part.task for step in steps[:4] for part in step.parts]
    assert all(not run.tree.children(task) for task in first)


def test_names_stop_at_their_share_of_a_cap() -> None:
    run = explored(Run(ANYWHERE, three_levels, kind=Adaptive), 1)
    assert any(
        step.operation != "generate"
        for step in writing(run, tokens=100_000).next_steps(Moment(may_grow=True, room=64))
    )
    steps = writing(run, tokens=20).next_steps(Moment(may_grow=True, room=64))
    assert {step.operation for step in steps} == {"generate"}


def test_every_step_says_why() -> None:
    run = explored(Run(ANYWHERE, three_levels, kind=Adaptive), 1)
    search = writing(run)
    assert search.why(Step.writing((Part("t1", 1),))) == (
        "100% chance of something new; 0 records kept so far"
    )
    assert search.why(Step("lookahead", "t1", 8)).endswith("by 0 answers at depth 1")


def test_what_is_left_shrinks_to_nothing_once_the_tree_is_grown() -> None:
    run = explored(Run(ANYWHERE, three_levels, kind=Adaptive), 99)
    left = writing(run, tokens=100_000).remaining(grows=False)
    assert (left.tasks, left.explore_calls) == (len(run.tree), 0)
    assert left.records > 0
    assert Adaptive.estimate(Plan(ANYWHERE, Quota(99, 5, 5, 300))).records == 300


def test_limits_are_those_that_a_person_named() -> None:
    by_depth, by_breadth = Adaptive.limits(2, (), 2), Adaptive.limits(None, (4, 3), 2)
    assert [by_depth.breadth_at(depth) for depth in range(3)] == [NO_LIMIT, NO_LIMIT, 0]
    assert [by_breadth.breadth_at(depth) for depth in range(3)] == [4, 3, 0]
