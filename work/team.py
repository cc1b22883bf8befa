"""A team: workers that share pieces of work, wherever they are."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol, TypeVar

from work.worker import Worker

Piece = TypeVar("Piece")
Result = TypeVar("Result")


class Pool(Protocol):
    """Whatever does pieces side by side."""

    @property
    def number(self) -> int:
        """Return how many pieces are done at a time."""

    def submit(
        self, function: Callable[[Piece], Result], piece: Piece, *, seconds: float | None = None
    ) -> Future[Result]:
        """Have the function do a piece; return its future result.

        A piece whose worker dies is done again by another. The future raises what the function
        raises; TimeLimitError where it computes longer than `seconds`; PieceLostError where worker
        after worker died of it.
        """


class Team(Pool, Protocol):
    """Workers on this machine (`work.workers.Workers`) or on Ray (`work.on_ray.team`).

    A function is stateless and stands in a module; its pieces and results can be pickled.
    """

    def worker(self, prepare: Callable[[], object]) -> Worker:
        """Start a worker beside the others, for somebody who keeps something in its memory.

        Who asks for it ends it, too.
        """

    def close(self) -> None:
        """End the workers at once; what they were doing is cancelled."""
