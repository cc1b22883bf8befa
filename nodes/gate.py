"""How many calls may be in flight, and how fast they may follow each other.

Speed only: neither changes what is asked or what is kept.
"""

import asyncio
from typing import Self

LEAST_ANSWERS = 8
CONGESTED = 0.25
"""Share of responses that say "slow down" above which the endpoint is taken to be congested."""


class Gate:
    """At most `parallel` calls at once, fewer while the endpoint is congested.

    The limit is looked at once for about as many responses as it lets in flight: halved where more
    than a quarter said "slow down" (429, 503), else raised by an eighth of `parallel`. A few at
    random, as every shared endpoint has them, do not slow a run down.
    """

    def __init__(self, parallel: int) -> None:
        self._most = parallel
        self.limit = parallel
        self._inside = 0
        self._free = asyncio.Condition()
        self._answers = 0
        self._throttled = 0
        self._throttled_before = 0

    async def __aenter__(self) -> Self:
        async with self._free:
            await self._free.wait_for(lambda: self._inside < self.limit)
            self._inside += 1
        return self

    async def __aexit__(self, *_: object) -> None:
        async with self._free:
            self._inside -= 1
            self._free.notify(max(1, self.limit - self._inside))

    def note(self, throttled: int) -> None:
        """Take in that an answer came; `throttled` counts all "slow down"s there ever were."""
        self._answers += 1
        self._throttled = throttled - self._throttled_before
        seen = self._answers + self._throttled
        if seen < max(self.limit, LEAST_ANSWERS):
            return
        if self._throttled > CONGESTED * seen:
            self.limit = max(1, self.limit // 2)
        else:
            self.limit = min(self._most, self.limit + max(1, self._most // 8))
        self._answers, self._throttled_before = 0, throttled


class Pace:
    """At most `per_minute` (requests, or tokens), evenly, without a burst; None: any number."""

    def __init__(self, per_minute: int | None) -> None:
        self._seconds_each = 60 / per_minute if per_minute else 0.0
        self._next = 0.0

    async def wait(self, amount: int) -> None:
        """Return when so many may be sent."""
        if self._seconds_each:
            now = asyncio.get_running_loop().time()
            start = max(now, self._next)
            self._next = start + amount * self._seconds_each
            await asyncio.sleep(start - now)

    def settle(self, difference: int) -> None:
        """Take in that it were so many more (or fewer) than was waited for."""
        self._next += difference * self._seconds_each
