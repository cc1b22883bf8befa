"""Breadth first: the queue of the original implementation, first in, first out.

The task that was admitted first is asked for all of its subtasks at once, and again for those that
are missing, until its breadth is reached or it is saturated; its subtasks wait at the queue's end.
"""

from search.estimate import expected_calls
from search.step import Step
from search.tree_search import TreeSearch


class BreadthFirst(TreeSearch):
    """The open tasks in the order of their admission."""

    def expansions(self) -> list[Step]:
        """Return the steps of all open tasks, the one that was admitted first at the front."""
        return [
            Step("backtrack" if self._tree.children(task) else "lookahead", task, missing)
            for task in self._tree.admitted()
            if (missing := self.missing(task))
        ]

    @staticmethod
    def asking(breadth: int, given: int, share: float) -> float:
        """Return how many calls bring a task the subtasks that it is not given."""
        return expected_calls(breadth, max(0, breadth - given), share) if breadth else 0.0

    def why_expand(self, step: Step) -> str:
        """Return in a sentence why the task is expanded now."""
        depth, rounds = self._tree.task(step.task).depth, self.rounds(step.task)
        asked = f"asked {rounds.asked} times before" if rounds.asked else "never asked yet"
        return (
            f"among the open tasks that were admitted first (depth {depth}), {asked}; {step.asked} "
            f"of {self.places(step.task)} subtasks are missing"
        )
