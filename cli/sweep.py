"""`sweep`: many runs from one file, one table, one page; interrupted, the same command goes on."""

import asyncio
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import as_completed
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import typer
from rich.console import Console

from cli.live.sweep import SweepView
from cli.questions import read_questions
from cli.requests import SweepRequest
from cli.running import say
from cli.signals import SIGNALS, WAITING
from cli.sweep_table import conclude, groups_of, write_table
from cli.sweeping import check_endpoints, effort_text, prepare, settled
from cli.swept import STOP, Outcome, Piece, at_work, begin, end, ended, run_piece
from cli.teams import team_of
from errors import InputError, RunError
from graph.database import hold
from report.analysis import Questions
from sweep.file import SweepFile, read_sweep
from sweep.folder import LOCK, Prepared, is_finished, new_runs, read_plan, write_plan
from sweep.plan import Run, planned
from work.team import Team


def sweep_runs(request: SweepRequest) -> None:
    """Make all runs of the sweep that have not ended, then the table and the page of all."""
    file = read_sweep(request.file)
    runs = planned(file, request.file)
    questions = _questions(file, request.file)
    if request.dry_run:
        settings = asyncio.run(settled(runs))
        typer.echo(effort_text(runs, settings, as_json=request.as_json))
        return
    out = request.out or Path("runs") / request.file.stem.lower()
    console = Console(stderr=True)
    with _only_sweep(out), team_of(request.workers, request.ray) as team:
        prepared = _prepared(out, request.file, runs)
        parent = os.getpid() if team and request.ray is None else None
        pieces = [_piece(out, one, parent) for one in prepared]
        outcomes = _made(out, pieces, team, console)
        groups = groups_of(out, file, prepared, outcomes, questions=questions, team=team)
        compared = write_table(out, groups)
    conclude(out, compared, outcomes, as_json=request.as_json)


def _questions(file: SweepFile, source: Path) -> Questions | None:
    """Return the questions that a sweep names, by their path relative to its file."""
    path = source.parent / file.questions if file.questions else None
    return read_questions(path, file.questions_cosine, file.questions_field)


@contextmanager
def _only_sweep(out: Path) -> Iterator[None]:
    """Keep other sweeps out of the folder; where nothing comes of this one, it makes none.

    Raises InputError where one is at work there, or where no folder can be.
    """
    made = [path for path in (out, *out.parents) if not path.exists()]
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{out} cannot be made: {error.strerror}") from error
    in_use = f"{out} is being swept already: wait, or name another folder with --out"
    with hold(out / LOCK, in_use, out, "name another folder with --out"):
        try:
            yield
        except BaseException:
            if made and {entry.name for entry in out.iterdir()} <= {LOCK}:
                (out / LOCK).unlink(missing_ok=True)
                with suppress(OSError):  # somebody else uses it by now
                    for path in made:
                        path.rmdir()
            raise


def _prepared(out: Path, source: Path, runs: Sequence[Run]) -> list[Prepared]:
    """Return all runs as they will be carried out, in the order of the sweep's file."""
    before = read_plan(out)
    new = new_runs(out, source, before, runs)
    check_endpoints(one for one in before if not is_finished(out / one.run.name))
    known = {one.run.key: one for one in [*before, *asyncio.run(prepare(new))]}
    prepared = [known[run.key] for run in runs]
    if new:
        write_plan(out, prepared)
    return prepared


def _made(
    out: Path, pieces: Sequence[Piece], team: Team | None, console: Console
) -> dict[str, Outcome]:
    """Make the runs that have not ended; return how all of them ended, by their names.

    Raises KeyboardInterrupt where a person stopped them.
    """
    begin(out)
    view = SweepView(console, len(pieces), lambda: at_work(out, pieces))
    outcomes = {piece.name: ended(piece) for piece in pieces if is_finished(piece.folder)}
    view.passed(list(outcomes.values()))
    left = [piece for piece in pieces if piece.name not in outcomes]
    try:
        with _stopping(out, console), view.live():
            for outcome in _outcomes(left, team):
                outcomes[outcome.name] = outcome
                view.on(outcome)
    finally:
        end(out)
    states = [outcome.state for outcome in outcomes.values()]
    if "interrupted" in states:
        done = len(states) - states.count("interrupted")
        ended_so_far = f"{done} of {len(states)} runs in {out} ended"
        say(console, f"Interrupted: {ended_so_far}. The same command goes on.")
        raise KeyboardInterrupt
    return outcomes


def _piece(out: Path, one: Prepared, parent: int | None) -> Piece:
    run = one.run
    return Piece(run.name, out.resolve(), run.domain, one.settings, one.spent, parent)


def _outcomes(pieces: Sequence[Piece], team: Team | None) -> Iterator[Outcome]:
    """Yield how each run ended, as they end: one after the other here, or shared by a team."""
    if team is None:
        yield from map(run_piece, pieces)
        return
    asked = {team.submit(run_piece, piece): piece for piece in pieces}
    for future in as_completed(asked):
        try:
            yield future.result()
        except RunError as error:  # its workers died of it
            yield Outcome(asked[future].name, "failed", str(error), {})


@contextmanager
def _stopping(out: Path, console: Console) -> Iterator[None]:
    """Within its block the first signal ends all runs at a safe point, the second at once."""
    came = 0

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal came
        came += 1
        if came > 1:
            raise KeyboardInterrupt
        (out / STOP).touch()
        say(console, WAITING)

    before = {number: signal.signal(number, stop) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
