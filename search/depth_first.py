"""Depth first: the search of the paper (section 3.2, Active Exploration).

A task that was never asked gets a *lookahead* for the first half of its breadth (rounded up). When
everything below those children is settled the search returns and *backtracks*: the task is asked
for the rest of its breadth, with all that has been learnt meanwhile, until its breadth is reached
or `patience` rounds in a row were poor (it is saturated).
"""

from math import ceil

from search.step import Step
from search.tree_search import TreeSearch


class DepthFirst(TreeSearch):
    """The deepest open tasks first, then in depth-first order."""

    def expansions(self) -> list[Step]:
        """Return the steps of all tasks that may be asked now, the deepest first."""
        steps = [step for task in self._tree.preorder() if (step := self._step(task))]
        return sorted(steps, key=lambda step: -self._tree.task(step.task).depth)

    def why_expand(self, step: Step) -> str:
        """Return in a sentence why the task is expanded now."""
        depth, children = self._tree.task(step.task).depth, len(self._tree.children(step.task))
        breadth, rounds = self._plan.limits.breadth_at(depth), self.rounds(step.task)
        if step.operation == "backtrack":
            return (
                f"everything below its {children} subtasks is done, and {step.asked} of {breadth} "
                f"are missing; poor rounds in a row: {rounds.poor} (closed at "
                f"{self._plan.limits.patience})"
            )
        asked = "asked before in vain" if rounds.asked else "never asked yet"
        return (
            f"among the deepest open tasks (depth {depth}), {asked}; {children} of {breadth} "
            f"subtasks exist, {step.asked} complete the first half"
        )

    def _step(self, task: str) -> Step | None:
        if self.status(task) != "open":
            return None
        children, places = self._tree.children(task), self.places(task)
        first_half = ceil(places / 2) - len(children)
        if first_half > 0 and (not children or self.rounds(task).asked == 0):
            return Step("lookahead", task, first_half)
        if all(child in self.settled for child in children):
            return Step("backtrack", task, places - len(children))
        return None
