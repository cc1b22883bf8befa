"""`filter`: drops the rows that repeat an earlier one, exactly, from any file of texts."""

import json
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import Progress

from cli.amounts import rejections
from cli.checks import check_places, exact
from cli.foreign import rows_of, take_in, told
from errors import InputError
from models.embeddings import embeddings
from store.files.kept import writer
from store.files.replacing import replacing
from store.files.rows import Advance, BadRow, Fields, Row, check_alike, form_of, size_of
from store.filter.index import DiversityIndex
from store.filter.paraphrases import Paraphrases
from store.filter.sift import place_of, sift
from store.filter.verdict import Verdict
from store.formats.export import json_line
from words import several

ALL = "all"
"""The scope in which all rows are compared with each other."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked `filter` for."""

    inputs: Sequence[Path]
    out: Path
    rejected: Path | None
    field: str
    threshold: float
    scope: str
    against: Sequence[Path]
    against_field: str | None
    semantic_threshold: float | None
    skip_bad: bool
    as_json: bool


def filter_files(wanted: Wanted) -> None:
    """Write the rows that are kept, and the rejected ones with their reasons; say how many."""
    check_places([*wanted.inputs, *wanted.against], [wanted.out, wanted.rejected])
    _index(wanted)
    # So that a plain `kill` leaves no draft behind either.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    form = check_alike(wanted.inputs, [form_of(path) for path in wanted.inputs])
    scope = None if wanted.scope == ALL else wanted.scope
    counted: Counter[str] = Counter()
    with ExitStack() as open_files:
        advance = open_files.enter_context(_bar([*wanted.against, *wanted.inputs]))
        against = _foreign(wanted, advance)
        kept_file = open_files.enter_context(replacing(wanted.out))
        keep = open_files.enter_context(writer(form, kept_file, wanted.inputs[0]))
        rejected = None
        if wanted.rejected:
            rejected = open_files.enter_context(replacing(wanted.rejected))
        rows = rows_of(wanted.inputs, Fields(wanted.field, scope), advance)
        for row, verdict in sift(rows, lambda: _index(wanted, against)):
            if isinstance(row, BadRow) and not wanted.skip_bad:
                hint = "--field and --scope name other fields, --skip-bad leaves such rows out"
                raise InputError(f"{told(row)} ({hint})")
            rule = "malformed" if verdict is None else verdict.rule
            counted[rule or "kept"] += 1
            if verdict and verdict.kept and isinstance(row, Row):
                keep(row)
            elif rejected:
                rejected.write(json_line(_rejection(row, verdict)))
    _tell(counted, wanted)


def _index(wanted: Wanted, against: DiversityIndex | None = None) -> DiversityIndex:
    paraphrases = None
    if wanted.semantic_threshold is not None:
        paraphrases = Paraphrases(embeddings(), wanted.semantic_threshold)
    return DiversityIndex(exact(wanted.threshold), against=against, paraphrases=paraphrases)


def _foreign(wanted: Wanted, advance: Advance) -> DiversityIndex | None:
    """Return the index of the texts that must not be repeated."""
    if not wanted.against:
        return None
    index = _index(wanted)
    field = wanted.against_field or wanted.field
    hint = "--against-field names another field, --skip-bad leaves such rows out"
    take_in(index, wanted.against, field, hint, advance, skip_bad=wanted.skip_bad)
    return index


def _rejection(row: Row | BadRow, verdict: Verdict | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"file": row.file, "line": row.line}
    if isinstance(row, BadRow) or verdict is None:
        nothing = dict.fromkeys(("score", "nearest_file", "nearest_line", "text"))
        why = row.why if isinstance(row, BadRow) else None
        return shown | {"rule": "malformed"} | nothing | {"why": why}
    file, line = place_of(verdict.nearest or "")
    return shown | {
        "rule": verdict.rule,
        "score": round(float(verdict.score), 4),
        "nearest_file": file,
        "nearest_line": line,
        "text": row.text,
        "why": None,
    }


@contextmanager
def _bar(paths: Sequence[Path]) -> Iterator[Advance]:
    """Show in a terminal how far the reading is."""
    console = Console(stderr=True)
    total = sum(size_of(path, form_of(path)) for path in paths)
    step, done, shown = total // 500, 0, 0
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Filtering", total=total)

        def advance(amount: int) -> None:
            nonlocal done, shown
            done += amount
            if done - shown > step:
                shown = done
                bar.update(task, completed=done)

        yield advance


def _tell(counted: Counter[str], wanted: Wanted) -> None:
    read, kept = counted.total(), counted.pop("kept", 0)
    if wanted.as_json:
        result = {"read": read, "kept": kept, "rejected": dict(counted), "out": str(wanted.out)}
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    typer.echo(f"{several(read, 'row')} read, {kept:,} kept, {rejections(counted)}")
    typer.echo(f"kept: {wanted.out}")
