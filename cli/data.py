"""`export`: a run's records in a format that training tools read."""

from collections.abc import Iterable
from pathlib import Path

import typer

from errors import InputError
from store.export import FORMATS, Row, sample, split
from store.folder import RUN_FILES, read_dataset

SEED = 0
"""Samples and splits are always drawn the same way."""


def export_records(
    folder: Path, form: str, out: Path, size: int | None, share: float | None
) -> None:
    """Write the records of a run to `out`, all or a sample, in one file or split in two."""
    write = FORMATS.get(form)
    if write is None:
        raise InputError(f"format {form!r} is unknown: name one of {', '.join(FORMATS)}")
    if out.resolve().parent == folder.resolve() and out.name in RUN_FILES:
        raise InputError(f"{out} is a file of the run itself: name another with --out")
    records: Iterable[Row] = read_dataset(folder)
    if size is not None:
        records = sample(list(records), size, SEED)
    if share is None:
        typer.echo(f"{write(out, records)} records in {out}")
        return
    training, validation = split(records, share, SEED)
    held_out = out.with_stem(f"{out.stem}-validation")
    typer.echo(f"{write(out, training)} records in {out}")
    typer.echo(f"{write(held_out, validation)} records in {held_out}")
