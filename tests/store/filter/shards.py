"""A shard that does at once, in this process, what it is asked; its worker dies now and then."""

from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import Future
from threading import Lock
from typing import TypeVar

from work.shard import RECENT, Change, Shard

State = TypeVar("State")
Piece = TypeVar("Piece")
Result = TypeVar("Result")


class ShardHere(Shard[State]):
    """A state without a worker, made anew from its log before the questions numbered `deaths`."""

    def __init__(self, make: Callable[[], State], deaths: Collection[int] = ()) -> None:
        self._make = make
        self._state = make()
        self._deaths = deaths
        self._questions = 0
        self._changes: list[Change] = []
        self._shown: deque[Change] = deque(maxlen=RECENT)
        self._one_at_a_time = Lock()

    def ask(
        self,
        function: Callable[[State, Piece], Result],
        piece: Piece,
        *,
        change: Callable[[Result], Change] | None = None,
    ) -> Future[Result]:
        with self._one_at_a_time:
            self._questions += 1
            if self._questions in self._deaths:
                self._state = self._make()
                for told, of in (*self._changes, *self._shown):
                    told(self._state, of)
            future: Future[Result] = Future()
            result = function(self._state, piece)
            if change:
                self._changes.append(change(result))
        future.set_result(result)
        return future

    def tell(
        self,
        function: Callable[[State, Piece], object],
        piece: Piece,
        *,
        same: Change | None = None,
    ) -> None:
        with self._one_at_a_time:
            function(self._state, piece)
            self._changes.append(same or (function, piece))

    def show(self, function: Callable[[State, Piece], object], piece: Piece) -> None:
        with self._one_at_a_time:
            function(self._state, piece)
            self._shown.append((function, piece))
