"""Where a run's tree is exhausted: the share of saturated tasks, by depth and by branch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from store.files.tasks import TaskCounts

SATURATED = "saturated"


@dataclass(frozen=True, slots=True)
class Part:
    """A depth or a branch: how many tasks it has, and how many had nothing new to offer."""

    name: str
    tasks: int
    saturated: int


def by_depth(tasks: Sequence[TaskCounts]) -> list[Part]:
    """Return a part for each depth, the root's first; tasks come parents first."""
    depths: dict[str, int] = {}
    for task in tasks:
        depths[task.id] = depths.get(task.parent, -1) + 1
    ordered = sorted(tasks, key=lambda task: depths[task.id])
    return [
        _part(f"Depth {depth}", members)
        for depth, members in groupby(ordered, key=lambda task: depths[task.id])
    ]


def by_branch(tasks: Sequence[TaskCounts]) -> list[Part]:
    """Return a part for each child of a root, with all below it; tasks come parents first."""
    names = {task.id: task.name for task in tasks}
    roots = {task.id for task in tasks if not task.parent}
    branches: dict[str, str] = {}
    members: dict[str, list[TaskCounts]] = {}
    for task in tasks:
        if task.id not in roots:
            branch = branches.get(task.parent, task.id)
            branches[task.id] = branch
            members.setdefault(branch, []).append(task)
    return [_part(names[branch], found) for branch, found in members.items()]


def _part(name: str, members: Iterable[TaskCounts]) -> Part:
    found = list(members)
    return Part(name, len(found), sum(task.status == SATURATED for task in found))
