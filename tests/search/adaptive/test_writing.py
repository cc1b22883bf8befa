from hypothesis import given
from hypothesis import strategies as st

from search.adaptive.writing import Writing
from search.schedule import Quota
from search.step import Part, Step
from store.facts import Progress
from store.standing import Standing, Standings
from tests.search.knowing import Facts

Kept = list[tuple[int, int, int]]
"""By task: records kept, records under way, dry calls."""

quotas = st.builds(
    Quota,
    records=st.integers(1, 6),
    per_call=st.integers(1, 5),
    dry_calls=st.integers(1, 3),
    total=st.none() | st.integers(1, 40),
)
tasks = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2), st.integers(0, 3)), max_size=12)


def chance(stands: Standing) -> float:
    return (1 + stands.depth) / (2 + stands.depth + stands.kept)


def known(kept: Kept) -> tuple[Facts, list[Step]]:
    standings, pending = Standings(), []
    standings.add("t", None)
    standings.write("t", 99, 0)
    for n, (records, promised, dry) in enumerate(kept):
        standings.add(f"t{n}", f"t{n - 3}" if n > 2 else "t")
        standings.write(f"t{n}", records, dry)
        if promised:
            pending.append(Step.writing((Part(f"t{n}", promised),)))
    progress = {f"t{n}": Progress(calls=records) for n, (records, *_) in enumerate(kept)}
    return Facts(progress=progress, standings=standings), pending


def slow_chances(facts: Facts, pending: list[Step], quota: Quota, room: int) -> list[list[float]]:
    """Return the chances of the tasks of each call: the highest ones, looked for one by one."""
    stands = {t: s for s, group in facts.standings.groups.items() for t in group}
    left = 10**6 if quota.total is None else quota.total - sum(s.kept for s in stands.values())
    for part in (part for step in pending for part in step.parts):
        at = stands[part.task]
        stands[part.task] = at._replace(kept=at.kept + part.asked)
        left -= part.asked
    calls = []
    for _ in range(room):
        waiting = {
            task: chance(s)
            for task, s in stands.items()
            if s.kept < quota.records and s.dry < quota.dry_calls
        }
        most = min(quota.per_call, left)
        best = sorted(waiting.values(), reverse=True)[: max(0, most)]
        if not best:
            break
        calls.append(best)
        chosen = sorted(waiting, key=lambda t: (-waiting[t], stands[t].depth))[: len(best)]
        asked = 0
        while asked < most and any(stands[t].kept < quota.records for t in chosen):
            for task in chosen:
                if asked < most and stands[task].kept < quota.records:
                    stands[task] = stands[task]._replace(kept=stands[task].kept + 1)
                    asked += 1
        left -= asked
    return calls


@given(tasks, quotas, st.integers(0, 6))
def test_records_go_where_the_chance_is_highest(kept: Kept, quota: Quota, room: int) -> None:
    facts, pending = known(kept)
    steps = list(Writing(facts, quota, pending, chance, lambda _: True).steps(room, full=False))
    at = {t: s for s, group in facts.standings.groups.items() for t in group}
    promised = dict.fromkeys(at, 0)
    for part in (part for step in pending for part in step.parts):
        promised[part.task] += part.asked
    seen = []
    for step in steps:
        parts = step.parts
        assert len({part.task for part in parts}) == len(parts)
        seen.append(
            [chance(at[p.task]._replace(kept=at[p.task].kept + promised[p.task])) for p in parts]
        )
        for part in parts:
            promised[part.task] += part.asked
            assert at[part.task].kept + promised[part.task] <= quota.records
    first = slow_chances(facts, pending, quota, room)
    assert seen[:1] == first[:1]
    assert len(seen) == len(first)


def test_a_task_alone_gets_all_that_a_call_may_bring() -> None:
    facts, _ = known([(0, 0, 0)])
    writing = Writing(facts, Quota(9, 5, 5), [], chance, lambda _: True)
    assert list(writing.steps(9, full=False)) == [
        Step.writing((Part("t0", 5),)),
        Step.writing((Part("t0", 4, 1),)),
    ]


def test_full_calls_alone_where_that_is_asked_for() -> None:
    facts, _ = known([(0, 0, 0), (0, 0, 0), (0, 0, 0)])
    quota = Quota(1, 2, 5)
    writing = Writing(facts, quota, [], chance, lambda _: True)
    assert [len(step.parts) for step in writing.steps(9, full=True)] == [2]


def test_no_record_of_a_task_that_is_asked_for_names_or_may_not_be_written() -> None:
    facts, _ = known([(0, 0, 0), (1, 0, 0), (0, 0, 0)])
    asking = [Step("lookahead", "t0", 5)]
    writing = Writing(facts, Quota(5, 5, 5), asking, chance, lambda stands: not stands.kept)
    assert [step.task for step in writing.steps(1, full=False)] == ["t2"]


def test_no_more_than_the_total() -> None:
    facts, pending = known([(2, 1, 0), (3, 0, 0)])
    quota = Quota(99, 5, 5, total=99 + 6 + 4)
    steps = list(Writing(facts, quota, pending, chance, lambda _: True).steps(9, full=False))
    assert [sum(part.asked for part in step.parts) for step in steps] == [4]
