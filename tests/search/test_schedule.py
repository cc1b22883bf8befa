from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.schedule import Quota, next_calls
from search.step import Part, Step
from store.facts import Progress

quotas = st.builds(
    Quota,
    records=st.integers(1, 12),
    per_call=st.integers(1, 5),
    dry_calls=st.integers(1, 4),
    total=st.none() | st.integers(1, 30),
)


def slow_calls(
    progress: dict[str, Progress], pending: list[Step], quota: Quota, room: int
) -> list[Step]:
    """Return what next_calls returns: one call at a time, everything counted anew."""
    calls: list[Step] = []
    while len(calls) < room:
        made = [part for call in (*pending, *calls) for part in call.parts]
        turns = {t: d.calls + sum(p.task == t for p in made) for t, d in progress.items()}
        promised = {
            t: d.kept + sum(p.asked for p in made if p.task == t) for t, d in progress.items()
        }
        left = quota.per_call
        if quota.total is not None:
            left = min(left, quota.total - sum(promised.values()))
        asking = [
            t
            for t, d in progress.items()
            if promised[t] < quota.records and d.dry < quota.dry_calls
        ]
        level = promised if quota.total else dict.fromkeys(progress, 0)
        ranked = sorted((level[t], turns[t], place, t) for place, t in enumerate(asking))
        chosen = [t for *_, t in ranked[: max(0, left)]]
        asked = dict.fromkeys(chosen, 0)
        for _ in range(quota.per_call):
            for task in chosen:
                if sum(asked.values()) < left and promised[task] + asked[task] < quota.records:
                    asked[task] += 1
        if not chosen:
            break
        parts = tuple(Part(task, count, turns[task]) for task, count in asked.items())
        calls.append(Step.writing(parts))
    return calls


def generate(*parts: tuple[str, int, int]) -> Step:
    return Step.writing(tuple(Part(*part) for part in parts))


def test_a_call_asks_for_one_record_of_each_of_the_tasks_with_the_fewest_calls() -> None:
    progress = {"a": Progress(calls=1), "b": Progress(), "c": Progress()}
    assert next_calls(progress, [], Quota(records=9, per_call=2, dry_calls=3), room=3) == [
        generate(("b", 1, 0), ("c", 1, 0)),
        generate(("a", 1, 1), ("b", 1, 1)),
        generate(("c", 1, 1), ("a", 1, 2)),
    ]


def test_a_task_that_wants_records_alone_gets_the_whole_call() -> None:
    quota = Quota(records=9, per_call=5, dry_calls=3)
    assert next_calls({"a": Progress()}, [], quota, room=9) == [
        generate(("a", 5, 0)),
        generate(("a", 4, 1)),
    ]


def test_fewer_tasks_than_a_call_may_bring_records_get_several_dealt_in_turns() -> None:
    progress = {"a": Progress(), "b": Progress(calls=1, kept=8)}
    quota = Quota(records=9, per_call=5, dry_calls=3)
    assert next_calls(progress, [], quota, room=1) == [generate(("a", 4, 0), ("b", 1, 1))]
    quota = Quota(records=20, per_call=5, dry_calls=3)
    assert next_calls(progress, [], quota, room=1) == [generate(("a", 3, 0), ("b", 2, 1))]


def test_a_call_asks_for_no_more_than_is_missing() -> None:
    progress = {"a": Progress(calls=1, kept=4)}
    quota = Quota(records=10, per_call=3, dry_calls=1)
    pending = [Step("generate", "a", 3, 1)]
    assert next_calls(progress, pending, quota, room=9) == [Step("generate", "a", 3, 2)]
    assert next_calls({"a": Progress(1, 9)}, [], quota, room=9) == [Step("generate", "a", 1, 1)]
    assert next_calls({"a": Progress(1, 11)}, [], quota, room=9) == []


@pytest.mark.parametrize(
    ("total", "asked"), [(12, [5, 5, 2]), (30, [5] * 6), (3, [3]), (90, [5] * 18)]
)
def test_a_total_is_spread_over_all_tasks(total: int, asked: list[int]) -> None:
    progress = {f"t{number}": Progress() for number in range(10)}
    quota = Quota(records=100, per_call=5, dry_calls=3, total=total)
    calls = next_calls(progress, [], quota, room=99)
    assert [sum(part.asked for part in call.parts) for call in calls] == asked
    promised = Counter(part.task for call in calls for part in call.parts)
    assert max(promised.values()) - min(promised[task] for task in progress) <= 1


def test_what_misses_of_a_total_is_asked_of_the_tasks_with_the_fewest() -> None:
    progress = {"a": Progress(2, 6), "b": Progress(3, 4), "c": Progress(2, 5)}
    quota = Quota(records=100, per_call=5, dry_calls=3, total=17)
    assert next_calls(progress, [], quota, room=9) == [generate(("b", 1, 3), ("c", 1, 2))]


def test_a_task_that_stayed_dry_for_its_patience_gets_no_call() -> None:
    quota = Quota(records=5, per_call=1, dry_calls=2)
    progress = {"dry": Progress(calls=2, dry=2), "wet": Progress(calls=9, dry=1)}
    assert next_calls(progress, [], quota, room=1) == [Step("generate", "wet", 1, 9)]


@pytest.mark.parametrize("room", [0, -3])
def test_without_room_there_is_no_call(room: int) -> None:
    assert next_calls({"a": Progress()}, [], Quota(1, 1, 1), room) == []


def test_progress_counts_dry_calls_in_a_row() -> None:
    progress = Progress().after(kept=0, rejected=2).after(kept=0, rejected=1)
    assert progress == Progress(calls=2, kept=0, rejected=3, dry=2)
    assert progress.after(kept=1, rejected=0) == Progress(calls=3, kept=1, rejected=3, dry=0)


@given(quota=quotas, room=st.integers(0, 20), data=st.data())
def test_it_matches_the_slow_twin(quota: Quota, room: int, data: st.DataObject) -> None:
    done = st.builds(Progress, *[st.integers(0, 6)] * 4)
    progress = data.draw(st.dictionaries(st.sampled_from("abcde"), done, min_size=1))
    part = st.builds(Part, st.sampled_from(list(progress)), st.integers(1, 5), st.integers(0, 6))
    parts = st.lists(part, min_size=1, max_size=3, unique_by=lambda part: part.task).map(tuple)
    call = parts.map(Step.writing)
    pending = data.draw(st.lists(call, max_size=6))
    expected = slow_calls(progress, pending, quota, room)
    assert next_calls(progress, pending, quota, room) == expected


@settings(max_examples=60)
@given(
    quota=quotas,
    tasks=st.integers(1, 5),
    window=st.integers(1, 6),
    share=st.lists(st.integers(0, 5), min_size=1, max_size=8),
)
def test_a_pipeline_ends_with_every_task_full_or_saturated(
    quota: Quota, tasks: int, window: int, share: list[int]
) -> None:
    """Calls are admitted in order; the n-th part keeps up to share[n % len]."""
    progress = {f"t{n}": Progress() for n in range(tasks)}
    pending: list[Step] = []
    admitted: list[Part] = []
    while True:
        pending += next_calls(progress, pending, quota, window - len(pending))
        for task, done in progress.items():
            parts = [part for call in pending for part in call.parts]
            promised = sum(part.asked for part in parts if part.task == task)
            assert done.kept + promised <= quota.records
        kept_in_all = sum(done.kept for done in progress.values())
        assert quota.total is None or kept_in_all <= quota.total
        if not pending:
            break
        call = pending.pop(0)
        for part in call.parts:
            kept = min(part.asked, share[len(admitted) % len(share)])
            progress[part.task] = progress[part.task].after(kept, part.asked - kept)
            admitted.append(part)
    met = quota.is_met(progress.values())
    assert met or any(done.dry >= quota.dry_calls or done.kept for done in progress.values())
    for task, done in progress.items():
        turns = [part.turn for part in admitted if part.task == task]
        assert turns == list(range(done.calls))
        assert done.kept == quota.records or done.dry >= quota.dry_calls or met


@given(quota=quotas, tasks=st.integers(1, 5), spent=st.integers(0, 30))
def test_a_budget_that_ends_early_has_been_spent_evenly(
    quota: Quota, tasks: int, spent: int
) -> None:
    quota = replace(quota, total=None)
    progress = {f"t{n}": Progress() for n in range(tasks)}
    for _ in range(spent):
        for part in (p for call in next_calls(progress, [], quota, room=1) for p in call.parts):
            done = progress[part.task].after(kept=1, rejected=0)
            progress[part.task] = replace(done, dry=0)
    calls = [done.calls for done in progress.values()]
    assert max(calls) - min(calls) <= 1
