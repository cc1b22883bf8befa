"""A worker from the inside: it does one piece after another, until it is asked no more.

A piece and its outcome travel as pickles by way of stdin and stdout; what a piece prints goes to
stderr. A time limit counts the seconds that the processor works, so that a busy machine changes no
outcome. The kernel keeps the limit: no Python code runs during one long operation in C.
"""

import errno
import os
import pickle
import platform
import signal
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

from work.errors import DiskFullError

Piece = TypeVar("Piece")
Result = TypeVar("Result")


def serve() -> None:
    """Do what is asked until stdin ends."""
    with os.fdopen(os.dup(0), "rb") as questions, os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        while True:
            try:
                asked, seconds = pickle.load(questions)  # noqa: S301 - its parent wrote it
            except EOFError:
                return
            try:
                pickle.dump(outcome(asked, seconds), answers)
                answers.flush()
            except BrokenPipeError:  # who asked is gone
                os._exit(1)


def outcome(asked: bytes, seconds: float | None) -> bytes:
    """Do a pickled piece; return whether that succeeded, and its result or error, pickled.

    Where memory runs out there is no outcome: the worker ends, and frees what it holds.
    """
    try:
        function, piece = pickle.loads(asked)  # noqa: S301 - its parent wrote it
        return pickle.dumps((True, _limited(function, piece, seconds)))
    except MemoryError:
        raise SystemExit(1) from None
    except OSError as error:
        full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        return pickle.dumps((False, _disk_full(error) if full else _portable(error)))
    except Exception as error:  # noqa: BLE001 - whatever it is, who asked is told
        return pickle.dumps((False, _portable(error)))


def call(function: Callable[[], Result]) -> Result:
    """Return what a function without arguments returns: such a function as a piece."""
    return function()


_held: list[object] = []


def hold(make: Callable[[], object]) -> None:
    """Keep what is made, in this process, for `on_held`."""
    _held[:] = [make()]


def on_held(asked: tuple[Callable[[Any, Piece], Result], Piece]) -> Result:
    """Return what a function makes of what is held and a piece."""
    function, piece = asked
    return function(_held[0], piece)


def _limited(function: Callable[[Piece], Result], piece: Piece, seconds: float | None) -> Result:
    if seconds is None:
        return function(piece)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return function(piece)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _disk_full(error: OSError) -> DiskFullError:
    where = f" at {error.filename}" if error.filename else ""
    return DiskFullError(
        f"the disk of {platform.node()} is full{where}: free space there and start again; what is "
        "done stays done"
    )


def _portable(error: Exception) -> Exception:
    """Return the error with its traceback as a note; in words alone where it does not travel."""
    error.add_note("In the worker:\n" + "".join(traceback.format_tb(error.__traceback__)))
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 - its own
    except Exception:  # noqa: BLE001 - an error may define how it is pickled
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error
