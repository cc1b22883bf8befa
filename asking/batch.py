"""Many pieces of asking under way side by side under caps, what comes of them in their order.

For work whose plan is known beforehand: no piece depends on what came of another one.
"""

import asyncio
from collections import deque
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Coroutine,
    Iterable,
    Mapping,
    Sequence,
)
from contextlib import aclosing
from typing import Any, TypeVar, cast

from asking.allowance import Rates
from asking.budget import Cost
from asking.calls import Channel, Reply
from asking.conversation import converse
from asking.purse import Purse
from asking.request import Question

Subject = TypeVar("Subject")
Piece = TypeVar("Piece")
Result = TypeVar("Result")
CostOf = Callable[[Sequence[Mapping[str, Any]]], Cost]
"""What answers cost, those that were lost before them included."""


async def in_turn(
    pieces: Iterable[Piece],
    begin: Callable[[Piece, bool], asyncio.Task[Result] | None],
    *,
    ahead: int,
) -> AsyncGenerator[tuple[Piece, Result]]:
    """Yield every piece with what came of it, at most `ahead` of them under way.

    `begin` starts a piece, or returns None where it cannot start now; it is told whether the piece
    would be alone. It ends before the first piece that cannot start alone. Where one raises, all
    that are under way come to their end first.
    """
    under_way: deque[tuple[Piece, asyncio.Task[Result]]] = deque()
    waiting = iter(pieces)
    following = next(waiting, None)
    try:
        while following is not None or under_way:
            while following is not None and len(under_way) < ahead:
                task = begin(following, not under_way)
                if task is None:
                    break
                under_way.append((following, task))
                following = next(waiting, None)
            if not under_way:
                return
            piece, task = under_way.popleft()
            yield piece, await task
    finally:
        await asyncio.gather(*(task for _, task in under_way), return_exceptions=True)


async def together(work: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
    """Return what each piece of work returns; one that raises is raised when all have ended."""
    found = await asyncio.gather(*work, return_exceptions=True)
    for one in found:
        if isinstance(one, BaseException):
            raise one
    return cast("list[Result]", found)


async def ask_all(
    asked: Iterable[tuple[Subject, Question]],
    channel: Channel,
    rates: Rates,
    purse: Purse,
    cost_of: CostOf,
    *,
    ahead: int,
) -> AsyncIterator[tuple[Subject, list[Reply]]]:
    """Yield every subject with the replies to its question, at most `ahead` of them under way.

    It ends before the first question whose worst case the purse cannot pay, or that is not asked
    since the run's time is over. Raises RunError where the provider refuses finally: all that are
    under way are answered first.
    """

    def begin(
        piece: tuple[Subject, Question], _alone: object
    ) -> asyncio.Task[tuple[Cost, list[Reply]]] | None:
        fitted = purse.fitted(piece[1], rates)
        if fitted is None or channel.calls.meter.is_over():
            return None
        reserved = purse.reserve(fitted, rates)
        return asyncio.create_task(_asked(fitted, channel, reserved))

    async with aclosing(in_turn(asked, begin, ahead=ahead)) as turns:
        async for (subject, _), (reserved, replies) in turns:
            purse.pay(reserved.times(-1))
            purse.pay(cost_of([reply.answer for reply in replies]))
            if not replies:
                return
            yield subject, replies


async def _asked(question: Question, channel: Channel, reserved: Cost) -> tuple[Cost, list[Reply]]:
    return reserved, await converse(question, channel)
