"""What the figures share: a figure is plotly traces and a layout, in plain JSON.

Labels are other people's text, and plotly reads a few HTML tags in labels: `label` takes their
meaning away. Colours that depend on the theme are the page's own matter.
"""

from collections.abc import Sequence
from typing import Any

from report.analysis import Analysis
from words import clip

LONGEST = 60
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"})

Figure = dict[str, Any]


def label(text: str, longest: int = LONGEST) -> str:
    """Return a text as a plotly label: short, on one line, its characters without meaning."""
    return clip(" ".join(text.split()), longest).translate(_ESCAPES)


def figure(kind: str, title: str, about: str, traces: list[Any], **layout: object) -> Figure:
    """Return a figure; `about` says what it shows. Without traces the page leaves it out."""
    return {"kind": kind, "title": title, "about": about, "traces": traces, "layout": layout}


def placed(analyses: Sequence[Analysis]) -> list[tuple[int, Analysis]]:
    """Return those that have records, with their place, which is their colour."""
    return [(place, found) for place, found in enumerate(analyses) if found.data.records]


def curve(place: int, name: str, points: Sequence[tuple[int, float]], hover: str) -> Figure:
    """Return a curve as a trace; `place` is the data set's."""
    return {
        "type": "scatter",
        "mode": "lines" if len(points) > 1 else "markers",
        "set": place,
        "name": label(name),
        "x": [x for x, _ in points],
        "y": [y for _, y in points],
        "hovertemplate": f"{hover}<extra></extra>",
    }


def across(names: Sequence[str], values: Sequence[float]) -> Figure:
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
