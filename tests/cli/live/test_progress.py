from typing import Any

from cli.live.progress import Now, Progress


def after(*events: dict[str, Any]) -> Progress:
    """Return the progress after the events, a second apart."""
    progress = Progress()
    for at, event in enumerate(events):
        progress.apply({"v": 1, **event}, at=float(at))
    return progress


def admitted(task: str, parent: str | None) -> dict[str, Any]:
    return {"type": "task_admitted", "task": task, "parent": parent, "name": task.upper()}


def budget(calls: int, expected: int = 100) -> dict[str, Any]:
    tokens = {"prompt_tokens": 5, "completion_tokens": 2, "usd": None}
    wanted = {"calls_expected": expected, "kept": 3, "wanted": 40}
    return {"type": "budget", "calls": calls, **tokens, **wanted}


def test_counts_belong_to_a_task_and_all_above_it() -> None:
    progress = after(
        admitted("r", None),
        admitted("a", "r"),
        admitted("b", "a"),
        {"type": "task_closed", "task": "b", "why": "depth"},
        {"type": "record_kept", "task": "b", "id": "1", "instruction": "first"},
        {"type": "record_kept", "task": "a", "id": "2", "instruction": "second"},
    )
    counts = {task: (b.tasks, b.open, b.kept) for task, b in progress.branches.items()}
    assert counts == {"r": (3, 2, 2), "a": (2, 1, 2), "b": (1, 0, 1)}
    assert progress.path("b") == ("R", "A", "B")
    assert progress.last == "second"
    assert progress.kept == 2


def test_a_replayed_event_changes_nothing() -> None:
    closed = {"type": "task_closed", "task": "a", "why": "complete"}
    events = [admitted("r", None), admitted("a", "r"), closed]
    assert after(*events).branches == after(*events, *events).branches


def test_events_about_unknown_tasks_and_of_unknown_types_are_passed_over() -> None:
    progress = after(
        {"type": "record_kept", "task": "gone", "id": "1", "instruction": "x"},
        {"type": "task_closed", "task": "gone", "why": "failed"},
        {"type": "generating", "task": "gone", "name": "Gone", "n": 1},
        {"type": "from a later version"},
        admitted("orphan", "gone"),
    )
    assert progress.now == Now("generate", "gone", ("Gone",))
    assert progress.branches["orphan"].parent is None


def test_waiting_ends_with_the_next_event() -> None:
    waiting = {"type": "waiting", "message": "loading"}
    assert after(waiting).waiting == "loading"
    assert after(waiting, {"type": "phase", "phase": "explore"}).waiting == ""


def test_time_left_follows_the_rate_of_this_sitting() -> None:
    progress = after(budget(50), budget(51), budget(53), budget(60))
    assert progress.seconds_left(at=3) == 40 * 3 / 10
    assert progress.seconds_left(at=5) == 10
    assert progress.seconds_left(at=99) == 0
    assert after(budget(50), budget(51)).seconds_left(at=1) is None
    assert after().seconds_left(at=1) is None


def test_the_budget_counts_what_was_kept_before_this_sitting_too() -> None:
    progress = after(budget(1), {"type": "record_kept", "task": "r", "id": "1", "instruction": "x"})
    assert (progress.kept, progress.wanted) == (4, 40)


def test_what_a_person_changes_is_seen() -> None:
    events = [admitted("r", None), admitted("a", "r"), admitted("b", "a"), admitted("c", "r")]
    closed = {"type": "task_closed", "task": "c", "why": "complete"}
    renamed = {"type": "task_renamed", "task": "c", "name": "Better", "reason": ""}
    progress = after(*events, closed, {"type": "task_pruned", "task": "a"}, renamed)
    assert list(progress.branches) == ["r", "c"]
    root = progress.branches["r"]
    assert (root.tasks, root.open, root.children) == (2, 1, ["c"])
    assert progress.path("c") == ("R", "Better")
    progress.apply({"v": 1, "type": "more_wanted", "task": "c", "count": 2}, at=9)
    assert (progress.branches["r"].open, progress.branches["c"].closed) == (2, "")
