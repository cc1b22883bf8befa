"""The search: which task is expanded next (paper section 3.2, Active Exploration).

Depth-first. A task that was never asked gets a *lookahead* for the first half of its breadth
(rounded up). When everything below those children is settled the search returns and *backtracks*:
the task is asked for the rest of its breadth, with all that has been learnt meanwhile, until its
breadth is reached or `patience` rounds in a row were poor (it is saturated).

Everything follows from the tree, each task's rounds and the limits; nothing else is remembered,
so that changing the limits of a finished exploration opens it again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

from store.tree import TaskTree

Operation = Literal["lookahead", "backtrack"]


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a search goes: `breadth[d]` children for a task at depth d, tasks at `depth` none.

    `saturation` is the share of a round's proposals at or below which the round was poor.
    """

    depth: int
    breadth: tuple[int, ...]
    patience: int
    saturation: float

    def breadth_at(self, depth: int) -> int:
        """Return how many children a task at this depth may have (0 at the last depth)."""
        return self.breadth[depth] if depth < self.depth else 0

    def below(self, depth: int) -> "Limits":
        """Return the limits of a tree whose root lies at this depth."""
        return replace(self, depth=max(0, self.depth - depth), breadth=self.breadth[depth:])

    def most_tasks(self) -> int:
        """Return the size of the tree when every task reaches its breadth, root included."""
        total = level = 1
        for width in self.breadth[: self.depth]:
            level *= width
            total += level
        return total


@dataclass(frozen=True, slots=True)
class Rounds:
    """What asking a task for subtasks has brought: rounds asked, and poor ones in a row.

    `pruned` counts children that a person took away: they keep their place in the breadth.
    `wanted` is how many children a person asked for, whatever the breadth and the depth.
    """

    asked: int = 0
    poor: int = 0
    pruned: int = 0
    wanted: int = 0

    def after(self, proposed: int, admitted: int, saturation: float) -> "Rounds":
        """Return the rounds after one more that proposed and admitted so many subtasks."""
        poor = admitted == 0 or admitted <= saturation * proposed
        return replace(self, asked=self.asked + 1, poor=self.poor + 1 if poor else 0)

    def without_one(self) -> "Rounds":
        """Return the rounds after a person pruned a child."""
        return replace(self, pruned=self.pruned + 1)

    def wanting(self, children: int) -> "Rounds":
        """Return the rounds after a person asked for so many children; patience begins anew."""
        return replace(self, poor=0, wanted=children)


@dataclass(frozen=True, slots=True)
class Step:
    """One expansion: ask `task` for `asked` subtasks."""

    task: str
    operation: Operation
    asked: int


def reason(step: Step, tree: TaskTree, rounds: Rounds, limits: Limits) -> str:
    """Return in a sentence why the search takes this step now; `rounds` are the task's own."""
    depth, children = tree.task(step.task).depth, len(tree.children(step.task))
    breadth = limits.breadth_at(depth)
    if step.operation == "backtrack":
        why = f"everything below its {children} subtasks is done, and {step.asked} of {breadth} are"
        return f"{why} missing; poor rounds in a row: {rounds.poor} (closed at {limits.patience})"
    asked = "asked before in vain" if rounds.asked else "never asked yet"
    why = f"among the deepest open tasks (depth {depth}), {asked}"
    return f"{why}; {children} of {breadth} subtasks exist, {step.asked} complete the first half"


class Search:
    """The search over one tree at one moment; `rounds` maps task ids to what was asked so far."""

    def __init__(self, tree: TaskTree, rounds: dict[str, Rounds], limits: Limits) -> None:
        self._tree = tree
        self._rounds = rounds
        self._limits = limits
        self._settled = self._settle()

    def next_steps(self, frontier: int) -> list[Step]:
        """Return up to `frontier` steps, the deepest open tasks first, then in DFS order.

        An empty list says that the exploration is finished.
        """
        order = sorted(enumerate(self._open()), key=lambda pair: (-pair[1][1], pair[0]))
        return [step for _, (step, _) in order[:frontier]]

    def status(self, task_id: str) -> str:
        """Return why the task is closed: depth, complete or saturated; else open."""
        if len(self._tree.children(task_id)) >= self._places(task_id):
            deepest = self._tree.task(task_id).depth >= self._limits.depth
            return "depth" if deepest else "complete"
        return "saturated" if self._asked(task_id).poor >= self._limits.patience else "open"

    def missing(self, task_id: str) -> int:
        """Return how many subtasks the task is still to get; none once it is closed."""
        if self.status(task_id) != "open":
            return 0
        return self._places(task_id) - len(self._tree.children(task_id))

    def is_settled(self, task_id: str) -> bool:
        """Return whether nothing at or below the task is open any more."""
        return task_id in self._settled

    def _asked(self, task_id: str) -> Rounds:
        return self._rounds.get(task_id, Rounds())

    def _places(self, task_id: str) -> int:
        """Return how many children the task is to have."""
        asked = self._asked(task_id)
        breadth = self._limits.breadth_at(self._tree.task(task_id).depth)
        return max(breadth - asked.pruned, asked.wanted)

    def _settle(self) -> set[str]:
        settled: set[str] = set()
        for task_id in reversed(list(self._tree.preorder())):
            closed = self.status(task_id) != "open"
            if closed and all(child in settled for child in self._tree.children(task_id)):
                settled.add(task_id)
        return settled

    def _open(self) -> Iterator[tuple[Step, int]]:
        for task_id in self._tree.preorder():
            step = None if self.status(task_id) != "open" else self._step(task_id)
            if step is not None:
                yield step, self._tree.task(task_id).depth

    def _step(self, task_id: str) -> Step | None:
        children = self._tree.children(task_id)
        places = self._places(task_id)
        first_half = ceil(places / 2) - len(children)
        if first_half > 0 and (not children or self._asked(task_id).asked == 0):
            return Step(task_id, "lookahead", first_half)
        if all(child in self._settled for child in children):
            return Step(task_id, "backtrack", places - len(children))
        return None
