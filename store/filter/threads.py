"""Threads that search side by side: FAISS and numpy mostly work outside Python's lock."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from store.filter.inverted import one_thread

Piece = TypeVar("Piece")
Result = TypeVar("Result")


class Threads:
    """A pool as in work/team.py, of threads of this process."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._threads = ThreadPoolExecutor(number, "search", initializer=one_thread)

    def submit(
        self, function: Callable[[Piece], Result], piece: Piece, *, seconds: float | None = None
    ) -> Future[Result]:
        """Have the function do a piece; return its future result, or what it raises."""
        del seconds  # a thread cannot be stopped
        return self._threads.submit(function, piece)

    def close(self) -> None:
        """End the threads when they have done what they do."""
        self._threads.shutdown(cancel_futures=True)
