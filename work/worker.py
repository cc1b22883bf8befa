"""A worker, seen from the process that asks it."""

import pickle
from collections.abc import Callable
from typing import Protocol, TypeVar

from work.process import Process
from work.serving import call

Piece = TypeVar("Piece")
Result = TypeVar("Result")

TRIES = 3
"""Workers that may die of a piece before it is given up."""


class Link(Protocol):
    """What connects with a worker: `work.process.Process` here, an actor on Ray elsewhere."""

    @property
    def is_alive(self) -> bool:
        """Say whether it can be asked more."""

    def outcome(self, asked: bytes, seconds: float | None) -> bytes:
        """Return what `work.serving.outcome` returns where the worker is.

        Raises TimeLimitError where it computed too long, WorkerDiedError where the worker ended.
        """

    def kill(self) -> None:
        """End the worker at once; whoever waits for its answer learns that it died."""

    def end(self) -> None:
        """End the worker, and close what connects with it."""


class Worker:
    """Does pieces, one at a time; `prepare` is what it does first, without a time limit.

    It is started where `start` says: in a process of its own, or on another machine.
    """

    def __init__(
        self, prepare: Callable[[], object] | None = None, *, start: Callable[[], Link] = Process
    ) -> None:
        self._prepare = prepare
        self._link = start()

    @property
    def is_alive(self) -> bool:
        """Say whether it can do another piece."""
        return self._link.is_alive

    def ask(
        self, function: Callable[[Piece], Result], piece: Piece, seconds: float | None
    ) -> Result:
        """Return what the function makes of the piece, or raise what it raises.

        Raises TimeLimitError where it computed too long, WorkerDiedError where the worker ended.
        """
        if self._prepare:
            self._answer(call, self._prepare, None)
            self._prepare = None
        return self._answer(function, piece, seconds)

    def kill(self) -> None:
        """End it at once; whoever waits for its answer learns that it died."""
        self._link.kill()

    def end(self) -> None:
        """End it, and close what connects with it."""
        self._link.end()

    def _answer(
        self, function: Callable[[Piece], Result], piece: Piece, seconds: float | None
    ) -> Result:
        outcome = self._link.outcome(pickle.dumps((function, piece)), seconds)
        succeeded, value = pickle.loads(outcome)  # noqa: S301 - of our own worker
        if not succeeded:
            raise value
        result: Result = value
        return result
