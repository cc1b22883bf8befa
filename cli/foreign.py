"""Reads the files that --against of `filter` and `export` names: texts not to be repeated."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from errors import InputError
from store.files.choices import Choices
from store.files.forms import form_of
from store.files.rows import Advance, BadRow, Fields, Row
from store.filter.index import DiversityIndex
from store.filter.sift import name_of_row


def take_in(
    index: DiversityIndex,
    paths: Sequence[Path],
    field: str | None,
    hint: str,
    advance: Advance = lambda _: None,
    *,
    skip_bad: bool = False,
) -> None:
    """Add the texts of the files to the index; `foreign_rows` says what is told and raised."""
    for row in foreign_rows(paths, field, hint, advance, skip_bad=skip_bad):
        index.add(row.text, name_of_row(row))


def foreign_rows(
    paths: Sequence[Path],
    field: str | None,
    hint: str,
    advance: Advance = lambda _: None,
    *,
    skip_bad: bool = False,
) -> Iterator[Row]:
    """Yield the rows of the files, and say where their texts were found.

    Raises InputError for a bad row, with `hint` as the fix, unless bad rows are skipped, and where
    no row is left.
    """
    choices, is_empty = Choices(), True
    for row in rows_of(paths, Fields(field), advance):
        if isinstance(row, Row):
            choices.add(row.origin)
            is_empty = False
            yield row
        elif not skip_bad:
            raise InputError(f"{fault_text(row)} ({hint})")
    if is_empty:
        raise InputError(
            f"--against {paths[0]}: no row of it can be used: name its --against-field"
        )
    tell(choices, "--against: ")


def tell(choices: Choices, of: str = "") -> None:
    """Say in a line which fields are compared and what is not, unless that is obvious."""
    where, unread = choices.found(), choices.unread()
    parts = (where and f"compared: {where}", unread and f"not compared: {unread}")
    if told := "; ".join(filter(None, parts)):
        typer.echo(f"{of}{told}", err=True)


def rows_of(paths: Sequence[Path], fields: Fields, advance: Advance) -> Iterator[Row | BadRow]:
    """Return the rows of all files in turn."""
    return (row for path in paths for row in form_of(path).read_rows(path, fields, advance))


def fault_text(row: BadRow) -> str:
    """Return which row is bad, and why, for an error."""
    return f"{row.file}, {form_of(Path(row.file)).noun} {row.line}: {row.why}"
