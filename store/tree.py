"""The task tree: what the domain has been split into so far.

Invariants, which every method keeps and the tests check:
- the graph is a tree: one root, every other task has exactly one parent;
- a task's depth is its parent's depth plus one, and the root's is 0;
- no two tasks have the same name (compared as `name_key` does);
- an id is never used twice, not even after its task was pruned.

The graph is the tree; the tasks stand beside it as values, since they are looked up all the time.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import networkx as nx

from errors import ExploreInstructError


class TreeError(ExploreInstructError):
    """A change would break an invariant of the task tree."""


@dataclass(frozen=True, slots=True)
class Task:
    """One task of the domain; `depth` counts edges from the root."""

    id: str
    name: str
    reason: str
    parent: str | None
    depth: int


def name_key(name: str) -> str:
    """Return the form in which two names are the same: NFKC, case-folded, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


class TaskTree:
    """A networkx DiGraph of tasks, edges from parent to child in the order of their admission."""

    def __init__(self) -> None:
        self.graph: nx.DiGraph[str] = nx.DiGraph(next_id=0)
        self._tasks: dict[str, Task] = {}
        self._ids: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._tasks)

    def __contains__(self, task_id: str) -> bool:
        return task_id in self._tasks

    @property
    def root(self) -> str:
        """The root's id. Raises TreeError while the tree is empty."""
        if not self._tasks:
            raise TreeError("the task tree is empty: add the root first")
        return next(iter(self._tasks))

    @property
    def next_id(self) -> str:
        """The id the next task gets."""
        return f"t{self.graph.graph['next_id']}"

    def add(self, name: str, reason: str, parent: str | None) -> Task:
        """Add a task below `parent` (None: the root) and return it.

        Raises TreeError for a second root, an unknown parent, or a name that exists.
        """
        if (parent is None) != (len(self) == 0):
            raise TreeError(f"task {name!r}: exactly the first task of a tree has no parent")
        if parent is not None and parent not in self:
            raise TreeError(f"task {name!r}: its parent {parent!r} is not in the tree")
        if (twin := self.find(name)) is not None:
            raise TreeError(f"a task named {name!r} exists already ({twin})")
        task_id = self.next_id
        depth = 0 if parent is None else self.task(parent).depth + 1
        self.graph.add_node(task_id, name=name, reason=reason, parent=parent, depth=depth)
        if parent is not None:
            self.graph.add_edge(parent, task_id)
        self.graph.graph["next_id"] += 1
        self._know(Task(task_id, name, reason, parent, depth))
        return self.task(task_id)

    def find(self, name: str) -> str | None:
        """Return the id of the task of this name, or None."""
        return self._ids.get(name_key(name))

    def task(self, task_id: str) -> Task:
        """Return the task. Raises TreeError when it is not in the tree."""
        task = self._tasks.get(task_id)
        if task is None:
            raise TreeError(f"no task {task_id!r} in the tree")
        return task

    def children(self, task_id: str) -> list[str]:
        """Return the ids of the task's children, in the order of their admission."""
        return list(self.graph.successors(task_id))

    def peers(self, task_id: str) -> list[str]:
        """Return the ids of the other children of the task's parent."""
        parent = self.task(task_id).parent
        return [] if parent is None else [c for c in self.children(parent) if c != task_id]

    def lineage(self, task_id: str) -> list[str]:
        """Return the ids from the root down to the task itself."""
        line: list[str] = []
        step: str | None = task_id
        while step is not None:
            line.append(step)
            step = self.task(step).parent
        return line[::-1]

    def path(self, task_id: str) -> list[str]:
        """Return the names from the root down to the task itself."""
        return [self.task(step).name for step in self.lineage(task_id)]

    def preorder(self, start: str | None = None) -> Iterator[str]:
        """Yield ids in depth-first pre-order, children in the order of their admission."""
        if self.graph:
            yield from nx.dfs_preorder_nodes(self.graph, start or self.root)

    def admitted(self) -> Iterator[str]:
        """Yield ids in the order of their admission."""
        yield from self._tasks

    def prune(self, task_id: str) -> list[str]:
        """Remove the task and all below it; return the removed ids. The root cannot be pruned."""
        if task_id == self.root:
            raise TreeError("the root cannot be pruned: it is the domain itself")
        removed = list(self.preorder(self.task(task_id).id))
        for gone in removed:
            del self._ids[name_key(self._tasks.pop(gone).name)]
        self.graph.remove_nodes_from(removed)
        return removed

    def rename(self, task_id: str, name: str, reason: str) -> None:
        """Give the task another name and reason.

        Raises TreeError when it is not in the tree or another task has the name.
        """
        twin = self.find(name)
        if twin not in {None, task_id}:
            raise TreeError(f"a task named {name!r} exists already ({twin})")
        known = self.task(task_id)
        del self._ids[name_key(known.name)]
        self.graph.nodes[task_id].update(name=name, reason=reason)
        self._know(replace(known, name=name, reason=reason))

    def _know(self, task: Task) -> None:
        self._tasks[task.id] = task
        self._ids[name_key(task.name)] = task.id

    def node_link(self) -> dict[str, Any]:
        """Return the tree as networkx node-link data: plain dicts, lists, strings, numbers."""
        data: dict[str, Any] = nx.node_link_data(self.graph, edges="edges")
        return data | {"graph": dict(self.graph.graph)}
