"""The share of people's questions that records cover, at every cosine."""

from collections.abc import Iterator, Sequence

from report.analysis import Analysis
from report.figures.plot import Figure, curve, figure

_HOVER = "%{y:.1%} covered at cosine %{x}"


def coverage(analyses: Sequence[Analysis]) -> Iterator[Figure]:
    """Yield the curves of all data sets, the threshold as a dotted line."""
    asked = [(at, one) for at, one in enumerate(analyses) if one.measures["questions"]]
    if asked:
        traces = [
            curve(at, one.data.name, one.measures["questions"]["curve"], _HOVER)
            for at, one in asked
        ]
        found = asked[0][1].measures["questions"]
        about = (
            f"The share of {found['count']:,} questions that have a record at least so near to "
            f"them. At {found['cosine']:g}, the dotted line: {_shares([one for _, one in asked])}."
        )
        yield figure(
            "lines",
            "Questions covered against cosine",
            about,
            traces,
            xaxis={"title": {"text": "cosine of embeddings"}, "range": [0, 1]},
            yaxis={"title": {"text": "questions covered"}, "range": [0, 1.02], "tickformat": ".0%"},
            shapes=[_dotted(found["cosine"])],
        )


def _shares(asked: Sequence[Analysis]) -> str:
    """Return the shares at the threshold, with names where there are several."""
    shares = [f"{one.measures['questions']['share']:.1%}" for one in asked]
    if len(asked) == 1:
        return shares[0]
    return ", ".join(f"{one.data.name} {share}" for one, share in zip(asked, shares, strict=True))


def _dotted(cosine: float) -> Figure:
    line = {"dash": "dot", "width": 1.5, "color": "#808a98"}  # seen on light and on dark ground
    place = {"x0": cosine, "x1": cosine, "y0": 0, "y1": 1, "yref": "paper"}
    return {"type": "line", "line": line, **place}
