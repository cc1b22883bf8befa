"""What a state shows of an exploration: the tree, folded where it is large, and a summary.

Both are bounded whatever the size of the run, so that a checkpoint stays small.
"""

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from search.strategy import Strategy
from search.unseen import Estimator, Unseen
from store.exploration import Exploration
from store.tree import TaskTree

SHOWN_TASKS = 200
SHOWN_BYTES = 24_000
SHOWN_BRANCHES = 12
SHOWN_NAME = 60
NODE_BYTES = 130
"""What a node takes beside its name."""


def state_view(exploration: Exploration, search: Strategy) -> dict[str, Any]:
    """Return the part of a state that shows the exploration: tree, figures and counts."""
    return {
        "tree": _tree(exploration, search),
        "exploration": _summary(exploration, search),
        "counts": counts(exploration),
    }


def _tree(exploration: Exploration, search: Strategy) -> dict[str, Any]:
    """Return node-link data of the tree, whole up to some 200 tasks.

    Of a larger tree the finished branches are folded, those of the root to a node each; a task
    some of whose children are not shown says in `folded` how many tasks these are, all below them
    included.
    """
    shown = _shown(exploration, search)
    nodes = [_node(exploration, search, task, shown) for task in shown]
    edges = [{"source": node["parent"], "target": node["id"]} for node in nodes if node["parent"]]
    return {"directed": True, "multigraph": False, "graph": {}, "nodes": nodes, "edges": edges}


def whole_tree(exploration: Exploration, search: Strategy) -> dict[str, Any]:
    """Return node-link data of the whole tree, every task with its reason, status and counts."""
    data = exploration.tree.node_link()
    data["nodes"] = [
        node | {"status": search.status(node["id"])} | _counts(exploration, node["id"])
        for node in data["nodes"]
    ]
    return data


def _summary(exploration: Exploration, search: Strategy) -> dict[str, Any]:
    """Return the exploration state in figures: by depth, by branch, and why things were rejected.

    `saturation` of a branch is the share of its tasks that have nothing new to offer, `unseen` how
    many tasks are likely to be found still, of all and of a branch; None where nothing was asked.
    """
    tree = exploration.tree
    by_depth = Counter(str(tree.task(task).depth) for task in tree.preorder())
    branches = tree.children(tree.root)[:SHOWN_BRANCHES] if len(tree) else []
    estimator = Estimator(exploration.standings)
    return {
        "tasks_by_depth": dict(by_depth),
        "unseen": _plain(estimator.in_all),
        "branches": [_branch(exploration, search, estimator, branch) for branch in branches],
        "rejected_by_rule": dict(sorted(exploration.rejections.items())),
    }


def unseen_view(exploration: Exploration) -> dict[str, int] | None:
    """Return the estimate of the unseen in all, None where nothing was asked."""
    return _plain(Estimator(exploration.standings).in_all)


def _plain(unseen: Unseen | None) -> dict[str, int] | None:
    return None if unseen is None else asdict(unseen)


def counts(exploration: Exploration) -> dict[str, int]:
    """Return how many tasks and records are kept, and how many proposals were rejected."""
    return {
        "tasks": len(exploration.tree),
        "records": exploration.kept(),
        "rejected": exploration.rejections.total(),
    }


def _shown(exploration: Exploration, search: Strategy) -> dict[str, None]:
    """Return the tasks to show, in pre-order; a task is never shown without its parent.

    Ordered by (settled, depth): a parent settles after its children and lies above them, so it
    always comes before them.
    """
    tree = exploration.tree
    order = list(tree.preorder())
    unfolded = [t for t in order if len(order) <= SHOWN_TASKS or _at_work(tree, search, t)]
    ranked = sorted(unfolded, key=lambda t: (search.is_settled(t), tree.task(t).depth))
    shown: set[str] = set()
    room = SHOWN_BYTES
    for task in ranked[:SHOWN_TASKS]:
        name = json.dumps(tree.task(task).name[:SHOWN_NAME], ensure_ascii=False)
        room -= NODE_BYTES + len(name.encode())
        if room < 0:
            break
        shown.add(task)
    return dict.fromkeys(task for task in order if task in shown)


def _at_work(tree: TaskTree, search: Strategy, task_id: str) -> bool:
    """Return whether the task's siblings may still become more; the root's children always show."""
    task = tree.task(task_id)
    return task.depth <= 1 or not search.is_settled(task.parent or task_id)


def _node(
    exploration: Exploration, search: Strategy, task_id: str, shown: Collection[str]
) -> dict[str, Any]:
    tree = exploration.tree
    task = tree.task(task_id)
    node: dict[str, Any] = {
        "id": task.id,
        "name": task.name[:SHOWN_NAME],
        "parent": task.parent,
        "depth": task.depth,
        "status": search.status(task.id),
    } | _counts(exploration, task_id)
    hidden = [child for child in tree.children(task_id) if child not in shown]
    if hidden:
        node["folded"] = sum(1 for child in hidden for _ in tree.preorder(child))
    return node


def _counts(exploration: Exploration, task_id: str) -> dict[str, int]:
    done = exploration.progress[task_id]
    return {"kept": done.kept, "rejected": done.rejected}


def _branch(
    exploration: Exploration, search: Strategy, estimator: Estimator, task_id: str
) -> dict[str, Any]:
    tasks = list(exploration.tree.preorder(task_id))
    standings = exploration.standings
    saturated = sum(search.status(task) == "saturated" for task in tasks)
    return {
        "task": task_id,
        "name": exploration.tree.task(task_id).name[:SHOWN_NAME],
        "tasks": len(tasks),
        "records": sum(exploration.progress[task].kept for task in tasks),
        "saturation": round(saturated / len(tasks), 2),
        "settled": search.is_settled(task_id),
        "unseen": _plain(estimator.below(standings[task] for task in tasks)),
    }
