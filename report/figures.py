"""The figures of a page as plotly traces and layouts, in plain JSON.

Labels are other people's text, and plotly reads a few HTML tags in labels: `label` takes their
meaning away. Colours that depend on the theme are the page's own matter.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from report.analysis import Analysis
from report.verb_noun import Pair, counts
from store.files.tasks import TaskCounts

VERBS, NOUNS = 20, 4
"""The sunburst shows so many verbs, and so many nouns of each, as the paper's figure 1."""

BRANCHES = 20
"""A figure shows so many branches at most."""

WHOLE = "whole"
"""The id of the data set itself, where its tasks have several roots."""

SLIVER = 0.5
"""The height, in records, of a task without subtasks and without records: it is not to vanish."""

MANY_TASKS = 400
"""A tree of more tasks shows three levels at a time."""

REASONS = {
    "against": "repeats a foreign text",
    "banned": "a person ruled it out",
    "blocked_word": "holds a blocked word",
    "copy": "output copies input",
    "duplicate": "stands already",
    "empty": "a part is empty",
    "format": "output's form is wrong",
    "input": "needs no input",
    "language": "another language",
    "length": "too long or short",
    "malformed": "could not be read",
    "placeholder": "left to be filled in",
    "rouge_l": "too like a kept one",
    "semantic": "means a kept one",
    "surplus": "more than asked for",
    "truncated": "was cut off",
}
"""What the rules say, in a few words."""

LONGEST = 60
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"})

Figure = dict[str, Any]


def label(text: str, longest: int = LONGEST) -> str:
    """Return a text as a plotly label: short, on one line, its signs without meaning."""
    line = " ".join(text.split())
    return (line if len(line) <= longest else f"{line[: longest - 1]}…").translate(_ESCAPES)


def figures(analyses: Sequence[Analysis]) -> list[Figure]:
    """Return the figures that the data allow: kind, title, what it says, traces, layout."""
    found = [
        *(_sunburst(a) for a in analyses if a.pairs is not None),
        *_trees([a for a in analyses if len(a.data.tasks) > 1]),
        _histogram(analyses, "highest", "Highest ROUGE-L with another instruction"),
        _histogram(analyses, "means", "Mean ROUGE-L with all other instructions"),
        _growth(analyses, "records", "growth"),
        _growth(analyses, "calls", "growth_by_calls"),
        _kept_rate(analyses, "records", "kept_rate", _filtered(analyses)),
        _kept_rate(analyses, "calls", "kept_rate_by_calls", _PROPOSED),
        *(_branches(a) for a in analyses if a.measures["branches"]["count"] > 1),
        *map(_saturation, analyses),
        _rejections(analyses),
    ]
    return [figure for figure in found if figure["traces"]]


def _figure(kind: str, title: str, about: str, traces: list[Any], **layout: object) -> Figure:
    return {"kind": kind, "title": title, "about": about, "traces": traces, "layout": layout}


def _sunburst(analysis: Analysis) -> Figure:
    ids, labels, parents, values = _rings(analysis.pairs or [])
    trace = {
        "type": "sunburst",
        "ids": ids,
        "labels": labels,
        "parents": parents,
        "values": values,
        "branchvalues": "total",
        "hovertemplate": "%{label}: %{value}<extra></extra>",
        "insidetextorientation": "radial",
    }
    about = (
        f"The {VERBS} most frequent root verbs, and up to {NOUNS} direct objects of each; the "
        "rest of a verb's objects is left blank. Tap a verb to see it alone."
    )
    title = f"Verb-noun pairs: {analysis.data.name}"
    return _figure("sunburst", title, about, [trace] if ids else [])


def _rings(pairs: Sequence[Pair | None]) -> tuple[list[str], list[str], list[str], list[int]]:
    by_verb: dict[str, Counter[str]] = {}
    for (verb, noun), count in counts(pairs).items():
        by_verb.setdefault(verb, Counter())[noun] = count
    verbs = sorted(by_verb, key=lambda verb: (-by_verb[verb].total(), verb))[:VERBS]
    ids, labels, parents, values = [], [], [], []
    for place, verb in enumerate(verbs):
        nouns = sorted(by_verb[verb].items(), key=lambda item: (-item[1], item[0]))[:NOUNS]
        ids.append(f"v{place}")
        labels.append(label(verb, 24))
        parents.append("")
        values.append(by_verb[verb].total())
        for inner, (noun, count) in enumerate(nouns):
            ids.append(f"v{place}n{inner}")
            labels.append(label(noun, 24))
            parents.append(f"v{place}")
            values.append(count)
    return ids, labels, parents, values


def _trees(analyses: Sequence[Analysis]) -> list[Figure]:
    """Return the trees, all with the same scale of colours."""
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
    analysis: Analysis, kept: Mapping[str, float], rates: Sequence[float], greatest: float
) -> Figure:
    tasks = analysis.data.tasks
    roots = [task for task in tasks if not task.parent]
    has_records = any(kept.values())
    inner = {task.parent for task in tasks}
    least = {task.id: 0 if task.id in inner else SLIVER for task in tasks}
    sizes = _below(tasks, lambda task: (task.kept or least[task.id]) if has_records else 1)
    own = [
        [task.kept, task.rejected, rate, kept[task.id]]
        for task, rate in zip(tasks, rates, strict=True)
    ]
    places = {task.id: f"t{place}" for place, task in enumerate(tasks)}  # others' ids may be odd
    trace = {
        "type": "icicle",
        "ids": [places[t.id] for t in tasks],
        "labels": [label(t.name) for t in tasks],
        "text": [label(t.name, 52) for t in tasks],
        "short": [label(t.name, 17) for t in tasks],
        "textinfo": "text",
        "parents": [places.get(t.parent, "") for t in tasks],
        "values": [sizes[t.id] for t in tasks],
        "branchvalues": "total",
        "maxdepth": -1 if len(tasks) <= MANY_TASKS else 3,
        "customdata": own,
        "hovertemplate": (
            "%{label}<br>%{customdata[3]} records with all below<br>%{customdata[0]} of its own, "
            "%{customdata[1]} records rejected<br>rejection rate with all below "
            "%{customdata[2]:.0%}<extra></extra>"
        ),
        "marker": {
            "colors": list(rates),
            "cmin": 0,
            "cmax": greatest or 1,
            "showscale": greatest > 0,
        },
    }
    if len(roots) > 1:
        whole = sum(kept[task.id] for task in roots)
        _join(trace, analysis, whole, sum(sizes[task.id] for task in roots))
    unit = "records" if has_records else "tasks"
    about = (
        f"A field's height is its {unit}; its colour the share of its records that were rejected, "
        "all below included."
    )
    if has_records:
        about += (
            " The blank beside a task's subtasks stands for its own records. A task without any "
            "is half a record high."
        )
    return _figure("tree", f"Task tree: {analysis.data.name}", about, [trace])


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


def _placed(analyses: Sequence[Analysis]) -> list[tuple[int, Analysis]]:
    """Return those that have records, with their place, which is their colour."""
    return [(place, found) for place, found in enumerate(analyses) if found.data.records]


def _histogram(analyses: Sequence[Analysis], what: str, title: str) -> Figure:
    traces = []
    for place, analysis in _placed(analyses):
        found = analysis.measures["rouge_l"][f"histogram_of_{what}"]
        edges = [(at + 0.5) / len(found) for at in range(len(found))]
        traces.append(
            {
                "type": "bar",
                "set": place,
                "name": label(analysis.data.name),
                "x": edges,
                "y": [count / max(sum(found), 1) for count in found],
                "customdata": found,
                "hovertemplate": "around %{x:.3f}: %{y:.1%} (%{customdata})<extra></extra>",
            }
        )
    about = "Further to the left is more diverse."
    return _figure(
        "bars",
        title,
        about,
        traces,
        bargap=0.05,
        xaxis={"title": {"text": "ROUGE-L F1"}, "range": [0, 1]},
        yaxis={"title": {"text": "share of instructions"}, "tickformat": ".0%"},
    )


_PROPOSED = "The share of all proposals, tasks and records, that each stretch of calls had kept."


def _filtered(analyses: Sequence[Analysis]) -> str:
    threshold = analyses[0].measures["repeats"]["threshold"] if analyses else 0
    return (
        f"The share of each stretch of records that the filter keeps at {threshold:g} "
        "when it reads the data in order."
    )


def _growth(analyses: Sequence[Analysis], against: str, key: str) -> Figure:
    traces = [
        _line(place, a.data.name, a.measures["verb_noun"][key], "%{y} pairs after %{x}")
        for place, a in _placed(analyses)
        if a.measures["verb_noun"] and a.measures["verb_noun"][key]
    ]
    about = (
        f"A curve that still climbs says that more {against} would bring new kinds; "
        "a flat one, that the domain or the model has little more to give."
    )
    return _figure(
        "lines",
        f"Unique verb-noun pairs against {against}",
        about,
        traces,
        xaxis={"title": {"text": against}, "rangemode": "tozero"},
        yaxis={"title": {"text": "unique pairs"}, "rangemode": "tozero"},
    )


def _kept_rate(analyses: Sequence[Analysis], against: str, key: str, about: str) -> Figure:
    traces = [
        _line(place, a.data.name, a.measures[key], f"%{{y:.0%}} up to %{{x}} {against}")
        for place, a in _placed(analyses)
        if any(rate < 1 for _, rate in a.measures[key])
    ]
    return _figure(
        "lines",
        f"Kept rate against {against}",
        about,
        traces,
        xaxis={"title": {"text": against}, "rangemode": "tozero"},
        yaxis={"title": {"text": "kept"}, "range": [0, 1.02], "tickformat": ".0%"},
    )


def _line(place: int, name: str, curve: Sequence[tuple[int, float]], hover: str) -> Figure:
    return {
        "type": "scatter",
        "mode": "lines" if len(curve) > 1 else "markers",
        "set": place,
        "name": label(name),
        "x": [x for x, _ in curve],
        "y": [y for _, y in curve],
        "hovertemplate": f"{hover}<extra></extra>",
    }


def _branches(analysis: Analysis) -> Figure:
    records = analysis.measures["branches"]["records"]
    named = list(records.items())[:BRANCHES]
    about = "The children of the root with all below them"
    about += f", the {BRANCHES} largest." if len(records) > len(named) else "."
    trace = _across([name for name, _ in named], [count for _, count in named])
    title = f"Records by branch: {analysis.data.name}"
    return _figure("across", title, about, [trace], xaxis={"title": {"text": "records"}})


def _saturation(analysis: Analysis) -> Figure:
    found = analysis.measures["saturation"] or {"by_depth": [], "by_branch": []}
    parts = [*found["by_depth"], *found["by_branch"][:BRANCHES]]
    shares = [part["saturated"] / part["tasks"] for part in parts]
    trace = _across([part["name"] for part in parts], shares) | {
        "customdata": [[part["saturated"], part["tasks"]] for part in parts],
        "hovertemplate": "%{customdata[0]} of %{customdata[1]} tasks<extra></extra>",
    }
    about = "Tasks that had nothing new to offer, by depth, then by branch with all below it."
    title = f"Saturated tasks: {analysis.data.name}"
    axis = {"title": {"text": "share of tasks"}, "range": [0, 1], "tickformat": ".0%"}
    return _figure("across", title, about, [trace] if any(shares) else [], xaxis=axis)


def _rejections(analyses: Sequence[Analysis]) -> Figure:
    rules = sorted({rule for a in analyses for rule in a.measures["rejections"]["by_rule"]})
    told = [f"{rule}: {REASONS[rule]}" if rule in REASONS else rule for rule in rules]
    traces = []
    for place, analysis in enumerate(analyses):
        by_rule = analysis.measures["rejections"]["by_rule"]
        if by_rule:
            trace = _across(told, [by_rule.get(rule, 0) for rule in rules])
            traces.append(trace | {"set": place, "name": label(analysis.data.name)})
    about = "What was proposed and not kept, tasks and records, by the rule that decided."
    return _figure(
        "across", "Reasons for rejection", about, traces, xaxis={"title": {"text": "rejections"}}
    )


def _across(names: Sequence[str], values: Sequence[float]) -> Figure:
    """Return horizontal bars, the first on top; names may repeat once they are cut."""
    places = list(range(len(names)))
    return {
        "type": "bar",
        "orientation": "h",
        "set": 0,
        "x": list(values),
        "y": places,
        "names": [label(name, 34) for name in names],
        "short": [label(name, 16) for name in names],
        "hovertemplate": "%{x}<extra></extra>",
    }
