"""How far a search goes: depth, breadth, patience."""

from dataclasses import dataclass, replace

DEPTH = 2
"""The levels of subtasks below the root where none is named."""

BREADTH = (6, 4, 3, 2)
"""The breadth by depth where none is named; below the fourth depth it stays at 2."""

NO_LIMIT = 1_000_000
"""A depth and a breadth that no tree reaches."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a search goes: `breadth[d]` children for a task at depth d, tasks at `depth` none.

    Without a breadth there is no limit to it. A task is saturated after `patience` poor rounds in a
    row.
    """

    depth: int
    breadth: tuple[int, ...]
    patience: int

    def breadth_at(self, depth: int) -> int:
        """Return how many children a task at this depth may have (0 at the last depth)."""
        if depth >= self.depth:
            return 0
        return self.breadth[depth] if self.breadth else NO_LIMIT

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


def usual_breadth(depth: int) -> tuple[int, ...]:
    """Return the breadth of a tree this deep where none is named."""
    return tuple(BREADTH[min(level, len(BREADTH) - 1)] for level in range(depth))
