"""A shard: a worker that keeps something in its memory, and can be made anew when it dies.

Here stands a log of what changed the shard's state; a new worker is told all of it, in order, and
then what the dead one had not answered. So a death changes no result, as long as the functions
depend on the state and their piece alone. The log is a file, since it may become large.
"""

import pickle
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from tempfile import TemporaryFile, gettempdir
from threading import Lock
from typing import Any, Generic, TypeVar

from errors import RunError
from work.errors import PieceLostError, WorkerDiedError
from work.serving import hold, on_held
from work.team import Team
from work.worker import TRIES, Worker

State = TypeVar("State")
Piece = TypeVar("Piece")
Result = TypeVar("Result")
Change = tuple[Callable[[Any, Any], object], Any]
"""A function of the state and a piece, and the piece."""

RECENT = 6
"""How many pieces are remembered that were only shown."""


class Shard(Generic[State]):
    """A state that `make` makes on a worker of a team, and functions of it and a piece.

    They stand in modules, and are done in the order in which they were asked for.
    """

    def __init__(self, team: Team, make: Callable[[], State]) -> None:
        self._start = partial(team.worker, partial(hold, make))
        self._thread = ThreadPoolExecutor(1, "shard")
        self._lock = Lock()
        self._worker: Worker | None = None
        self._closed = False
        self._log = _Log()
        self._recent: deque[Change] = deque(maxlen=RECENT)
        self._failure: Exception | None = None
        self._thread.submit(self._begin)

    def ask(
        self,
        function: Callable[[State, Piece], Result],
        piece: Piece,
        *,
        change: Callable[[Result], Change] | None = None,
    ) -> Future[Result]:
        """Return what the function makes of the state and the piece, in the future.

        Where that changes the state, `change` returns from the result what makes the same change.
        The future raises what the function raises, and PieceLostError where worker after worker
        died of it.
        """
        return self._thread.submit(self._asked, function, piece, change)

    def tell(
        self,
        function: Callable[[State, Piece], object],
        piece: Piece,
        *,
        same: Change | None = None,
    ) -> None:
        """Have the function change the state; what it raises is raised by the next question.

        A new worker is told `same` instead, where it is given: what makes the same change without
        anything that was only shown.
        """
        change = (function, piece)
        self._thread.submit(self._told, change, partial(self._log.append, same or change))

    def show(self, function: Callable[[State, Piece], object], piece: Piece) -> None:
        """Have the function change the state until `RECENT` others were shown."""
        change = (function, piece)
        self._thread.submit(self._told, change, partial(self._recent.append, change))

    def close(self) -> None:
        """End the worker at once; what it was doing is cancelled."""
        with self._lock:
            self._closed = True
            if self._worker:
                self._worker.kill()
        self._thread.shutdown(cancel_futures=True)
        if self._worker:
            self._worker.end()
        self._log.close()

    def _begin(self) -> None:
        """Have a worker ready, while nothing is asked yet; a question tells why there is none."""
        with suppress(Exception):
            self._done(_nothing, None)

    def _asked(
        self,
        function: Callable[[State, Piece], Result],
        piece: Piece,
        change: Callable[[Result], Change] | None,
    ) -> Result:
        result = self._done(function, piece)
        if change:
            self._log.append(change(result))
        return result

    def _told(self, change: Change, remember: Callable[[], None]) -> None:
        try:
            self._done(*change)
            remember()
        except Exception as error:  # noqa: BLE001 - the next question raises it
            self._failure = self._failure or error

    def _done(self, function: Callable[[State, Piece], Result], piece: Piece) -> Result:
        if self._failure:
            raise self._failure
        death: WorkerDiedError | None = None
        for _ in range(TRIES):
            try:
                worker = self._worker or self._made_anew()
                return worker.ask(on_held, (function, piece), None)
            except WorkerDiedError as error:
                death = error
                self._drop()
        raise PieceLostError(
            f"{TRIES} workers died of the same part of the work, the last one of: {death}. Where "
            "memory ran out, more workers make each part smaller"
        )

    def _made_anew(self) -> Worker:
        """Return a new worker in the state that the log tells."""
        with self._lock:
            if self._closed:
                raise CancelledError
            self._worker = self._start()
        for change in (*self._log, *self._recent):
            self._worker.ask(on_held, change, None)
        return self._worker

    def _drop(self) -> None:
        with self._lock:
            worker, self._worker = self._worker, None
        if worker:
            worker.end()


def _nothing(_: object, __: None) -> None:
    """Change nothing."""


class _Log:
    """Changes in a file without a name, which ends with this process."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - closed by close()

    def append(self, change: Change) -> None:
        try:
            self._file.seek(0, 2)
            pickle.dump(change, self._file)
            self._file.flush()
        except OSError as error:
            raise RunError(
                f"{gettempdir()}: the log of what was kept cannot be written ({error.strerror}); "
                "set TMPDIR to a folder with more room"
            ) from error

    def __iter__(self) -> Iterator[Change]:
        self._file.seek(0)
        while True:
            try:
                yield pickle.load(self._file)  # noqa: S301 - its own
            except EOFError:
                return

    def close(self) -> None:
        self._file.close()
