"""A few warm workers that several threads and coroutines share.

    workers = Workers(2)
    workers.submit(function, piece).result()  # in a thread
    await workers.ask(function, piece)  # in a coroutine

They are a team as in work/team.py. Where they run says `start`.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

from words import clip
from work.errors import PieceLostError, WorkerDiedError
from work.process import Process
from work.worker import TRIES, Link, Worker

Piece = TypeVar("Piece")
Result = TypeVar("Result")

_SHOWN = 60
"""So many characters of a piece are shown."""


def _named(piece: object) -> str:
    """Return how a message names a piece: as it is where that is short."""
    return repr(clip(piece, _SHOWN)) if isinstance(piece, str) else "the same part of the work"


class Workers:
    """Up to `number` workers, each started when it is first needed.

    `prepare` is what a worker does first, without a time limit, such as slow imports.
    """

    def __init__(
        self,
        number: int,
        prepare: Callable[[], object] | None = None,
        *,
        start: Callable[[], Link] = Process,
    ) -> None:
        self.number = number
        self._threads = ThreadPoolExecutor(number, "work")  # one waits for each worker
        self._prepare = prepare
        self._start = start
        self._lock = Lock()
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._closed = False

    def submit(
        self, function: Callable[[Piece], Result], piece: Piece, *, seconds: float | None = None
    ) -> Future[Result]:
        """Have the function do a piece; return its future result.

        That raises what the function raises; TimeLimitError where it computes longer than
        `seconds`; PieceLostError where worker after worker died of it.
        """
        return self._threads.submit(self._done, function, piece, seconds)

    async def ask(
        self, function: Callable[[Piece], Result], piece: Piece, *, seconds: float | None = None
    ) -> Result:
        """Return what the function makes of a piece, without blocking the event loop."""
        return await asyncio.wrap_future(self.submit(function, piece, seconds=seconds))

    def worker(self, prepare: Callable[[], object]) -> Worker:
        """Start a worker beside these; who asks for it ends it, too."""
        return Worker(prepare, start=self._start)

    def close(self) -> None:
        """End the workers at once; what they were doing is cancelled."""
        with self._lock:
            self._closed = True
            for worker in self._busy:
                worker.kill()
        self._threads.shutdown(cancel_futures=True)
        while self._idle:
            self._idle.pop().end()

    def _done(
        self, function: Callable[[Piece], Result], piece: Piece, seconds: float | None
    ) -> Result:
        death: WorkerDiedError | None = None
        for _ in range(TRIES):
            worker = self._taken()
            try:
                return worker.ask(function, piece, seconds)
            except WorkerDiedError as error:
                death = error
            finally:
                self._give_back(worker)
        raise PieceLostError(
            f"{TRIES} workers died of {_named(piece)}, the last one of: {death}. Where memory ran "
            "out, fewer workers leave more of it to each"
        )

    def _taken(self) -> Worker:
        """Return a worker that nobody else asks meanwhile."""
        with self._lock:
            if self._closed:
                raise CancelledError
            worker = self._living() or Worker(self._prepare, start=self._start)
            self._busy.add(worker)
        return worker

    def _living(self) -> Worker | None:
        """Return an idle worker that did not die meanwhile."""
        while self._idle:
            worker = self._idle.pop()
            if worker.is_alive:
                return worker
            worker.end()
        return None

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            self._busy.remove(worker)
            if worker.is_alive:
                self._idle.append(worker)
            else:
                worker.end()
