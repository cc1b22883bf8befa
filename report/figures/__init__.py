"""The figures of a page, as plotly traces and layouts in plain JSON.

To add a figure: a function from the analyses to figures in a file here, and its row in FIGURES.
"""

from collections.abc import Callable, Iterable, Sequence

from report.analysis import Analysis
from report.figures.bars import branches, rejections, saturation
from report.figures.coverage import coverage
from report.figures.curves import curves
from report.figures.histograms import histograms
from report.figures.plot import Figure
from report.figures.scores import scores
from report.figures.sunburst import sunbursts
from report.figures.trees import trees

FIGURES: tuple[Callable[[Sequence[Analysis]], Iterable[Figure]], ...] = (
    trees,
    coverage,
    sunbursts,
    histograms,
    curves,
    branches,
    saturation,
    rejections,
    scores,
)
"""What draws the figures, in the order of the page."""


def figures(analyses: Sequence[Analysis]) -> list[Figure]:
    """Return the figures that the data allow: kind, title, what it says, traces, layout."""
    return [figure for draw in FIGURES for figure in draw(analyses) if figure["traces"]]
