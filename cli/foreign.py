"""Texts that must not be repeated, such as a test set: `--against` of `filter` and `export`."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from errors import InputError
from store.files.rows import NOUNS, Advance, BadRow, Fields, Row, form_of, read_rows
from store.filter.index import DiversityIndex
from store.filter.sift import key_of


def take_in(
    index: DiversityIndex,
    paths: Sequence[Path],
    field: str,
    hint: str,
    advance: Advance = lambda _: None,
    *,
    skip_bad: bool = False,
) -> None:
    """Add the texts of the files to the index.

    Raises InputError for a row that cannot be read, where it is not to be skipped, and where no row
    can; `hint` says what then helps.
    """
    for row in rows_of(paths, Fields(field), advance):
        if isinstance(row, Row):
            index.add(row.text, key_of(row))
        elif not skip_bad:
            raise InputError(f"{told(row)} ({hint})")
    if not len(index):
        raise InputError(
            f"--against {paths[0]}: no row of it can be used: name its --against-field"
        )


def rows_of(paths: Sequence[Path], fields: Fields, advance: Advance) -> Iterator[Row | BadRow]:
    """Yield the rows of all files in turn."""
    for path in paths:
        yield from read_rows(path, form_of(path), fields, advance)


def told(row: BadRow) -> str:
    """Say which row is bad, and why."""
    return f"{row.file}, {NOUNS[form_of(Path(row.file))]} {row.line}: {row.why}"
