"""Chooses which tasks of a growing tree a few lines show.

The way to the task being worked on is always open and visible. Other branches open while there is
room, unfinished and shallow ones first; what does not fit is folded to one line, or counted in a
line of its own ("⋮").
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cli.live.progress import Branch
from cli.trees import lines


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the outline: box-drawing lead and task, or (task None) how many were left out."""

    lead: str
    task: str | None
    folded: bool
    hidden: int


def outline(branches: Mapping[str, Branch], focus: str | None, height: int) -> list[Row]:
    """Return at most `height` rows of the tree, in depth-first pre-order."""
    way = _way(branches, focus)
    opened = _opened(branches, way, height)
    rows = [
        Row(lead, task, folded=bool(branches[task].children) and task not in opened, hidden=0)
        for lead, task in lines(_roots(branches), lambda task: _shown(branches, task, opened))
    ]
    return rows if len(rows) <= height else _around(rows, way, height)


def _roots(branches: Mapping[str, Branch]) -> list[str]:
    return [task for task, branch in branches.items() if branch.parent is None]


def _shown(branches: Mapping[str, Branch], task: str, opened: set[str]) -> Sequence[str]:
    return branches[task].children if task in opened else ()


def _way(branches: Mapping[str, Branch], focus: str | None) -> list[str]:
    """Return the ids from the task in focus up to its root."""
    way: list[str] = []
    while focus is not None and focus in branches:
        way.append(focus)
        focus = branches[focus].parent
    return way


def _opened(branches: Mapping[str, Branch], way: Sequence[str], height: int) -> set[str]:
    """Return the tasks whose children are shown."""
    opened = set(way)
    roots = _roots(branches)
    room = height - len(roots) - sum(len(branches[task].children) for task in way)
    level = roots
    while level and room > 0:
        for task in sorted(level, key=lambda task: branches[task].open == 0):
            if task not in opened and len(branches[task].children) <= room:
                opened.add(task)
                room -= len(branches[task].children)
        level = [child for task in level for child in _shown(branches, task, opened)]
    return opened


def _around(rows: Sequence[Row], way: Sequence[str], height: int) -> list[Row]:
    """Return the rows on the way to the focus and as many beside it as fit, gaps counted."""
    on_way = [at for at, row in enumerate(rows) if row.task in way]
    middle = on_way[-1] if on_way else 0
    nearest = sorted(range(len(rows)), key=lambda at: abs(at - middle))
    for beside in range(height, -1, -1):
        shown = list(_with_gaps(rows, sorted({*on_way, *nearest[:beside]})))
        if len(shown) <= height:
            return shown
    return [rows[at] for at in on_way[-height:]] if height > 0 else []


def _with_gaps(rows: Sequence[Row], chosen: Sequence[int]) -> Iterator[Row]:
    """Yield the chosen rows, and where more than one is left out a row that counts them."""
    expected = 0
    for at in [*chosen, len(rows)]:
        if at == expected + 1:
            yield rows[expected]
        elif at > expected:
            lead = rows[expected].lead.replace("├─", "⋮ ").replace("└─", "⋮ ")
            yield Row(lead, None, folded=False, hidden=at - expected)
        if at < len(rows):
            yield rows[at]
        expected = at + 1
