"""An ordered map: the same function over many pieces, side by side, the results in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import TypeVar

from work.team import Pool

Piece = TypeVar("Piece")
Result = TypeVar("Result")

AHEAD = 2
"""Pieces for each worker that are read, but whose results are not yet taken."""


def ordered_map(
    function: Callable[[Piece], Result],
    pieces: Iterable[Piece],
    team: Pool,
    *,
    seconds: float | None = None,
) -> Iterator[Result]:
    """Yield what the function makes of each piece, in their order.

    Pieces are read as results are taken, so few of either are in memory. A piece whose worker dies
    is done again by another; `Pool.submit` tells what is raised. An early close cancels what has
    not begun; closing the team ends the rest, too.
    """
    under_way: deque[Future[Result]] = deque()
    try:
        for piece in pieces:
            under_way.append(team.submit(function, piece, seconds=seconds))
            if len(under_way) == AHEAD * team.number:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
    finally:
        for future in under_way:
            future.cancel()


def mapped(
    function: Callable[[Piece], Result], pieces: Iterable[Piece], team: Pool | None
) -> Iterator[Result]:
    """Yield what the function makes of each piece, in their order; without a team it is done here.

    With one, as `ordered_map` does it.
    """
    return map(function, pieces) if team is None else ordered_map(function, pieces, team)
