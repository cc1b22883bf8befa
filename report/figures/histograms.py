"""How near instructions are to each other: histograms of their ROUGE-L, as the paper's figure 7."""

from collections.abc import Iterator, Sequence

from report.analysis import Analysis
from report.figures.plot import Figure, figure, label, placed


def histograms(analyses: Sequence[Analysis]) -> Iterator[Figure]:
    """Yield the histogram of the highest overlaps and that of the mean ones."""
    yield _histogram(analyses, "highest", "Highest ROUGE-L with another instruction")
    yield _histogram(analyses, "means", "Mean ROUGE-L with all other instructions")


def _histogram(analyses: Sequence[Analysis], what: str, title: str) -> Figure:
    traces = []
    for place, analysis in placed(analyses):
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
    return figure(
        "bars",
        title,
        about,
        traces,
        bargap=0.05,
        xaxis={"title": {"text": "ROUGE-L F1"}, "range": [0, 1]},
        yaxis={"title": {"text": "share of instructions"}, "tickformat": ".0%"},
    )
