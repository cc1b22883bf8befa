"""What several data sets come to together, as words: a table that a page, or a terminal, shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from rich.cells import cell_len

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A table in parts, each a figure's name and its rows. The heads are those of the columns.

    Every row has a cell for each head; the first one names the row. `notes` stand below.
    """

    title: str
    heads: Sequence[str]
    parts: Sequence[tuple[str, Rows]]
    notes: Sequence[str] = ()

    @property
    def text(self) -> str:
        """The table as aligned lines of text."""
        rows = [self.heads, *(row for _, rows in self.parts for row in rows)]
        lines = (f"  {line}" for line in aligned(rows))
        told = [self.title, next(lines)]
        for name, part in self.parts:
            told += [name, *islice(lines, len(part))]
        return "\n".join([*told, *self.notes])


def aligned(rows: Rows) -> list[str]:
    """Return a line for each row, its cells under those of the others."""
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell + " " * (n - cell_len(cell)) for cell, n in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
