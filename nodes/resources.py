"""What the nodes work with: the journal, the models, and what is known at a head, cached.

One Resources serves many runs. Everything in it can be lost at any moment: it is rebuilt from the
journal. Threads that share a run, as a copy does, have calls and explorations of their own.
"""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from copy import copy
from functools import lru_cache
from itertools import islice
from threading import Lock
from weakref import WeakKeyDictionary, WeakSet

from langchain_core.embeddings import Embeddings

from asking.allowance import Rates
from asking.answers import AnswerLog
from asking.budget import Caps
from asking.calls import Calls, Channel
from asking.meter import Price
from asking.pace import Gate, Pace
from errors import RunError
from final_answer.agreement import close as close_workers
from models.chat import Endpoint
from models.endpoint import EMBEDDED, Choice, endpoint
from models.prices import cost_usd
from models.probe import served_model
from nodes.roles import by_role, with_addresses
from nodes.settings import Settings
from prompts.domain import CHECKED, Domain
from store.digest import digest
from store.exploration import Exploration
from store.facts import Standards
from store.journal.log import Journal

CACHED_EXPLORATIONS = 8


def open_endpoint(settings: Settings) -> Endpoint:
    """Return the endpoint that the settings name, the embedded model where they name none."""
    return endpoint(
        settings.model or EMBEDDED,
        settings.base_url,
        timeout_s=settings.timeout,
        extra_body=settings.extra_body,
    )


OUTLINE = ("begin", "task", "round", "call", "rejection", "prune", "rename", "ban", "more")
"""The kinds of entries that hold the tree and the counts."""

Loop = asyncio.AbstractEventLoop


async def with_models(
    settings: Settings, choice: Choice, served: dict[str, str], environ: Mapping[str, str]
) -> Settings:
    """Return the settings with the models and the base URLs that will be asked.

    Where all roles but the judge name their models there is no other: the last role's is the run's.
    Else, where none is named, it is the one that the base URL serves; `served` remembers which.
    """
    model, base_url = choice.model, choice.base_url
    named = [getattr(settings, f"{role}_model") for role in by_role(settings) if role != "judge"]
    if settings.model is None and all(named):
        model = named[-1]
    if model is None:
        url = str(base_url)
        served[url] = model = served.get(url) or await served_model(url)
    asked = settings.model_copy(update={"model": model, "base_url": base_url})
    return with_addresses(asked, environ)


_Line = tuple[str, str]
"""A thread, and the run that it goes on with."""

_opened: WeakSet["Resources"] = WeakSet()
"""Those that are not closed yet: the last one ends the workers, which all share."""


class Resources:
    """The journal, the endpoints and the explorations of a process."""

    def __init__(
        self,
        journal: Journal,
        open_endpoint: Callable[[Settings], Endpoint],
        embeddings: Embeddings,
    ) -> None:
        self.journal = journal
        self._open_endpoint = open_endpoint
        self._embeddings = embeddings
        self._endpoints: dict[str, Endpoint] = {}
        self._explorations: OrderedDict[tuple[str, str, Standards], Exploration] = OrderedDict()
        self._rebuilding = Lock()
        self._interruption: RunError | None = None
        self._calls: WeakKeyDictionary[Loop, dict[_Line, Calls]] = WeakKeyDictionary()
        self.thread = ""
        _opened.add(self)

    def of(self, thread: str) -> "Resources":
        """Return the same resources, as one thread works with them."""
        own = copy(self)
        own.thread = thread
        return own

    def endpoint(self, settings: Settings) -> Endpoint:
        """Return the endpoint the settings name, opened once."""
        named = settings.model, settings.base_url, settings.timeout, settings.extra_body
        key = digest(named)
        if key not in self._endpoints:
            self._endpoints[key] = self._open_endpoint(settings)
        return self._endpoints[key]

    def calls(self, run: str, settings: Settings) -> Calls:
        """Return the run's calls in the running event loop."""
        known = self._calls.setdefault(asyncio.get_running_loop(), {})
        line = (self.thread, run)
        if line not in known or known[line].abandoned:
            log, gate = AnswerLog(run, self.journal), Gate(settings.parallel)
            limits = settings.requests_per_minute, settings.tokens_per_minute
            known[line] = Calls(log, self._interruption, gate, *map(Pace, limits))
        return known[line]

    def channel(
        self,
        run: str,
        settings: Settings,
        on_wait: Callable[[str, float], None],
        on_notice: Callable[[str], None],
    ) -> Channel:
        """Return how a node asks for a run; what it calls is told in `Channel`."""
        return Channel(
            endpoint=self.endpoint(settings),
            temperature=settings.temperature,
            capped=settings.caps != Caps(),
            calls=self.calls(run, settings),
            price=self.price(settings),
            on_wait=on_wait,
            on_notice=on_notice,
        )

    def interrupt(self, reason: RunError) -> None:
        """Let no call start any more; those in flight go on."""
        self._interruption = reason
        for calls in self._own_calls():
            calls.refusal = reason

    def drop(self) -> None:
        """Give up all calls in flight; what is answered already is stored."""
        for calls in self._own_calls():
            calls.drop()

    async def settle(self) -> None:
        """Wait until no call in the running event loop is in flight."""
        for calls in self._own_calls():
            await calls.settle()

    def end_calls(self, run: str) -> None:
        """Forget the run's calls: nothing is in flight any more."""
        self._calls.get(asyncio.get_running_loop(), {}).pop((self.thread, run), None)

    def _own_calls(self) -> list[Calls]:
        return list(self._calls.get(asyncio.get_running_loop(), {}).values())

    def rates(self, settings: Settings) -> Rates:
        """Return what asking the model takes that the settings name."""
        return Rates(self.price(settings), self.endpoint(settings).headroom)

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

    async def views(
        self, heads: Sequence[str], settings: Settings
    ) -> AsyncIterator[tuple[str, Exploration]]:
        """Yield what was known at each of these heads, which follow one another on one chain.

        It is to be read until the next one is asked for. All but the last are read anew: a resumed
        run asks for them.
        """
        past = Exploration(settings.standards, self._embeddings)
        seen = 0
        for head in heads[:-1]:
            seen += await asyncio.to_thread(self._catch_up, past, seen, head)
            yield head, past
        for head in heads[-1:]:
            yield head, await asyncio.to_thread(self.view, head, settings)

    def _catch_up(self, past: Exploration, seen: int, head: str) -> int:
        """Take in what follows the first `seen` entries up to `head`; return how many these are."""
        entries = list(islice(self.journal.chain(head), seen, None))
        for entry in entries:
            past.apply(entry)
        return len(entries)

    def outline(self, head: str, settings: Settings) -> Exploration:
        """Return what is known at `head` but for the records themselves, the caller's own copy."""
        entries = self.journal.chain(head, OUTLINE)
        return Exploration.replay(settings.standards, self._embeddings, entries)

    def take(self, head: str, settings: Settings) -> Exploration:
        """Return what is known at `head`, to be changed: it leaves the cache until it is `put`."""
        standards = settings.standards
        known = self._explorations.pop((self.thread, head, standards), None)
        if known is None:
            entries = self.journal.chain(head)
            known = Exploration.replay(standards, self._embeddings, entries)
        return known

    def put(self, head: str, exploration: Exploration) -> None:
        """Cache what is known at `head`."""
        self._explorations[self.thread, head, exploration.standards] = exploration
        while len(self._explorations) > CACHED_EXPLORATIONS:
            self._explorations.popitem(last=False)

    async def aclose(self) -> None:
        """Close the endpoints and the journal; one that fails to close keeps no other open."""
        async with AsyncExitStack() as closing:
            closing.callback(self.journal.close)
            _opened.discard(self)
            if not _opened:
                closing.push_async_callback(asyncio.to_thread, close_workers)
            for opened in self._endpoints.values():
                closing.push_async_callback(opened.aclose)


def domain_of(exploration: Exploration) -> Domain:
    """Return the domain that the exploration began with."""
    return domain_in(exploration.domain)


@lru_cache(maxsize=CACHED_EXPLORATIONS)
def domain_in(content: str) -> Domain:
    """Return the domain that a run's canonical JSON describes."""
    return Domain.model_validate_json(content, context=CHECKED)
