"""How many calls may be in flight, and how fast they follow each other.

Both change the speed only, never what is asked or kept.
"""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

LEAST_ANSWERS = 8
CONGESTED = 0.25
"""Share of responses that say "slow down" above which the endpoint is taken to be congested."""


class Gate:
    """At most `parallel` calls at once, fewer while the endpoint is congested.

    Of those that wait the one planned first goes first, so that a call which has to be asked again
    does not queue up behind all that were planned after it.

    The limit is looked at once for about as many responses as it lets in flight: halved where more
    than a quarter said "slow down" (429, 503), else raised by an eighth of `parallel`. A few at
    random, as every shared endpoint has them, do not slow a run down.
    """

    def __init__(self, parallel: int) -> None:
        self._most = parallel
        self.limit = parallel
        self._inside = 0
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._arrivals = itertools.count()
        self._seen = 0
        self._throttled = 0
        self._lowered = 0.0

    @property
    def is_empty(self) -> bool:
        """Whether no call is in flight."""
        return self._inside == 0

    @asynccontextmanager
    async def place(self, order: int) -> AsyncIterator[None]:
        """Wait for a place and hold it; `order` is the call's place in the plan."""
        await self._enter(order)
        try:
            yield
        finally:
            self._inside -= 1
            self._admit()

    async def _enter(self, order: int) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (order, next(self._arrivals), turn))
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._inside -= 1
                self._admit()
            raise

    def _admit(self) -> None:
        while self._waiting and self._inside < self.limit:
            turn = heapq.heappop(self._waiting)[2]
            if not turn.done():
                self._inside += 1
                turn.set_result(None)

    def note(self, *, slow_down: bool) -> None:
        """Take in a response, and whether it said "slow down"."""
        self._seen += 1
        self._throttled += slow_down
        if self._seen < max(self.limit, LEAST_ANSWERS):
            return
        if self._throttled > CONGESTED * self._seen:
            self.limit = max(1, self.limit // 2)
        else:
            self.limit = min(self._most, self.limit + max(1, self._most // 8))
            self._admit()
        self._seen = self._throttled = 0

    def lower(self, started: float, now: float) -> None:
        """Take in that a call got no answer in time: half as many are let in from now on, for good.

        Calls that `started` before the limit was lowered last say nothing new.
        """
        if started >= self._lowered:
            self._lowered = now
            self._most = self.limit = max(1, self.limit // 2)


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
        """Correct the pace by the difference between the actual and the estimated amount."""
        self._next += difference * self._seconds_each
