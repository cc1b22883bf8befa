"""The schedule of generation: which task gets the next call.

Round-robin: the tasks with the fewest calls go next, ties in depth-first order, so that a budget
which ends early has been spent evenly over the branches. A call asks for one record of each of the
next tasks. A task needs no call once the records kept and those in flight reach its quota, or once
`dry_calls` calls in a row kept nothing of it. Where all tasks together are to have a total, the
tasks with the fewest records go next.
"""

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import inf

from search.step import Part, Step
from store.facts import Progress


@dataclass(frozen=True, slots=True)
class Quota:
    """What a task is to have: `records` kept. A call asks for `per_call` records in all.

    `dry_calls` in a row without a kept record end a task. `total` is what all tasks together are to
    have, None where each counts for itself. `is_judged` says whether each record that is proposed
    takes a call more, to a judge; `is_apart`, whether it takes one for its output.
    """

    records: int
    per_call: int
    dry_calls: int
    total: int | None = None
    is_judged: bool = False
    is_apart: bool = False

    @property
    def calls_in_turn(self) -> int:
        """The calls that one for records takes: itself, and those about each of its records."""
        return 1 + self.per_call * (self.is_judged + self.is_apart)

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

    `progress` holds every task, in the order that decides ties; `pending` are the calls that were
    planned and whose records are not admitted yet.
    """
    turns = _Turns(progress, pending, quota)
    calls: list[Step] = []
    while len(calls) < room and (parts := turns.deal()):
        calls.append(Step.writing(parts))
    return calls


class _Turns:
    """The tasks that still want records, the next one first."""

    def __init__(
        self, progress: Mapping[str, Progress], pending: Iterable[Step], quota: Quota
    ) -> None:
        self._quota = quota
        self._turns = {task: done.calls for task, done in progress.items()}
        self._promised = {task: done.kept for task, done in progress.items()}
        for part in (part for call in pending for part in call.parts if part.task in progress):
            self._turns[part.task] += 1
            self._promised[part.task] += part.asked
        promised = sum(self._promised.values())
        self._left = inf if quota.total is None else quota.total - promised
        self._queue = [
            self._rank(task, place)
            for place, (task, done) in enumerate(progress.items())
            if done.dry < quota.dry_calls and self._wanted(task)
        ]
        heapq.heapify(self._queue)

    def deal(self) -> tuple[Part, ...]:
        """Return the parts of the next call; nothing where no task wants records.

        The next tasks get a record each. Where fewer want records than a call may bring, they get
        several, dealt in turns.
        """
        most = int(min(self._quota.per_call, self._left))
        taken = [heapq.heappop(self._queue) for _ in range(min(most, len(self._queue)))]
        places = {task: place for *_, place, task in taken}
        asked = dealt({task: self._wanted(task) for task in places}, most)
        parts = tuple(Part(task, count, self._turns[task]) for task, count in asked.items())
        for part in parts:
            self._left -= part.asked
            self._turns[part.task] += 1
            self._promised[part.task] += part.asked
            if self._wanted(part.task):
                heapq.heappush(self._queue, self._rank(part.task, places[part.task]))
        return parts

    def _wanted(self, task: str) -> int:
        return max(0, self._quota.records - self._promised[task])

    def _rank(self, task: str, place: int) -> tuple[int, int, int, str]:
        level = 0 if self._quota.total is None else self._promised[task]
        return (level, self._turns[task], place, task)


def dealt(wanted: Mapping[str, int], most: int) -> dict[str, int]:
    """Return how many each gets of `most`, dealt in turns, none more than it wants."""
    asked = dict.fromkeys(wanted, 0)
    while (open_ones := [task for task in wanted if asked[task] < wanted[task]]) and most > 0:
        for task in open_ones[:most]:
            asked[task] += 1
        most -= len(open_ones[:most])
    return asked
