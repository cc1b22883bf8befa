"""A shard that does at once, in this process, what it is asked."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from work.shard import Change, Shard

State = TypeVar("State")
Piece = TypeVar("Piece")
Result = TypeVar("Result")


class ShardHere(Shard[State]):
    """A state without a worker, made anew from its log by `die`."""

    def __init__(self, make: Callable[[], State]) -> None:
        self._make_state = make
        self._state = make()
        self._changes: list[Change] = []
        self._shown: list[Change] = []

    def ask(
        self,
        function: Callable[[State, Piece], Result],
        piece: Piece,
        *,
        change: Callable[[Result], Change] | None = None,
    ) -> Future[Result]:
        future: Future[Result] = Future()
        result = function(self._state, piece)
        if change:
            self._changes.append(change(result))
        future.set_result(result)
        return future

    def tell(self, function: Callable[[State, Piece], object], piece: Piece) -> None:
        function(self._state, piece)
        self._changes.append((function, piece))

    def show(self, function: Callable[[State, Piece], object], piece: Piece) -> None:
        function(self._state, piece)
