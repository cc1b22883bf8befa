"""The share of people's questions that records cover, at every cosine."""

from collections.abc import Iterator, Sequence

from report.analysis import Analysis
from report.figures.plot import Figure, curve, figure


def coverage(analyses: Sequence[Analysis]) -> Iterator[Figure]:
    """Yield the curves of all data sets, with the threshold as a dotted line."""
    found = [(at, a, a.measures["questions"]) for at, a in enumerate(analyses)]
    asked = [(at, a.data.name, questions) for at, a, questions in found if questions]
    if not asked:
        return
    questions = asked[0][2]
    cosine, count = questions["cosine"], questions["count"]
    shares = ", ".join(f"{name} {q['share']:.1%}" for _, name, q in asked)
    about = (
        f"The share of {count:,} questions that have a record at least so near to them. At "
        f"{cosine:g}, the dotted line: {shares}."
    )
    traces = [
        curve(at, name, q["curve"], "%{y:.1%} covered at cosine %{x}") for at, name, q in asked
    ]
    line = {"type": "line", "x0": cosine, "x1": cosine, "y0": 0, "y1": 1, "yref": "paper"}
    yield figure(
        "lines",
        "Questions covered against cosine",
        about,
        traces,
        xaxis={"title": {"text": "cosine of embeddings"}, "range": [0, 1]},
        yaxis={"title": {"text": "questions covered"}, "range": [0, 1.02], "tickformat": ".0%"},
        shapes=[line | {"line": {"dash": "dot", "width": 1.5, "color": "#808a98"}}],
    )
