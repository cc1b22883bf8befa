"""What the nodes work with: the journal, the models, and what is known at a head, cached.

One Resources serves many runs. Everything in it can be lost at any moment: it is rebuilt from the
journal.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine, Hashable
from contextlib import suppress
from functools import lru_cache
from threading import Lock
from time import monotonic
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from langchain_core.embeddings import Embeddings

from asking.answers import AnswerLog
from asking.meter import Meter, Price
from asking.pace import Gate, Pace
from errors import RunError
from models.chat import Endpoint
from models.prices import cost_usd
from nodes.settings import Settings
from prompts.domain import Domain
from store.exploration import Exploration, Standards
from store.journal.log import Journal

CACHED_EXPLORATIONS = 8

OUTLINE = ("begin", "task", "round", "call", "rejection", "prune", "rename", "ban", "more")
"""The kinds of entries that tell the tree and the counts."""

Returned = TypeVar("Returned")
Loop = asyncio.AbstractEventLoop
HOPELESS = 12
"""A model none of whose first answers can be used is not asked for more."""

Identity = tuple[Hashable, ...]
"""Everything that tells one planned call from another."""


class Line:
    """One run's calls in one event loop: how many may be in flight, and those that are.

    `started` maps what identifies a planned call to its conversation, `answers` counts the calls
    that were answered. Once the provider refused for good, or the run was interrupted, `refusal`
    keeps the calls that still wait from starting. `meter` knows when a cap is reached. `unread`
    counts the answers until the first that could be used.
    """

    def __init__(self, settings: Settings, log: AnswerLog, refusal: RunError | None) -> None:
        self.log = log
        self.answers = 0
        self.gate = Gate(settings.parallel)
        self.requests = Pace(settings.requests_per_minute)
        self.tokens = Pace(settings.tokens_per_minute)
        self.started: dict[Identity, asyncio.Task[list[str]]] = {}
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

    async def rest(self, seconds: float) -> None:
        """Return after so long, or once no call starts any more."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._refused.wait(), seconds)

    def note(self, *, usable: bool, why: str) -> None:
        """Take in whether an answer could be used, and why not.

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
        """Return the seconds since the line began or was last asked."""
        last, self._lap = self._lap, monotonic()
        return self._lap - last

    async def finish(self, call: Coroutine[Any, Any, Returned]) -> Returned:
        """Return what the call returns; it goes on when whoever waits for it is cancelled."""
        task = asyncio.create_task(call)
        self._calls.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, call: asyncio.Task[Any]) -> None:
        self._calls.discard(call)
        if not call.cancelled():
            call.exception()  # told to whoever waits; nobody may

    def abandon(self) -> None:
        """Let no call start that still waits; whoever goes on with the run begins a new line."""
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


class Resources:
    """The journal, the endpoints and the explorations of a process."""

    def __init__(
        self,
        journal: Journal,
        open_endpoint: Callable[[str | None, str | None], Endpoint],
        embeddings: Embeddings,
    ) -> None:
        self.journal = journal
        self._open_endpoint = open_endpoint
        self._embeddings = embeddings
        self._endpoints: dict[tuple[str | None, str | None], Endpoint] = {}
        self._explorations: OrderedDict[tuple[str, Standards], Exploration] = OrderedDict()
        self._rebuilding = Lock()
        self._interruption: RunError | None = None
        self._lines: WeakKeyDictionary[Loop, dict[str, Line]] = WeakKeyDictionary()

    def endpoint(self, settings: Settings) -> Endpoint:
        """Return the endpoint the settings name, opened once."""
        key = (settings.model, settings.base_url)
        if key not in self._endpoints:
            self._endpoints[key] = self._open_endpoint(*key)
        return self._endpoints[key]

    def line(self, run: str, settings: Settings) -> Line:
        """Return the run's line of calls in the running event loop."""
        lines = self._lines.setdefault(asyncio.get_running_loop(), {})
        if run not in lines or lines[run].abandoned:
            lines[run] = Line(settings, AnswerLog(run, self.journal), self._interruption)
        return lines[run]

    def interrupt(self, reason: RunError) -> None:
        """Let no call start any more; those in flight go on."""
        self._interruption = reason
        for line in self._lines.get(asyncio.get_running_loop(), {}).values():
            line.refusal = reason

    def drop(self) -> None:
        """Give up all calls in flight; what is answered already is stored."""
        for line in self._lines.get(asyncio.get_running_loop(), {}).values():
            line.drop()

    async def settle(self) -> None:
        """Wait until no call of any line in the running event loop is in flight."""
        for line in list(self._lines.get(asyncio.get_running_loop(), {}).values()):
            await line.settle()

    def end_line(self, run: str) -> None:
        """Forget the run's line: nothing is in flight any more."""
        self._lines.get(asyncio.get_running_loop(), {}).pop(run, None)

    def price(self, settings: Settings) -> Price:
        """Return what tokens of prompts and answers cost in dollars; None where it is unknown."""
        name, base_url = self.endpoint(settings).name, settings.base_url
        return lambda prompt, answer: cost_usd(name, prompt, answer, base_url)

    def view(self, head: str, settings: Settings) -> Exploration:
        """Return what is known at `head`, to be read only."""
        with self._rebuilding:
            exploration = self.take(head, settings)
            self.put(head, exploration)
            return exploration

    def outline(self, head: str, settings: Settings) -> Exploration:
        """Return what is known at `head` but for the records themselves, the caller's own copy."""
        entries = self.journal.chain(head, OUTLINE)
        return Exploration.replay(settings.standards, self._embeddings, entries)

    def take(self, head: str, settings: Settings) -> Exploration:
        """Return what is known at `head`, to be changed: it leaves the cache until it is `put`."""
        standards = settings.standards
        known = self._explorations.pop((head, standards), None)
        if known is None:
            entries = self.journal.chain(head)
            known = Exploration.replay(standards, self._embeddings, entries)
        return known

    def put(self, head: str, exploration: Exploration) -> None:
        """Cache what is known at `head`."""
        self._explorations[head, exploration.standards] = exploration
        while len(self._explorations) > CACHED_EXPLORATIONS:
            self._explorations.popitem(last=False)

    async def aclose(self) -> None:
        """Close the endpoints and the journal."""
        for endpoint in self._endpoints.values():
            await endpoint.aclose()
        self.journal.close()


def domain_of(exploration: Exploration) -> Domain:
    """Return the domain that the exploration began with."""
    return _domain(exploration.domain)


@lru_cache(maxsize=CACHED_EXPLORATIONS)
def _domain(content: str) -> Domain:
    return Domain.model_validate_json(content)
