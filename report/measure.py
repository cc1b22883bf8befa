"""What a measure is: a value of an analysis, and how people see it.

All measures stand in one table, report/measures/__init__.py. For example, one that counts the
records without an input, with a row in the terminal and on the page:

    ALONE = Measure(
        "without_input",
        lambda found: sum(not record.input for record in found.data.records),
        rows=(Row("Without an input", lambda m: f"{m['without_input']:,}"),),
    )
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from report.analysis import Analysis

Measures = Mapping[str, Any]
"""The values of all measures of a data set, by the measures' names: plain JSON."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: its name, its words for a data set, and what it says.

    `words` is called with all measures. It returns "" where the data set has no such value; a
    KeyError or TypeError means the same, since a part of the measures may be None.
    """

    name: str
    words: Callable[[Measures], str]
    about: str = ""


@dataclass(frozen=True, slots=True)
class TileFigure:
    """The figure of one data set in a tile, "" where it is unknown, and what stands beside it."""

    value: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure: its name in JSON, its value (plain JSON), its rows, and its tiles by name.

    The numbers of a tile are those of the rows.
    """

    name: str
    of: Callable[[Analysis], Any]
    rows: Sequence[Row] = ()
    tiles: Mapping[str, Callable[[Measures], TileFigure | None]] = field(default_factory=dict)
