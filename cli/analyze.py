"""`analyze`: what data is worth, in figures: in the terminal, as JSON, and as a page."""

import json
from collections.abc import Sequence
from dataclasses import replace
from math import isfinite

import typer

from cli.checks import check_places, exact
from cli.questions import read_questions
from cli.report import measuring
from cli.requests import AnalyzeRequest
from cli.signals import end_on_kill
from cli.teams import team_of
from errors import InputError
from models.embeddings import embeddings
from report.analysis import FLOOR, Analysis, Measuring
from report.comparison import aligned
from report.measuring import analyse_all
from report.parsers import open_parser
from report.summary import lines
from store.files.data_set import read_data_sets
from store.files.folder import REPORT, RUN_FILES
from store.files.writing import write_text
from words import one_line


def analyze_data(request: AnalyzeRequest) -> None:
    """Measure the data sets; print the figures, and write the files that are asked for."""
    read = [*request.data, *filter(None, [request.questions])]
    own = {folder / name for folder in read for name in RUN_FILES - {REPORT}}
    check_places([*read, *own], (request.html, request.json))
    threshold = exact(request.threshold)
    _check_floor(request.floor)
    end_on_kill()
    questions = read_questions(request.questions, request.questions_cosine, request.questions_field)
    sets = read_data_sets(request.data, request.field)
    parser = open_parser(request.spacy_model)
    chosen = request.spacy_model is not None
    how = Measuring(
        threshold,
        parser,
        chosen,
        embeddings=embeddings(),
        questions=questions,
        floor=request.floor,
        sample_above=request.sample_above,
    )
    with team_of(request.workers, request.ray) as team, measuring(len(sets)) as advance:
        analyses = analyse_all(sets, replace(how, team=team), advance)
    if request.json:
        found = {"sets": [analysis.measures for analysis in analyses]}
        write_text(request.json, json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    if request.html:
        from report.page import page  # noqa: PLC0415 - plotly is needed for the page only

        write_text(request.html, page(analyses))
    typer.echo(_table(analyses))
    for path in filter(None, (request.json, request.html)):
        typer.echo(f"written: {path}")


def _check_floor(floor: float | None) -> None:
    """Raise InputError for a floor out of range."""
    if floor is not None and not (isfinite(floor) and 0 < floor <= 1):
        raise InputError(f"--floor {floor}: give a number above 0 and at most 1, such as {FLOOR}")


def _table(analyses: Sequence[Analysis]) -> str:
    """Return the measures, a line each, a column for each data set, and the notes below."""
    measures = [analysis.measures for analysis in analyses]
    rows = [["", *(one_line(m["name"]) for m in measures)]] if len(measures) > 1 else []
    rows += [[line.name, *(one_line(v) or "-" for v in line.values)] for line in lines(measures)]
    notes = dict.fromkeys(note for m in measures for note in m["notes"])
    return "\n".join([*aligned(rows), *notes])
