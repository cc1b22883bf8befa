"""One run of a sweep, as a piece of work: in this process, in one beside it, or on another machine.

It begins, or goes on from where it stands. It ends early where the file STOP appears in the sweep's
folder: no call starts any more, and those in flight are stored. A worker whose sweep was killed
ends at once, so that it is in nobody's way who goes on with the sweep.
"""

import asyncio
import json
import os
import platform
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any, Literal

from cli.running import check_answers, config_of
from errors import InputError, RunError, RunInterruptedError
from graph.database import Place, hold, new_thread
from graph.local import open_run
from graph.traces import traced
from nodes.settings import Settings
from nodes.state import Spent
from prompts.domain import Domain
from store.files.folder import CONFIG, DATASET, LOCK, create, read_config, read_stats
from sweep.folder import PLAN
from words import error_line

STOP = "stop"
"""A file in the sweep's folder at which its runs end."""

PROGRESS = "progress"
"""A folder in the sweep's folder in which every run that is at work says how far it is."""

LOOK_S = 0.1
"""Seconds between two looks for what ends a run."""

WAIT_S = 5.0
"""Seconds that a run waits for another process to close its folder."""

TOLD_S = 0.5
"""Seconds between two notes of how far a run is."""

State = Literal["finished", "failed", "interrupted"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run to be made in the folder `out / name`.

    `parent` is the process that a worker belongs to, and must not outlive; None for any other.
    """

    name: str
    out: Path
    domain: Domain
    settings: Settings
    spent: Spent
    parent: int | None = None

    @property
    def folder(self) -> Path:
        """The run's folder."""
        return self.out / self.name


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended; `why` it failed, "" where it did not, and what its stats.json says."""

    name: str
    state: State
    why: str
    stats: Mapping[str, Any]


def run_piece(piece: Piece) -> Outcome:
    """Let a run go on to its end. Nothing is raised: other runs go on where this one cannot."""
    try:
        asyncio.run(_go(piece))
    except RunInterruptedError:
        return _outcome(piece, "interrupted")
    except Exception as error:  # noqa: BLE001 - the sweep says it, and goes on with the others
        known = isinstance(error, (InputError, RunError))
        why = str(error) if known else f"{type(error).__name__}: {error_line(error)}"
        return _outcome(piece, "failed", why)
    return ended(piece)


def ended(piece: Piece) -> Outcome:
    """Return the outcome of a run that has come to its end: it failed where nothing came of it."""
    stats = read_stats(piece.folder)
    rejected = {"rejected_by_rule": stats["rejected_by_rule"]}
    values = {"counts": stats, "spent": stats, "exploration": rejected}
    try:
        check_answers(piece.settings, values | {"stopped_by": stats["stopped_by"]})
    except RunError as error:
        return _outcome(piece, "failed", f"{error}; to try again, remove {piece.folder}")
    return _outcome(piece, "finished")


def _outcome(piece: Piece, state: State, why: str = "") -> Outcome:
    stats: Mapping[str, Any] = {}
    with suppress(InputError):
        stats = read_stats(piece.folder)
    return Outcome(piece.name, state, why, stats)


async def _go(piece: Piece) -> None:
    """Begin the run, or go on with it. Raises RunInterruptedError where the sweep is to end."""
    folder, settings = piece.folder, piece.settings
    _check_parent(piece)
    _check_shared(piece)
    if (piece.out / STOP).exists():
        raise RunInterruptedError(piece.name)
    if not (folder / CONFIG).is_file():
        create(folder, config_of(piece.domain, settings, new_thread(os.environ)))
    place = Place.of(folder, read_config(folder).get("thread"), os.environ)
    note = _Note(piece)
    await _wait_for(folder)
    with traced(os.environ):
        async with open_run(folder, settings, place=place, spent=piece.spent) as run:
            if not (await run.values()).get("head") and (folder / DATASET).exists():
                raise InputError(
                    f"{folder} holds data, but its {place.name} holds no run: remove the folder"
                )
            async with _watched(piece, run.stop):
                await run.go(piece.domain, note.on, _nobody)


async def _wait_for(folder: Path) -> None:
    """Wait a little where another process has the run open: a worker that is about to end."""
    for _ in range(int(WAIT_S / LOOK_S)):
        with suppress(InputError), hold(folder / LOCK, "", folder, ""):
            return
        await asyncio.sleep(LOOK_S)


def _check_shared(piece: Piece) -> None:
    """Raise InputError where this machine does not see the sweep's folder."""
    if not (piece.out / PLAN).is_file():
        raise InputError(
            f"{platform.node()} does not see {piece.out}: name a folder that all machines share "
            "with --out"
        )


def _nobody(_asked: dict[str, Any]) -> object:
    raise RunError("a sweep asks nobody")


@asynccontextmanager
async def _watched(piece: Piece, stop: Callable[[], None]) -> AsyncIterator[None]:
    """Within its block, see that the run ends where the sweep does."""
    watching = asyncio.create_task(_watch(piece, stop))
    try:
        yield
    finally:
        watching.cancel()


async def _watch(piece: Piece, stop: Callable[[], None]) -> None:
    while not (piece.out / STOP).exists():
        _check_parent(piece)
        await asyncio.sleep(LOOK_S)
    stop()


def _check_parent(piece: Piece) -> None:
    """End this process where its sweep was killed; what is stored is safe."""
    if piece.parent is not None and os.getppid() != piece.parent:
        os._exit(1)


@dataclass(frozen=True, slots=True)
class Told:
    """How far a run is: what it has kept, its calls so far and in all, what it waits for."""

    name: str
    kept: int = 0
    wanted: int = 0
    calls: int = 0
    calls_expected: int = 0
    waiting: str = ""


class _Note:
    """Writes down how far a run is, now and then; it may be lost, and nothing waits for it."""

    def __init__(self, piece: Piece) -> None:
        self._path = piece.out / PROGRESS / f"{piece.name}.json"
        self._told = Told(piece.name)
        self._last = 0.0
        self._write()

    def on(self, event: Mapping[str, Any]) -> None:
        told = asdict(self._told)
        if event["type"] == "budget":
            told |= {name: event[name] for name in ("kept", "wanted", "calls", "calls_expected")}
            told["waiting"] = ""
        elif event["type"] == "waiting":
            told["waiting"] = event["message"]
        else:
            return
        self._told = Told(**told)
        if time.monotonic() - self._last > TOLD_S:
            self._write()

    def _write(self) -> None:
        self._last = time.monotonic()
        with suppress(OSError):
            self._path.write_text(json.dumps(asdict(self._told)), "utf-8")


def begin(out: Path) -> None:
    """Let runs be made in a sweep's folder, whatever was left there when the last ones ended."""
    (out / STOP).unlink(missing_ok=True)
    rmtree(out / PROGRESS, ignore_errors=True)
    (out / PROGRESS).mkdir()


def at_work(out: Path, pieces: Iterable[Piece]) -> list[Told]:
    """Return how far the runs are that have begun since the sweep did."""
    return [told for piece in pieces if (told := _told(out, piece.name))]


def end(out: Path) -> None:
    """Remove what only runs at work need; a STOP stays, so that none goes on by itself."""
    rmtree(out / PROGRESS, ignore_errors=True)


def _told(out: Path, name: str) -> Told | None:
    """Return how far a run is, None where nothing is known."""
    try:
        return Told(**json.loads((out / PROGRESS / f"{name}.json").read_bytes()))
    except (OSError, ValueError, TypeError):
        return None
