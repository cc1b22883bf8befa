"""One run's calls in one event loop: how many may be in flight, those that are, and their replies.

A `Channel` is how one node asks: which model, at what temperature, as one of these calls.
"""

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

from asking.answers import AnswerLog
from asking.meter import Meter
from asking.pace import Gate, Pace
from errors import RunError
from models.chat import Endpoint
from prompts.parse import Parsed

Returned = TypeVar("Returned")

HOPELESS = 12
"""A model whose first answers are all unusable is not asked more often than this."""

Identity = tuple[Hashable, ...]
"""Everything by which one planned call differs from another."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of a conversation: its key, what is stored of it, and what could be read in it."""

    key: str
    answer: Mapping[str, Any]
    parsed: Parsed[Any]


class Calls:
    """One run's calls in one event loop.

    `started` maps what identifies a planned call to its conversation, `answers` counts the calls
    that were answered. Once the provider refused finally, or the run was interrupted, `refusal`
    stops the calls that still wait. `meter` knows when a cap is reached. `unread`
    counts the answers until the first that could be used.
    """

    def __init__(
        self, log: AnswerLog, refusal: RunError | None, gate: Gate, requests: Pace, tokens: Pace
    ) -> None:
        self.log = log
        self.answers = 0
        self.gate = gate
        self.requests, self.tokens = requests, tokens
        self.started: dict[Identity, asyncio.Task[list[Reply]]] = {}
        self._replies: dict[str, Reply] = {}
        self._refused = asyncio.Event()
        self.refusal = refusal
        self.abandoned = False
        self.meter = Meter()
        self.unread: int | None = 0
        self._calls: set[asyncio.Task[Any]] = set()
        self._lap = monotonic()

    @property
    def refusal(self) -> RunError | None:
        """Why no call starts any more; None while they do."""
        return self._refusal

    @refusal.setter
    def refusal(self, reason: RunError | None) -> None:
        self._refusal = reason
        if reason:
            self._refused.set()
        else:
            self._refused.clear()

    def keep(self, replies: Iterable[Reply]) -> list[str]:
        """Keep replies until they are taken, so that none is parsed twice; return their keys."""
        new = {reply.key: reply for reply in replies}
        self._replies |= new
        return list(new)

    def take(self, keys: Iterable[str]) -> dict[str, Reply]:
        """Return the replies that were kept under these keys, and forget them."""
        return {key: self._replies.pop(key) for key in keys if key in self._replies}

    async def rest(self, seconds: float) -> None:
        """Return after so long, or once no call starts any more."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._refused.wait(), seconds)

    def note(self, *, usable: bool, why: str) -> None:
        """Count an answer, and whether it could be used.

        Raises RunError when none of the first `HOPELESS` could: more would only cost.
        """
        if usable or self.unread is None:
            self.unread = None
            return
        self.unread += 1
        if self.unread >= HOPELESS:
            self.refusal = RunError(
                f"none of the first {self.unread} answers could be used, the last one because: "
                f"{why} (check the base URL, or name a larger model)"
            )
            raise self.refusal

    def lap(self) -> float:
        """Return the seconds since the first call could start, or since the last lap."""
        last, self._lap = self._lap, monotonic()
        return self._lap - last

    async def finish(self, call: Coroutine[Any, Any, Returned]) -> Returned:
        """Return what the call returns; it goes on even if its waiter is cancelled."""
        task = asyncio.create_task(call)
        self._calls.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, call: asyncio.Task[Any]) -> None:
        self._calls.discard(call)
        if not call.cancelled():
            call.exception()  # the waiting task gets it, if there is one

    def abandon(self) -> None:
        """Start none of the calls that still wait; a resumed run makes new ones."""
        self.abandoned = True
        self.refusal = self.refusal or RunError("the run was cancelled")
        for call in self.started.values():
            call.add_done_callback(self._ended)

    def drop(self) -> None:
        """Give up all calls in flight."""
        for call in (*self.started.values(), *self._calls):
            call.cancel()

    async def settle(self) -> None:
        """Wait until nothing is in flight, so that no answer on its way is lost."""
        under_way = [*self.started.values(), *self._calls]
        await asyncio.gather(*under_way, return_exceptions=True)
        self.started.clear()


@dataclass(frozen=True, slots=True)
class Channel:
    """Where questions go: an endpoint, as calls of a run.

    A `capped` run pays for no more attempts than were reserved. `on_wait` is called with the
    endpoint's words and the seconds to wait, while nothing is in flight.
    """

    endpoint: Endpoint
    temperature: float
    capped: bool
    calls: Calls
    on_wait: Callable[[str, float], None] = lambda _message, _seconds: None
