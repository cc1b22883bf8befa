"""The scores that a judge gave, against branches and tasks, as horizontal bars."""

from collections.abc import Iterator, Sequence

from report.analysis import Analysis
from report.figures.plot import Figure, across, figure

SHOWN = 20
"""A figure shows so many branches or tasks at most, those of the lowest mean."""


def scores(analyses: Sequence[Analysis]) -> Iterator[Figure]:
    """Yield the mean score by branch and by task of each data set whose records were judged."""
    for analysis in analyses:
        found = analysis.measures["verdicts"] or {"by_branch": [], "by_task": []}
        for key, what in (("by_branch", "branch"), ("by_task", "task")):
            yield _means(f"Mean score by {what}: {analysis.data.name}", found[key])


def _means(title: str, means: Sequence[Figure]) -> Figure:
    shown = means[:SHOWN]
    trace = across([one["name"] for one in shown], [one["mean"] for one in shown])
    trace |= {
        "customdata": [one["records"] for one in shown],
        "hovertemplate": "%{x:.2f} in %{customdata} records<extra></extra>",
    }
    about = "As the judge scored the kept records, the lowest first"
    about += f", {SHOWN} of {len(means):,}." if len(means) > SHOWN else "."
    axis = {"title": {"text": "mean score"}, "range": [0, 1]}
    return figure("across", title, about, [trace] if len(means) > 1 else [], xaxis=axis)
