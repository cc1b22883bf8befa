"""The tasks of a data set as a flat list, from tree.json or from the paths of its records."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from errors import InputError
from store.files.folder import TREE, read_tree

MOST = 10**15
"""Counts above this are treated as invalid."""


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """One task and how many records were kept and rejected for it, those of its subtasks apart.

    `parent` is the parent's id, "" for a root. `status` is why the task is closed (saturated,
    complete, depth), or open; "" where that is unknown.
    """

    id: str
    name: str
    parent: str
    kept: int
    rejected: int
    status: str = ""


def tasks_of_tree(folder: Path) -> list[TaskCounts]:
    """Return the tasks of a run's tree.json, parents first. Raises InputError where it is none."""
    tree = read_tree(folder)
    nodes = {node["id"]: node for node in tree["nodes"]}
    parents = {edge["target"]: edge["source"] for edge in tree["edges"]}
    children: dict[str, list[str]] = {}
    for node in nodes:
        children.setdefault(parents.get(node, ""), []).append(node)
    found: list[TaskCounts] = []
    waiting = list(reversed(children.get("", [])))
    while waiting:
        task = waiting.pop()
        node = nodes[task]
        kept, rejected = _count(node, "kept"), _count(node, "rejected")
        status = str(node.get("status", ""))
        found.append(TaskCounts(task, node["name"], parents.get(task, ""), kept, rejected, status))
        waiting += reversed(children.get(task, []))
    if len(found) != len(nodes) or len(tree["edges"]) != len(parents):
        raise InputError(
            f"{folder / TREE} is no tree: every task needs one parent, and a root above it"
        )
    return found


def tasks_of_paths(paths: Iterable[tuple[str, ...]]) -> list[TaskCounts]:
    """Return the tasks that the paths of records name, parents first; nothing is rejected."""
    kept: Counter[tuple[str, ...]] = Counter(path for path in paths if path)
    known = {path[:depth]: None for path in kept for depth in range(1, len(path) + 1)}
    ids = {path: f"p{number}" for number, path in enumerate(known)}
    return [TaskCounts(ids[p], p[-1], ids.get(p[:-1], ""), kept[p], 0) for p in known]


def _count(node: Mapping[str, Any], key: str) -> int:
    value = node.get(key, 0)
    return value if isinstance(value, int) and 0 <= value <= MOST else 0
