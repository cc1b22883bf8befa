"""The forms of files of rows, in one table, and which of them a file has."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from errors import InputError
from store.files.csv_table import CSV, TSV
from store.files.json_lines import JSON_LINES
from store.files.json_list import JSON_LIST
from store.files.parquet_table import PARQUET
from store.files.rows import Form
from store.files.text_file import opened
from store.files.unreadable import check_readable, folder_fault
from store.files.values import kind_of

FORMS: tuple[Form, ...] = (PARQUET, JSON_LIST, CSV, TSV, JSON_LINES)
"""A file has the first form that matches; JSON Lines match always."""

_CHUNK = 1 << 20
_UNWRITTEN = {
    ".7z", ".arrow", ".avro", ".bz2", ".db", ".docx", ".feather", ".gz", ".html", ".md", ".orc",
    ".pdf", ".pickle", ".pkl", ".sqlite", ".tar", ".txt", ".xls", ".xlsx", ".xml", ".xz", ".yaml",
    ".yml", ".zip", ".zst",
}  # fmt: skip
"""Suffixes of files that no form writes."""

_PACKED = ".gz"


def form_of(path: Path) -> Form:
    """Return the form of a file, by its first bytes. Raises InputError when it cannot be read."""
    try:
        if path.is_dir():
            raise folder_fault(path)
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is no file that can be read twice: save it to a file first")
        with opened(path) as file:
            first = file.read(_CHUNK)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(f"{path}: {reason}: name a file that exists") from error
    check_readable(path, first)
    return next(form for form in FORMS if form.matches(first))


def check_alike(paths: Sequence[Path], forms: Sequence[Form]) -> Form:
    """Return the one form of all files. Raises InputError for several, and for unlike tables."""
    for path, form in zip(paths, forms, strict=True):
        if form != forms[0]:
            raise InputError(
                f"{path} is {form.name}, but {paths[0]} is {forms[0].name}: "
                "filter files of one form together"
            )
        form.check_alike(path, paths[0])
    return forms[0]


def check_suffix(out: Path, name: str, own: Sequence[str], inputs: Sequence[Path] = ()) -> None:
    """Raise InputError for a suffix that says there is something else in a file than `name`.

    `own` are the suffixes of what is written. A suffix that says nothing is taken, and so is that
    of an input, unless it was packed.
    """
    suffix = out.suffix.lower()
    fit = {*own, *(path.suffix.lower() for path in inputs)} - {_PACKED}
    if suffix not in fit and suffix in _UNWRITTEN.union(*(form.suffixes for form in FORMS)):
        stem = out.with_suffix("")
        better = stem if stem.suffix in own else stem.with_name(stem.name + "".join(own[:1]))
        raise InputError(f"{out} would hold {name}: name it {better.name}")


def read_objects(path: Path, form: Form) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the number and the value of every row, whatever its fields.

    Raises InputError at the first row that is broken or no object.
    """
    for number, value in form.read_values(path):
        if not isinstance(value, dict):
            place = f"{path}, {form.noun} {number}"
            raise InputError(f"{place}: it is {kind_of(value)}: give an object a row")
        yield number, value
