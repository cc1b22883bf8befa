"""What the strategies that grow a tree share: which tasks are open, and the turn of each record."""

from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar

from search.estimate import Estimate, Growth, estimate, estimate_rest, growth_left, half_first
from search.limits import DEPTH, Limits, usual_breadth
from search.schedule import next_calls
from search.step import Step
from search.strategy import Known, Moment, Plan, Status
from store.facts import Rounds

DEMONSTRATIONS = 2
"""Records that demonstrate a call for records."""

EXPLORATION_SHARE = (0.1, 0.5)
"""The smallest and largest share of a cap that the exploration may use."""


class TreeSearch:
    """A strategy over the task tree: subtasks first, then records in turns over all tasks.

    A member says in which order the open tasks are asked for subtasks.
    """

    grows_tree: ClassVar[bool] = True
    mixes: ClassVar[bool] = False
    is_open_ended: ClassVar[bool] = False
    unused: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, known: Known, plan: Plan) -> None:
        self._known = known
        self._tree = known.tree
        self._plan = plan

    def expansions(self) -> list[Step]:
        """Return a step for each task that may be expanded now, the first one first."""
        return []

    def why_expand(self, step: Step) -> str:
        """Return in a sentence why the task is asked for subtasks now."""
        return f"{step.asked} subtasks are missing"

    def next_steps(self, moment: Moment) -> list[Step]:
        """Return the next expansions; where there are none, the next calls for records.

        What is expanded together is judged before anything else is planned.
        """
        if moment.naming:
            return []
        grown = self.expansions()[: self._plan.frontier] if moment.may_grow else []
        if grown or not self._plan.writes:
            return grown
        progress = {task: self._known.progress[task] for task in self._tree.preorder()}
        return next_calls(progress, moment.pending, self._plan.quota, moment.room)

    def status(self, task: str) -> Status:
        """Return why the task is closed: depth, complete or saturated; else open."""
        if len(self._tree.children(task)) >= self.places(task):
            deepest = self._tree.task(task).depth >= self._plan.limits.depth
            return "depth" if deepest else "complete"
        return "saturated" if self.rounds(task).poor >= self._plan.limits.patience else "open"

    def is_settled(self, task: str) -> bool:
        """Return whether nothing at or below the task is open any more."""
        return task in self.settled

    def why(self, step: Step) -> str:
        """Return in a sentence why this step is taken now."""
        if step.operation != "generate":
            return self.why_expand(step)
        done = self._known.progress[step.task]
        return f"turn {step.turn + 1} of this task; {done.kept} records kept, {done.rejected} not"

    def demonstrations(
        self, own: Sequence[str], inherited: Sequence[str], turn: int
    ) -> Sequence[str]:
        """Return the task's own first records, else its parent's."""
        return (own or inherited)[:DEMONSTRATIONS]

    @property
    def exploration_share(self) -> float:
        """The share of the expected calls that ask for subtasks, neither tiny nor above a half."""
        if not self._plan.writes:
            return 1.0
        expected, (low, high) = self.estimate(self._plan), EXPLORATION_SHARE
        return min(high, max(low, expected.explore_calls / expected.calls))

    def remaining(self, *, grows: bool) -> Estimate:
        """Return the run's expected size from here; `grows` says whether its tree still does."""
        growth = Growth()
        if grows and self.grows_tree:
            growth = growth_left(self._tree, self.missing, self._plan.limits, self.asking)
        done = self._known.progress.values()
        return estimate_rest(done, growth, self._plan.quota, writes=self._plan.writes)

    @classmethod
    def estimate(cls, plan: Plan) -> Estimate:
        """Return what a run takes whose every task reaches its breadth and its quota."""
        return estimate(
            plan.limits, plan.quota, grows=cls.grows_tree, writes=plan.writes, asking=cls.asking
        )

    @staticmethod
    def limits(depth: int | None, breadth: tuple[int, ...], patience: int) -> Limits:
        """Return the limits that a person named, the usual ones for those that nobody named."""
        depth = depth or DEPTH
        return Limits(depth, breadth or usual_breadth(depth), patience)

    @staticmethod
    def tasks_in_one(_limits: Limits) -> int:
        """Return 1: a task counts for itself alone."""
        return 1

    @staticmethod
    def asking(breadth: int, given: int, share: float) -> float:
        """Return how many calls bring a task the subtasks that it is not given."""
        return half_first(breadth, given, share)

    def missing(self, task: str) -> int:
        """Return how many subtasks the task is still to get; none once it is closed."""
        if self.status(task) != "open":
            return 0
        return self.places(task) - len(self._tree.children(task))

    def places(self, task: str) -> int:
        """Return how many children the task is to have."""
        rounds = self.rounds(task)
        breadth = self._plan.limits.breadth_at(self._tree.task(task).depth)
        return max(breadth - rounds.pruned, rounds.wanted)

    def rounds(self, task: str) -> Rounds:
        """Return what asking the task for subtasks has brought."""
        return self._known.rounds.get(task, Rounds())

    @cached_property
    def settled(self) -> set[str]:
        """The tasks at or below which nothing is open any more."""
        settled: set[str] = set()
        for task in reversed(list(self._tree.preorder())):
            closed = self.status(task) != "open"
            if closed and all(child in settled for child in self._tree.children(task)):
                settled.add(task)
        return settled
