"""Adaptive: names where they are expected to be new, records where they are about something new.

Names and records share the calls in flight. While names are asked for, an endpoint that would
stand idle writes records of tasks that are not to be split.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar

from search.adaptive.chances import Chances
from search.adaptive.costs import Purse
from search.adaptive.novelty import Novelty
from search.adaptive.outlook import Made, outlook
from search.adaptive.splitting import MOST, Splitting, asking
from search.adaptive.writing import Writing
from search.estimate import Estimate
from search.limits import NO_LIMIT, Limits
from search.step import Step
from search.strategy import Known, Moment, Plan, Status
from search.tree_search import TreeSearch
from store.standing import Standing

BUSY = 32
"""Calls in flight up to which records are written while names are asked for."""


class Adaptive(TreeSearch):
    """The search over what is known at one moment."""

    mixes: ClassVar[bool] = True
    is_open_ended: ClassVar[bool] = True
    unused: ClassVar[frozenset[str]] = frozenset({"frontier"})

    def __init__(self, known: Known, plan: Plan) -> None:
        super().__init__(known, plan)
        self._standings = known.standings
        self._novelty = Novelty(self._standings.trials)
        self._splitting = Splitting(self._standings, self._novelty, plan.limits, self._free)
        self._chances = Chances(self._novelty, self._splitting)
        self._to_split: dict[Standing, bool] = {}

    def next_steps(self, moment: Moment) -> list[Step]:
        """Return the next calls for names, and those for records that there is room for."""
        names = self._names(moment) if moment.may_grow else []
        if not self._plan.writes:
            return names
        room = moment.room - len(names)
        is_naming = bool(names or moment.naming)
        if is_naming:
            room = min(room, BUSY - len(moment.pending) - len(names))
        writing = Writing(
            self._known,
            self._plan.quota,
            [*moment.pending, *names],
            self._chances.of,
            self._is_single if is_naming else lambda _: True,
        )
        return [*names, *writing.steps(room, full=is_naming)]

    def status(self, task: str) -> Status:
        """Return why the task is closed: depth, complete or saturated; else open.

        Saturated is a task whose next names are not expected to be new.
        """
        status = super().status(task)
        if status in ("depth", "complete") or task in self._wanted:
            return status
        return "open" if self._is_to_split(self._standings[task]) else "saturated"

    def why(self, step: Step) -> str:
        """Return in a sentence why this step is taken now."""
        stands = self._standings[step.task]
        if step.operation == "generate":
            chance = self._chances.of(stands)
            return f"{chance:.0%} chance of something new; {stands.kept} records kept so far"
        if step.task in self._wanted:
            return f"{self._wanted[step.task]} subtasks are missing that a person wants"
        share = self._novelty.mean(stands, step.asked)
        told = self._novelty.answers[stands.depth]
        return f"{share:.0%} of the names should be new, by {told} answers at depth {stands.depth}"

    @property
    def exploration_share(self) -> float:
        """The share of a cap that calls for subtasks may use: all, since the purse bounds them."""
        return 1.0

    def remaining(self, *, grows: bool) -> Estimate:
        """Return the run's expected size from here; `grows` says whether its tree still does."""
        known = self._known
        made = Made(len(self._tree), self._standings.kept, known.names_paid, known.records_paid)
        spent = Purse(known, self._plan, ()).spent if grows else 1.0
        return outlook(self._plan, made, names_left=max(0.0, 1 - spent))

    @classmethod
    def estimate(cls, plan: Plan) -> Estimate:
        """Return the expected size of a run of this plan, and its calls, before it starts."""
        return outlook(plan, Made())

    @staticmethod
    def limits(depth: int | None, breadth: tuple[int, ...], patience: int) -> Limits:
        """Return the limits that a person named; there are no others."""
        return Limits(depth or len(breadth) or NO_LIMIT, breadth, patience)

    def _names(self, moment: Moment) -> list[Step]:
        """Return the calls for the names that a person wants, then for those expected to be new."""
        waiting = {step.task for step in moment.naming}
        wanted = [
            asking(task, self._standings[task], min(missing, MOST))
            for task, missing in self._wanted.items()
            if task not in waiting
        ][: moment.room]
        if wanted or self._is_wide_enough(moment.pending):
            return wanted
        purse = Purse(self._known, self._plan, moment.pending)
        return self._splitting.steps(moment, purse)

    def _is_wide_enough(self, pending: Sequence[Step]) -> bool:
        """Return whether further names would be of no use to the records wanted in all.

        Each has a task of its own, or all are written or under way.
        """
        total, groups = self._plan.quota.total, self._standings.groups
        if total is None:
            return False
        if sum(len(tasks) for stands, tasks in groups.items() if not stands.split) >= total:
            return True
        promised = sum(step.records for step in pending)
        return self._plan.writes and self._standings.kept + promised >= total

    def _is_single(self, stands: Standing) -> bool:
        """Return whether tasks that stand so are to get a record each and no subtasks."""
        return not (stands.split or stands.kept or self._is_to_split(stands))

    def _is_to_split(self, stands: Standing) -> bool:
        """Return whether the next names of tasks that stand so are expected to be new."""
        if stands not in self._to_split:
            self._to_split[stands] = self._splitting.ask(stands) is not None
        return self._to_split[stands]

    @cached_property
    def _wanted(self) -> dict[str, int]:
        """The tasks of which a person wants more subtasks, with how many are missing."""
        patience = self._plan.limits.patience
        return {
            task: missing
            for task, rounds in self._known.rounds.items()
            if rounds.wanted
            and (missing := rounds.wanted - len(self._tree.children(task))) > 0
            and rounds.poor < patience
        }

    def _free(self, task: str) -> int:
        """Return how many further subtasks the task may get."""
        return self.places(task) - len(self._tree.children(task))
