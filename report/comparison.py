"""What several data sets come to together, as words: a table that a page, or a terminal, shows."""

from collections.abc import Sequence
from dataclasses import dataclass

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
        widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        lines = [self.title, _line(self.heads, widths)]
        for name, part in self.parts:
            lines += [name, *(_line(row, widths) for row in part)]
        return "\n".join([*lines, *self.notes])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell + " " * (n - cell_len(cell)) for cell, n in zip(row, widths, strict=True))
    return f"  {'  '.join(cells)}".rstrip()
