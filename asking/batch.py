"""Many questions, asked side by side under caps, their replies in the order of the questions.

For work whose plan is known beforehand: no question depends on the answer to another one.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from asking.allowance import Rates
from asking.budget import Cost
from asking.calls import Channel, Reply
from asking.conversation import converse
from asking.purse import Purse
from asking.request import Question

Subject = TypeVar("Subject")
CostOf = Callable[[Sequence[Mapping[str, Any]]], Cost]
"""What answers cost, those that were lost before them included."""


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
    under_way: deque[tuple[Subject, Cost, asyncio.Task[list[Reply]]]] = deque()
    waiting = iter(asked)
    following = next(waiting, None)
    try:
        while following or under_way:
            while following and len(under_way) < ahead:
                subject, question = following
                fitted = purse.fitted(question, rates)
                if fitted is None or channel.calls.meter.is_over():
                    break
                reserved = purse.reserve(fitted, rates)
                task = asyncio.create_task(converse(fitted, channel))
                under_way.append((subject, reserved, task))
                following = next(waiting, None)
            if not under_way:
                return
            subject, reserved, task = under_way.popleft()
            replies = await task
            purse.pay(reserved.times(-1))
            purse.pay(cost_of([reply.answer for reply in replies]))
            if not replies:
                return
            yield subject, replies
    finally:
        await asyncio.gather(*(task for *_, task in under_way), return_exceptions=True)
