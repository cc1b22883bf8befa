"""All rows of a file, as the filter reads them."""

from pathlib import Path

from store.files.forms import form_of
from store.files.rows import BadRow, Fields, Row


def rows_in(path: Path, fields: Fields | None = None) -> list[Row | BadRow]:
    return list(form_of(path).read_rows(path, fields or Fields(), lambda _: None))
