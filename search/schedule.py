"""The schedule of generation: which task gets the next call.

Round-robin: the task with the fewest calls goes next, ties in depth-first order, so that a budget
which ends early has been spent evenly over the branches. A task needs no call once the records kept
and those in flight reach its quota, or once `dry_calls` calls in a row kept nothing. Where all
tasks together are to have a total, the task with the fewest records goes next, and asks for no more
than its share of what is missing.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil, inf

from search.step import Step
from store.facts import Progress


@dataclass(frozen=True, slots=True)
class Quota:
    """What a task is to have: `records` kept, asked for `per_call` at once.

    `dry_calls` in a row without a kept record end a task. `total` is what all tasks together are to
    have, None where each counts for itself.
    """

    records: int
    per_call: int
    dry_calls: int
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


def next_calls(
    progress: Mapping[str, Progress], pending: Iterable[Step], quota: Quota, room: int
) -> list[Step]:
    """Return up to `room` further calls for records.

    `progress` holds every task, in depth-first order; `pending` are the calls that were planned
    and whose records are not admitted yet.
    """
    turns = {task: done.calls for task, done in progress.items()}
    promised = {task: done.kept for task, done in progress.items()}
    for call in pending:
        turns[call.task] += 1
        promised[call.task] += call.asked

    def rank(task: str, place: int) -> tuple[int, int, int, str]:
        level = 0 if quota.total is None else promised[task]
        return (level, turns[task], place, task)

    queue = [
        rank(task, place)
        for place, (task, done) in enumerate(progress.items())
        if done.dry < quota.dry_calls and promised[task] < quota.records
    ]
    heapq.heapify(queue)
    alike = Counter(level for level, *_ in queue)
    left = inf if quota.total is None else quota.total - sum(promised.values())
    calls: list[Step] = []
    while queue and len(calls) < room and left > 0:
        level, turn, place, task = heapq.heappop(queue)
        share = quota.per_call if quota.total is None else ceil(left / alike[level])
        most = min(quota.per_call, quota.records - promised[task])
        call = Step("generate", task, min(most, share), turn)
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
