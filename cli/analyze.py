"""`analyze`: what data is worth, in figures: in the terminal, as JSON, and as a page."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from pathlib import Path

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.progress import Progress

from cli.trees import one_line
from errors import InputError
from report.analysis import Analysis, Wanted, analyse
from report.data import DataSet, read_data_sets
from report.summary import lines
from report.verb_noun import open_parser
from store.export import write_text
from store.folder import RUN_FILES


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asked `analyze` for."""

    data: Sequence[Path]
    html: Path | None
    json: Path | None
    threshold: float
    spacy_model: str | None


def analyze_data(request: Request) -> None:
    """Measure the data sets; print the figures, and write the files that are asked for."""
    _check_places(request)
    threshold = request.threshold
    if not (isfinite(threshold) and 0 < threshold <= 1):
        raise InputError(f"threshold {threshold}: give a number above 0 and at most 1, such as 0.7")
    sets = read_data_sets(request.data)
    parser = open_parser(request.spacy_model)
    wanted = Wanted(Fraction(str(threshold)), parser, chosen=request.spacy_model is not None)
    with _bar(sets) as advance:
        analyses = [analyse(data, wanted, advance) for data in sets]
    if request.json:
        found = {"sets": [analysis.measures for analysis in analyses]}
        write_text(request.json, json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    if request.html:
        from report.page import page  # noqa: PLC0415 - plotly is needed for the page only

        write_text(request.html, page(analyses))
    typer.echo(_table(analyses))
    for path in filter(None, (request.json, request.html)):
        typer.echo(f"written: {path}")


def _check_places(request: Request) -> None:
    """Refuse to write over what is read, or two things to one place."""
    read = {path.resolve() for path in request.data}
    own = {folder / name for folder in read for name in RUN_FILES}
    for path in filter(None, (request.html, request.json)):
        if path.resolve() in read | own:
            raise InputError(f"{path} is read and would be written over: name another file")
        read.add(path.resolve())


def _table(analyses: Sequence[Analysis]) -> str:
    """Return the measures, a line each, a column for each data set, and the notes below."""
    measures = [analysis.measures for analysis in analyses]
    rows = [["", *(one_line(m["name"]) for m in measures)]] if len(measures) > 1 else []
    rows += [[line.name, *(one_line(v) or "-" for v in line.values)] for line in lines(measures)]
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    told = [
        "  ".join(cell + " " * (n - cell_len(cell)) for cell, n in zip(row, widths, strict=True))
        for row in rows
    ]
    notes = dict.fromkeys(note for m in measures for note in m["notes"])
    return "\n".join([*(line.rstrip() for line in told), *notes])


@contextmanager
def _bar(sets: Sequence[DataSet]) -> Iterator[Callable[[int], None]]:
    """Show in a terminal how many pairs of instructions are compared."""
    console = Console(stderr=True)
    pairs = sum(len(data.records) ** 2 // 2 for data in sets)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Comparing", total=pairs)
        yield lambda amount: bar.advance(task, amount)
