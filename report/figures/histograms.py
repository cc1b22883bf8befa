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
        told = analysis.measures["rouge_l"]
        found = told[f"histogram_of_{what}"]
        many = sum(found) + (told.get("below_floor", 0) if what == "highest" else 0)
        edges = [(at + 0.5) / len(found) for at in range(len(found))]
        traces.append(
            {
                "type": "bar",
                "set": place,
                "name": label(analysis.data.name),
                "x": edges,
                "y": [count / max(many, 1) for count in found],
                "customdata": found,
                "hovertemplate": "around %{x:.3f}: %{y:.1%} (%{customdata})<extra></extra>",
            }
        )
    about = "Further to the left is more diverse."
    about += _left_out([a for _, a in placed(analyses)], what)
    return figure(
        "bars",
        title,
        about,
        traces,
        bargap=0.05,
        xaxis={"title": {"text": "ROUGE-L F1"}, "range": [0, 1]},
        yaxis={"title": {"text": "share of instructions"}, "tickformat": ".0%"},
    )


def _left_out(analyses: Sequence[Analysis], what: str) -> str:
    """Return what the bars of very many instructions do not show."""
    told = [a.measures for a in analyses if "floor" in a.measures["rouge_l"]]
    if what == "means":
        some = [(m["rouge_l"]["drawn"], m["records"]) for m in told]
        parts = [f"{drawn:,} of {many:,}" for drawn, many in some if drawn < many]
        return f" Instructions drawn at random: {', '.join(parts)}." if parts else ""
    lower = [(m["rouge_l"]["below_floor"] / m["records"], m["rouge_l"]["floor"]) for m in told]
    parts = [f"{share:.1%} lie below {floor:g}" for share, floor in lower]
    return f" Without a bar: {', '.join(parts)}." if parts else ""
