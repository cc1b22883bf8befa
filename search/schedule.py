"""The schedule of generation: which task gets the next call.

Round-robin: the task with the fewest calls goes next, ties in DFS order, so that a budget which
ends early has been spent evenly over the branches. A task needs no call once the records kept and
those in flight reach its quota, or once `patience` calls in a row kept nothing (it is saturated).
Where all together are to have a total, the task with the fewest records goes next, and asks for no
more than its share of what is missing.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil, inf


@dataclass(frozen=True, slots=True)
class Progress:
    """What asking a task for records has brought; `dry` counts calls in a row that kept none.

    Of those kept, `inherited` came with the tree that the run began on.
    """

    calls: int = 0
    kept: int = 0
    rejected: int = 0
    dry: int = 0
    inherited: int = 0

    def after(self, kept: int, rejected: int, *, inherited: bool = False) -> "Progress":
        """Return the progress after one more call, the run's own or an inherited one."""
        dry = 0 if kept else self.dry + 1
        known = self.inherited + (kept if inherited else 0)
        return Progress(self.calls + 1, self.kept + kept, self.rejected + rejected, dry, known)


@dataclass(frozen=True, slots=True)
class Quota:
    """What a task is to have: `records` kept, `per_call` asked at once, `patience` dry calls.

    `total` is what all tasks together are to have, None where each counts for itself.
    """

    records: int
    per_call: int
    patience: int
    total: int | None = None

    def is_met(self, progress: Iterable[Progress]) -> bool:
        """Tell whether nothing is missing, neither a task's records nor of the total."""
        kept = [done.kept for done in progress]
        if self.total is not None and sum(kept) >= self.total:
            return True
        return self.total is None and all(count >= self.records for count in kept)

    def missed_by(self, progress: Iterable[Progress]) -> str:
        """Return why a quota that is not met stays so: per_task where each task has its records."""
        full = all(done.kept >= self.records for done in progress)
        return "per_task" if full else "saturation"


@dataclass(frozen=True, slots=True)
class Planned:
    """A call for `task`, its `turn`-th (from 0), asking for `asked` records."""

    task: str
    turn: int
    asked: int


def next_calls(
    progress: Mapping[str, Progress], in_flight: Iterable[Planned], quota: Quota, room: int
) -> list[Planned]:
    """Return up to `room` further calls; `progress` holds every task, in DFS order."""
    turns = {task: done.calls for task, done in progress.items()}
    promised = {task: done.kept for task, done in progress.items()}
    for call in in_flight:
        turns[call.task] += 1
        promised[call.task] += call.asked

    def rank(task: str, place: int) -> tuple[int, int, int, str]:
        level = 0 if quota.total is None else promised[task]
        return (level, turns[task], place, task)

    queue = [
        rank(task, place)
        for place, (task, done) in enumerate(progress.items())
        if done.dry < quota.patience and promised[task] < quota.records
    ]
    heapq.heapify(queue)
    alike = Counter(level for level, *_ in queue)
    left = inf if quota.total is None else quota.total - sum(promised.values())
    calls: list[Planned] = []
    while queue and len(calls) < room and left > 0:
        level, turn, place, task = heapq.heappop(queue)
        share = quota.per_call if quota.total is None else ceil(left / alike[level])
        most = min(quota.per_call, quota.records - promised[task])
        call = Planned(task, turn, min(most, share))
        calls.append(call)
        left -= call.asked
        alike[level] -= 1
        turns[task] += 1
        promised[task] += call.asked
        if promised[task] < quota.records:
            again = rank(task, place)
            alike[again[0]] += 1
            heapq.heappush(queue, again)
    return calls
