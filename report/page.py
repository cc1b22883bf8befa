"""The report: one HTML file that opens offline and shows one or several analyses side by side.

All text in it is untrusted. It goes in as JSON that cannot end its script element, the page's own
script puts it on the screen as text, and the Content-Security-Policy lets nothing else run.
Plotly goes in compressed; the page's script unpacks it, and the policy knows it by its hash.
"""

import base64
import zlib
from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from report.analysis import Analysis
from report.comparison import Comparison
from report.figures import figures
from report.offline import as_script, own, policy_of
from report.summary import lines, tiles
from report.table import table


def page(
    analyses: Sequence[Analysis], comparisons: Sequence[Comparison] = (), title: str = ""
) -> str:
    """Return the page that shows these analyses, after what they come to together.

    `title` is its name; none: those of the data sets.
    """
    shown = {
        "sets": [analysis.data.name for analysis in analyses],
        "figures": figures(analyses),
        **table(analyses),
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
