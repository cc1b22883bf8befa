"""The measures of several data sets side by side, as words: rows and tiles."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from report.measure import Measures, Row, TileFigure
from report.measures import MEASURES


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: its name, a value for each data set ("" if unknown), what it says."""

    name: str
    values: Sequence[str]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure of every data set; the page opens with them."""

    name: str
    figures: Sequence[TileFigure]


def lines(sets: Sequence[Measures]) -> Iterator[Line]:
    """Yield the rows that at least one data set has a value for."""
    for row in (row for measure in MEASURES for row in measure.rows):
        values = [_words(row, measures) for measures in sets]
        if any(values):
            yield Line(row.name, values, row.about)


def tiles(sets: Sequence[Measures]) -> Iterator[Tile]:
    """Yield the tiles that at least one data set has a value for."""
    for name, figure in (tile for measure in MEASURES for tile in measure.tiles.items()):
        figures = [figure(measures) or TileFigure() for measures in sets]
        if any(one.value for one in figures):
            yield Tile(name, figures)


def _words(row: Row, measures: Measures) -> str:
    """Return the value, "" where the data set does not have it."""
    try:
        return row.words(measures)
    except (KeyError, TypeError):  # a part that is None
        return ""
