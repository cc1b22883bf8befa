"""Prunes a tree that comes from elsewhere: tasks whose names repeat another's (paper, section 3.2).

The names are judged parents first, as the search would have judged them. A task that repeats an
earlier one goes with all that lies below it, records included; a file that several tasks share has
its records with the first that names it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from store.files.original import OriginalTask, OriginalTree
from store.filter.index import DiversityIndex
from store.filter.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Pruned:
    """A task that repeats another one: `parent` and `nearest` are positions in the pruned tree.

    `below` counts the tasks that went with it.
    """

    name: str
    parent: int
    nearest: int
    verdict: Verdict
    below: int


def prune(tree: OriginalTree, threshold: Fraction) -> tuple[OriginalTree, list[Pruned]]:
    """Return the tree without tasks whose ROUGE-L with a kept name is at or above the threshold."""
    index = DiversityIndex(threshold)
    places: dict[int, int] = {}
    repeats: dict[int, Verdict] = {}
    gone: dict[int, int] = {}
    for position, task in enumerate(tree.tasks):
        if task.parent in gone:
            gone[position] = gone[task.parent]
            continue
        verdict = index.admit(task.raw_name, str(len(places)))
        if verdict.kept:
            places[position] = len(places)
        else:
            gone[position], repeats[position] = position, verdict
    sizes = Counter(gone.values())
    pruned = [
        _pruned(tree.tasks[position], places, verdict, sizes[position] - 1)
        for position, verdict in repeats.items()
    ]
    tasks = tuple(_moved(tree.tasks[position], places) for position in places)
    return OriginalTree(tasks, tuple(tree.files[position] for position in places)), pruned


def _moved(task: OriginalTask, places: Mapping[int, int]) -> OriginalTask:
    return replace(task, parent=None if task.parent is None else places[task.parent])


def _pruned(task: OriginalTask, places: Mapping[int, int], verdict: Verdict, below: int) -> Pruned:
    parent = places[task.parent or 0]
    return Pruned(task.raw_name, parent, int(verdict.nearest or 0), verdict, below)
