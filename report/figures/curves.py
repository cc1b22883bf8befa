"""What goes on while data grows: new verb-noun pairs, and the share of proposals that are kept."""

from collections.abc import Iterator, Sequence

from report.analysis import Analysis
from report.figures.plot import Figure, curve, figure, placed


def curves(analyses: Sequence[Analysis]) -> Iterator[Figure]:
    """Yield both against records and against calls."""
    yield _growth(analyses, "records", "growth")
    yield _growth(analyses, "calls", "growth_by_calls")
    yield _kept_rate(analyses, "records", "kept_rate", _filtered(analyses))
    yield _kept_rate(analyses, "calls", "kept_rate_by_calls", _PROPOSED)


_PROPOSED = "The share of all proposals, tasks and records, that each stretch of calls had kept."


def _filtered(analyses: Sequence[Analysis]) -> str:
    threshold = analyses[0].measures["repeats"]["threshold"] if analyses else 0
    return (
        f"The share of each stretch of records that the filter keeps at {threshold:g} "
        "when it reads the data in order."
    )


def _growth(analyses: Sequence[Analysis], against: str, key: str) -> Figure:
    traces = [
        curve(place, a.data.name, a.measures["verb_noun"][key], "%{y} pairs after %{x}")
        for place, a in placed(analyses)
        if a.measures["verb_noun"] and a.measures["verb_noun"][key]
    ]
    about = (
        f"A curve that still climbs says that more {against} would bring new kinds; "
        "a flat one, that the domain or the model has little more to give."
    )
    axis = {"title": {"text": "unique pairs"}, "rangemode": "tozero"}
    return _curves(f"Unique verb-noun pairs against {against}", about, traces, against, axis)


def _kept_rate(analyses: Sequence[Analysis], against: str, key: str, about: str) -> Figure:
    traces = [
        curve(place, a.data.name, a.measures[key], f"%{{y:.0%}} up to %{{x}} {against}")
        for place, a in placed(analyses)
        if any(rate < 1 for _, rate in a.measures[key])
    ]
    axis = {"title": {"text": "kept"}, "range": [0, 1.02], "tickformat": ".0%"}
    return _curves(f"Kept rate against {against}", about, traces, against, axis)


def _curves(title: str, about: str, traces: list[Figure], against: str, axis: Figure) -> Figure:
    below = {"title": {"text": against}, "rangemode": "tozero"}
    return figure("lines", title, about, traces, xaxis=below, yaxis=axis)
