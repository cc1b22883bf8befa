"""`filter`: drops the rows that repeat an earlier one, exactly, from any file of texts."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.progress import Progress

from cli.checks import check_places, expanded
from cli.foreign import fault_text, foreign_rows, rows_of, tell
from cli.live.amounts import rejections
from cli.requests import FilterRequest
from cli.sifting import ALL, Sifter, check_judging, sifter
from cli.signals import end_on_kill
from cli.teams import team_of
from errors import InputError
from store.files.choices import Choices
from store.files.forms import check_alike, check_suffix, form_of
from store.files.json_lines import JSON_LINES
from store.files.replacing import replacing
from store.files.rows import Advance, BadRow, Fields, Row
from store.files.writing import json_line
from store.filter.naming import key_of
from store.filter.rest import collector_at_rest
from store.filter.sift import Sifted
from store.filter.verdict import Verdict
from words import several


def filter_files(request: FilterRequest) -> None:
    """Write the rows that are kept, and the rejected ones with their reasons; say how many."""
    request = replace(
        request, inputs=expanded(request.inputs), against=expanded(request.against or ())
    )
    read = [*(request.against or ()), *request.inputs]
    check_places(read, [request.out, request.rejected])
    check_judging(request)
    form = check_alike(request.inputs, [form_of(path) for path in request.inputs])
    check_suffix(request.out, form.name, form.suffixes, request.inputs)
    if request.rejected:
        check_suffix(request.rejected, JSON_LINES.name, JSON_LINES.suffixes)
    end_on_kill()
    counted: Counter[str] = Counter()
    choices = Choices()
    with (
        collector_at_rest(),
        team_of(request.workers, request.ray) as team,
        ExitStack() as open_files,
    ):
        judge = open_files.enter_context(sifter(request, team))
        advance = open_files.enter_context(_bar(read))
        if request.against:
            judge.add_foreign(_foreign(request, advance))
        kept_file = open_files.enter_context(replacing(request.out))
        keep = open_files.enter_context(form.writer(kept_file, request.inputs[0]))
        rejected = request.rejected and open_files.enter_context(replacing(request.rejected))
        for row, verdict in _judged(request, judge, advance):
            rule = "malformed" if verdict is None else verdict.rule
            counted[rule or "kept"] += 1
            if isinstance(row, Row):
                choices.add(row.origin)
            if verdict and verdict.kept and isinstance(row, Row):
                keep(row)
            elif rejected:
                rejected.write(json_line(_rejection(row, verdict)))
    _show_counts(counted, request)
    tell(choices)


def _judged(request: FilterRequest, judge: Sifter, advance: Advance) -> Iterator[Sifted]:
    """Yield every row with its verdict. Raises InputError at a bad row that is not skipped."""
    scope = None if request.scope == ALL else request.scope
    rows = rows_of(request.inputs, Fields(request.field, scope), advance)
    for judged in judge.sift(rows):
        row = judged[0]
        if isinstance(row, BadRow) and not request.skip_bad:
            hint = "--field and --scope name other fields, --skip-bad leaves such rows out"
            raise InputError(f"{fault_text(row)} ({hint})")
        yield judged


def _foreign(request: FilterRequest, advance: Advance) -> Iterator[Row]:
    """Return the rows that must not be repeated."""
    field = request.against_field or request.field
    hint = "--against-field names another field, --skip-bad leaves such rows out"
    return foreign_rows(request.against or (), field, hint, advance, skip_bad=request.skip_bad)


def _rejection(row: Row | BadRow, verdict: Verdict | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"file": row.file, "line": row.line}
    if isinstance(row, BadRow) or verdict is None:
        nothing = dict.fromkeys(("score", "nearest_file", "nearest_line", "text"))
        why = row.why if isinstance(row, BadRow) else None
        return shown | {"rule": "malformed"} | nothing | {"why": why}
    file, line = key_of(verdict.nearest or "")
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
    total = sum(form_of(path).size(path) for path in paths)
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


def _show_counts(counted: Counter[str], request: FilterRequest) -> None:
    read, kept = counted.total(), counted.pop("kept", 0)
    if request.as_json:
        result = {"read": read, "kept": kept, "rejected": dict(counted), "out": str(request.out)}
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    typer.echo(f"{several(read, 'row')} read, {kept:,} kept, {rejections(counted)}")
    typer.echo(f"kept: {request.out}")
