"""Which tasks get the next records: those whose next record is likeliest about something new."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush
from itertools import count
from math import inf

from search.schedule import Quota, dealt
from search.step import Part, Step
from search.strategy import Known
from store.standing import Standing

Chance = Callable[[Standing], float]
"""From how a task stands to the chance that its next record is about something new."""

Waiting = tuple[float, int, int, Standing, Iterator[str]]
"""Tasks that stand alike, ordered by chance, then depth, then the order of arrival."""


class Writing:
    """The calls for records of one moment; `pending` are the calls under way.

    Of the tasks that `may_write` says no to none gets a record.
    """

    def __init__(
        self,
        known: Known,
        quota: Quota,
        pending: Iterable[Step],
        chance: Chance,
        may_write: Callable[[Standing], bool],
    ) -> None:
        self._known = known
        self._quota = quota
        self._chance = chance
        self._may_write = may_write
        self._order = count()
        self._turns: Counter[str] = Counter()
        promised, asking = self._under_way(pending)
        kept = known.standings.kept
        self._left = inf if quota.total is None else quota.total - kept - promised.total()
        self._heap: list[Waiting] = []
        for stands, tasks in known.standings.groups.items():
            self._push(stands, (t for t in tasks if t not in promised and t not in asking))
        for task in promised:
            if task in known.standings and task not in asking:
                stands = known.standings[task]
                self._push(stands._replace(kept=stands.kept + promised[task]), iter([task]))

    def steps(self, room: int, *, full: bool) -> Iterator[Step]:
        """Yield up to so many calls; with `full`, none that brings less than a call may bring."""
        for _ in range(room):
            parts = self._deal()
            if not parts or (full and sum(part.asked for part in parts) < self._quota.per_call):
                return
            yield Step.writing(parts)

    def _under_way(self, pending: Iterable[Step]) -> tuple[Counter[str], set[str]]:
        """Return the records promised by task, and the tasks that are asked for names."""
        promised: Counter[str] = Counter()
        asking = set()
        for step in pending:
            if step.operation != "generate":
                asking.add(step.task)
                continue
            for part in step.parts:
                promised[part.task] += part.asked
                self._turns[part.task] += 1
        return promised, asking

    def _deal(self) -> tuple[Part, ...]:
        """Return the parts of the next call; nothing where no task wants records."""
        most = int(min(self._quota.per_call, self._left))
        taken: dict[str, Standing] = {}
        while len(taken) < most and (found := self._next()):
            taken.update([found])
        wanted = {task: self._quota.records - stands.kept for task, stands in taken.items()}
        parts = []
        for task, asked in dealt(wanted, most).items():
            turn = self._known.progress[task].calls + self._turns[task]
            parts.append(Part(task, asked, turn))
            self._turns[task] += 1
            self._left -= asked
            stands = taken[task]
            self._push(stands._replace(kept=stands.kept + asked), iter([task]))
        return tuple(parts)

    def _next(self) -> tuple[str, Standing] | None:
        """Take out the task that is to get the next record."""
        while self._heap:
            *_, stands, tasks = self._heap[0]
            task = next(tasks, None)
            if task is not None:
                return task, stands
            heappop(self._heap)
        return None

    def _push(self, stands: Standing, tasks: Iterator[str]) -> None:
        quota = self._quota
        if stands.kept >= quota.records or stands.dry >= quota.dry_calls:
            return
        if self._may_write(stands):
            chance = -self._chance(stands)
            heappush(self._heap, (chance, stands.depth, next(self._order), stands, tasks))
