"""The report: one HTML file that opens offline and shows one or several analyses side by side.

All text in it is untrusted. It goes in as JSON that cannot end its script element, the page's own
script puts it on the screen as text, and the Content-Security-Policy lets nothing else run.
Plotly goes in compressed; the page's script unpacks it, and the policy knows it by its hash.
"""

import base64
import zlib
from collections.abc import Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from report.analysis import Analysis
from report.comparison import Comparison
from report.figures import figures
from report.offline import as_script, cut, own, policy_of
from report.summary import lines, tiles

ROWS = 50_000
"""Records and rejections that the table of a page holds at most, taken evenly from each set."""


def page(
    analyses: Sequence[Analysis], comparisons: Sequence[Comparison] = (), title: str = ""
) -> str:
    """Return the page that shows these analyses, after what they come to together.

    `title` is its name; none: those of the data sets.
    """
    shown = {
        "sets": [analysis.data.name for analysis in analyses],
        "figures": figures(analyses),
        **_table(analyses),
    }
    measures = [analysis.measures for analysis in analyses]
    environment = Environment(
        loader=PackageLoader("report"), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template("page.html").render(
        title=title or " · ".join(analysis.data.name for analysis in analyses),
        named=title,
        comparisons=comparisons,
        policy=content_policy(),
        plotly=_packed_plotly(),
        script=Markup(own("page.js")),  # noqa: S704 - it holds no foreign text
        sets=measures,
        tiles=list(tiles(measures)),
        lines=list(lines(measures)),
        style=Markup(own("page.css")),  # noqa: S704 - as above
        data=Markup(as_script(shown)),  # noqa: S704 - its marks are escaped
    )


@cache
def content_policy() -> str:
    """Return the Content-Security-Policy of every page: its own two scripts run, nothing loads."""
    return policy_of(_plotly(), own("page.js"))


@cache
def _plotly() -> str:
    return str(get_plotlyjs())


@cache
def _packed_plotly() -> str:
    return base64.b64encode(zlib.compress(_plotly().encode(), 9)).decode()


def _table(analyses: Sequence[Analysis]) -> dict[str, Any]:
    """Return the table's rows, kept and rejected, and how many were left out."""
    sizes = [len(found.data.records) + len(found.data.rejections) for found in analyses]
    rooms = _rooms(sizes, ROWS)
    chosen = [
        _row(place, found, at * size // room)
        for place, (found, size, room) in enumerate(zip(analyses, sizes, rooms, strict=True))
        for at in range(room)
    ]
    return {"rows": chosen, "left_out": sum(sizes) - len(chosen)}


def _rooms(sizes: Sequence[int], most: int) -> list[int]:
    """Return how many rows of each set are shown: all of the small ones, the large ones alike."""
    rooms, left = [0] * len(sizes), most
    for behind, place in enumerate(sorted(range(len(sizes)), key=lambda place: sizes[place])):
        rooms[place] = min(sizes[place], left // (len(sizes) - behind))
        left -= rooms[place]
    return rooms


def _row(place: int, found: Analysis, at: int) -> list[Any]:
    """Return [set, task, rule, text, input, output, score, nearest, remark, repeats].

    Records come first, rejections behind them. The rule is "" for a record; `repeats` is 1 for one
    that the filter would drop.
    """
    records = found.data.records
    if at >= len(records):
        r = found.data.rejections[at - len(records)]
        remark = cut(f"{r.kind}: {r.why}" if r.why else r.kind)
        near = cut(r.nearest_text)
        return [place, cut(r.task), r.rule, cut(r.text), "", "", r.score, near, remark, 0]
    record = records[at]
    score, near = _nearest(found, at)
    texts = map(cut, (record.instruction, record.input, record.output))
    task = record.task or (record.path or ("",))[-1]
    trail = " › ".join(record.path)  # noqa: RUF001 - the mark of a path
    repeats = 0 if found.kept[at] else 1
    return [place, cut(task), "", *texts, score, near, cut(trail), repeats]


def _nearest(found: Analysis, at: int) -> tuple[float | None, str]:
    """Return a record's highest overlap and the text that has it; below the floor that it is so."""
    nearest, floor = int(found.overlaps.nearest[at]), found.overlaps.floor
    if floor is not None and nearest < 0:
        return None, f"ROUGE-L < {floor:g}"
    score = round(float(found.overlaps.highest[at]), 4)
    return score, cut(found.data.records[nearest].instruction) if nearest >= 0 else ""
