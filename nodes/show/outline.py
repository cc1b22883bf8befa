"""The tree as lines for a person to read: an id and a name each, "· " for every level.

Of a tree that takes more room the upper levels are shown, and how many tasks lie below a task.
"""

from collections.abc import Collection, Iterator

from store.tree import TaskTree
from words import clip, one_line

SHOWN_BYTES = 20_000
SHOWN_NAME = 80
LEVEL = "· "


def outline(tree: TaskTree, root: str) -> list[str]:
    """Return a line for every task at and below `root`, as far as they fit."""
    shown = _fitting(tree, root)
    return [
        _line(tree, task, root) + _folded(tree, task, shown)
        for task in tree.preorder(root)
        if task in shown
    ]


def _fitting(tree: TaskTree, root: str) -> Collection[str]:
    """Return the tasks that are shown, level by level: none without the task above it."""
    shown: set[str] = set()
    room = SHOWN_BYTES
    for task in _by_level(tree, root):
        room -= len(_line(tree, task, root).encode())
        if room < 0:
            break
        shown.add(task)
    return shown


def _by_level(tree: TaskTree, root: str) -> Iterator[str]:
    level = [root]
    while level:
        yield from level
        level = [child for task in level for child in tree.children(task)]


def _line(tree: TaskTree, task_id: str, root: str) -> str:
    task = tree.task(task_id)
    lead = LEVEL * (task.depth - tree.task(root).depth)
    return f"{lead}{task_id} {clip(one_line(task.name), SHOWN_NAME)}"


def _folded(tree: TaskTree, task_id: str, shown: Collection[str]) -> str:
    """Return how many tasks below a shown one are not shown, and how to see them."""
    hidden = [child for child in tree.children(task_id) if child not in shown]
    below = sum(1 for child in hidden for _ in tree.preorder(child))
    return f" ({below} more below: show {task_id})" if below else ""
