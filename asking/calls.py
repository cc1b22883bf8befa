"""One run's calls in one event loop: how many may be in flight, those that are, and their replies.

A `Channel` is how one node asks: which model, at what temperature, as one of these calls.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

from asking.answers import AnswerLog
from asking.meter import Meter, Price
from asking.pace import Gate, Pace
from asking.streaks import Streaks
from errors import RunError
from models.chat import Endpoint
from prompts.parse import Parsed

Returned = TypeVar("Returned")

_WITHHELD = {"length", "content_filter"}
"""Why an answer came in part or not at all."""

Identity = tuple[Hashable, ...]
"""Everything by which one planned call differs from another."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer of a conversation: its key, what is stored of it, and what could be read in it."""

    key: str
    answer: Mapping[str, Any]
    parsed: Parsed[Any]

    @property
    def problems(self) -> Sequence[str]:
        """What was wrong with the answer, each in a sentence."""
        if self.parsed.items or self.answer["finish_reason"] not in _WITHHELD:
            return self.parsed.problems
        if self.answer["finish_reason"] == "content_filter":
            return ["the endpoint's content filter held it back"]
        tokens = self.answer["completion_tokens"]
        return [f"it was cut off after {tokens} tokens: write fewer items, and shorter ones"]

    @property
    def why_unread(self) -> str:
        """Why nothing could be read in the answer."""
        return self.answer["refusal"] or "; ".join(self.problems)


class Calls:
    """One run's calls in one event loop.

    `started` maps what identifies a planned call to its conversation, `answers` counts what each
    endpoint answered: that one goes on says nothing of another. Once a provider refused finally, or
    the run was interrupted, `refusal` stops the calls that still wait. `meter` knows when a cap is
    reached. `noticed` counts, by model, the endpoint's notices that were passed on.
    """

    def __init__(
        self, log: AnswerLog, refusal: RunError | None, gate: Gate, requests: Pace, tokens: Pace
    ) -> None:
        self.log = log
        self.answers = Counter[Endpoint]()
        self.gate = gate
        self.requests, self.tokens = requests, tokens
        self.started: dict[Identity, asyncio.Task[Any]] = {}
        self._kept: dict[Identity, Any] = {}
        self._refused = asyncio.Event()
        self._streaks = defaultdict[Endpoint, Streaks](Streaks)
        self.refusal = refusal
        self.abandoned = False
        self.meter = Meter()
        self.noticed = Counter[str]()
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
            for streaks in self._streaks.values():
                streaks.begin_anew()
            self.log.begin_anew()

    def keep(self, planned: Identity, brought: object) -> None:
        """Keep what a planned call brought until it is taken, so that nothing is read twice."""
        self._kept[planned] = brought

    def take(self, planned: Identity) -> Any:  # noqa: ANN401 - what was kept
        """Return what was kept of a planned call, and forget it; None where nothing was."""
        return self._kept.pop(planned, None)

    async def rest(self, seconds: float) -> None:
        """Return after so long, or once no call starts any more."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._refused.wait(), seconds)

    def note(self, reply: Reply, endpoint: Endpoint) -> None:
        """Take in an endpoint's answer.

        One that came before this line of calls says nothing new if it is bad.
        Raises RunError when too many in a row were bad: more would only cost.
        """
        is_useful = bool(reply.parsed.items)
        if not (is_useful or self.log.is_new(reply.key)):
            return
        streaks = self._streaks[endpoint]
        why = streaks.take_in(reply.answer, is_useful=is_useful, why=reply.why_unread)
        if why:
            self.refusal = RunError(why)
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

    A `capped` run pays for no more attempts than were reserved; `price` is what tokens cost there.
    `on_wait` is called with the endpoint's words and the seconds to wait, while nothing is in
    flight; `on_notice` with what is found out about the endpoint.
    """

    endpoint: Endpoint
    temperature: float
    capped: bool
    calls: Calls
    price: Price = lambda _prompt, _completion: None
    on_wait: Callable[[str, float], None] = lambda _message, _seconds: None
    on_notice: Callable[[str], None] = lambda _message: None

    @property
    def way(self) -> dict[str, Any]:
        """How all questions are asked; part of what an answer is stored under."""
        extra = self.endpoint.extra_body
        way = {"model": self.endpoint.name, "temperature": self.temperature}
        return way | ({"extra_body": extra} if extra else {})

    def pass_on(self) -> None:
        """Say what was found out about the endpoint since the last time."""
        name, noticed = self.endpoint.name, self.calls.noticed
        for notice in self.endpoint.notices[noticed[name] :]:
            noticed[name] += 1
            self.on_notice(notice)
