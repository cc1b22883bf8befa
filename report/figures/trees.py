"""The task trees: sized by records, coloured by the share that was rejected."""

from collections.abc import Callable, Mapping, Sequence

from report.analysis import Analysis
from report.figures.plot import Figure, figure, label
from store.files.tasks import TaskCounts

WHOLE = "whole"
"""The id of the data set itself, where its tasks have several roots."""

SLIVER = 0.5
"""The height, in records, of a task without subtasks and without records: it is not to vanish."""

MANY_TASKS = 400
"""A tree of more tasks shows three levels at a time."""

_HOVER = (
    "%{label}<br>%{customdata[3]} records with all below<br>%{customdata[0]} of its own, "
    "%{customdata[1]} records rejected<br>rejection rate with all below "
    "%{customdata[2]:.0%}<extra></extra>"
)
_FIELDS = (
    "A field's height is its {}; its colour the share of its records that were rejected, all below "
    "included."
)
_SIZED_BY_RECORDS = (
    _FIELDS.format("records") + " The blank beside a task's subtasks stands for its own records. "
    "A task without any is half a record high."
)


def trees(analyses: Sequence[Analysis]) -> list[Figure]:
    """Return the tree of each data set with more than one task, on one scale of colours."""
    analyses = [analysis for analysis in analyses if len(analysis.data.tasks) > 1]
    counted = [
        (_below(a.data.tasks, lambda t: t.kept), _below(a.data.tasks, lambda t: t.rejected))
        for a in analyses
    ]
    rates = [
        [rejected[task] / max(kept[task] + rejected[task], 1) for task in kept]
        for kept, rejected in counted
    ]
    greatest = max((rate for of_one in rates for rate in of_one), default=0)
    return [
        _tree(analysis, kept, of_one, greatest)
        for analysis, (kept, _), of_one in zip(analyses, counted, rates, strict=True)
    ]


def _tree(
    analysis: Analysis, kept: Mapping[str, float], rates: Sequence[float], most: float
) -> Figure:
    tasks = analysis.data.tasks
    has_records = any(kept.values())
    sizes = _sizes(tasks, has_records=has_records)
    places = {task.id: f"t{place}" for place, task in enumerate(tasks)}  # others' ids may be odd
    trace = {
        "type": "icicle",
        "ids": [places[t.id] for t in tasks],
        "labels": [label(t.name) for t in tasks],
        "text": [label(t.name, 52) for t in tasks],
        "short": [label(t.name, 14) for t in tasks],
        "textinfo": "text",
        "parents": [places.get(t.parent, "") for t in tasks],
        "values": [sizes[t.id] for t in tasks],
        "branchvalues": "total",
        "maxdepth": -1 if len(tasks) <= MANY_TASKS else 3,
        "customdata": [
            [task.kept, task.rejected, rate, kept[task.id]]
            for task, rate in zip(tasks, rates, strict=True)
        ],
        "hovertemplate": _HOVER,
        "marker": {"colors": list(rates), "cmin": 0, "cmax": most or 1, "showscale": most > 0},
    }
    roots = [task.id for task in tasks if not task.parent]
    if len(roots) > 1:
        _join(trace, analysis, sum(kept[r] for r in roots), sum(sizes[r] for r in roots))
    about = _SIZED_BY_RECORDS if has_records else _FIELDS.format("tasks")
    return figure("tree", f"Task tree: {analysis.data.name}", about, [trace])


def _sizes(tasks: Sequence[TaskCounts], *, has_records: bool) -> dict[str, float]:
    """Return each task's height with all below it: in records, without any in tasks."""
    inner = {task.parent for task in tasks}
    least = {task.id: 0 if task.id in inner else SLIVER for task in tasks}
    return _below(tasks, lambda task: (task.kept or least[task.id]) if has_records else 1)


def _join(trace: Figure, analysis: Analysis, kept: float, size: float) -> None:
    """Put the data set itself above the roots of its trees."""
    name, rejections = label(analysis.data.name), len(analysis.data.rejections)
    rate = rejections / max(kept + rejections, 1)
    trace["parents"] = [parent or WHOLE for parent in trace["parents"]]
    first = {"ids": WHOLE, "labels": name, "text": name, "short": name, "parents": ""}
    for key, value in (first | {"values": size, "customdata": [0, 0, rate, kept]}).items():
        trace[key] = [value, *trace[key]]
    trace["marker"]["colors"] = [rate, *trace["marker"]["colors"]]


def _below(tasks: Sequence[TaskCounts], count: Callable[[TaskCounts], float]) -> dict[str, float]:
    """Return what every task counts with all below it; parents come first."""
    totals = {task.id: count(task) for task in tasks}
    for task in reversed(tasks):
        if task.parent:
            totals[task.parent] += totals[task.id]
    return totals
