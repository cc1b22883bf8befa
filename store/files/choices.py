"""What a reader tells a person: where it found the instructions, and what it did not read."""

from collections import Counter
from collections.abc import Iterable

from store.files.shapes import PLAIN, Origin
from store.files.values import names_of
from words import several


class Choices:
    """Counts where the instructions of rows stand, and what else the rows hold."""

    def __init__(self) -> None:
        self._plain = 0
        self._found: Counter[str] = Counter()
        self._unread: Counter[str] = Counter()
        self._columns: dict[str, None] = {}

    def add(self, origin: Origin, columns: Iterable[str] = ()) -> None:
        """Count a row; `columns` are those of its fields that nobody reads."""
        if columns:
            self._columns.update(dict.fromkeys(columns))
        if origin is PLAIN:
            self._plain += 1
            return
        self._found["the first user turn of " * origin.is_chat + origin.field] += 1
        self._unread.update(origin.unread)

    def found(self) -> str:
        """Return where the instructions stand, "" where that is `instruction` in every row."""
        found = self._found + Counter({PLAIN.field: self._plain})
        if not found.keys() - {PLAIN.field}:
            return ""
        return ", ".join(f"{field} ({several(rows, 'row')})" for field, rows in found.items())

    def unread(self) -> str:
        """Return what of the rows was not read, "" where there is nothing."""
        parts = [several(number, what) for what, number in self._unread.items()]
        if self._columns:
            noun = "the column" if len(self._columns) == 1 else "the columns"
            parts.append(f"{noun} {names_of(self._columns)}")
        return ", ".join(parts)
