"""What all runs of a server process share: policy, journal, models; opened once, when needed."""

import asyncio
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from errors import InputError
from graph.database import Database
from graph.server.policy import Policy
from models.embeddings import embeddings
from nodes.resources import Resources, open_endpoint, with_models
from nodes.roles import by_role
from nodes.settings import Settings
from problems import shown
from store.journal.log import Journal, run_of

_opening = Lock()
_shared: list["Shared"] = []


HEAD = re.compile(r"[0-9a-f]{64}")
KNOWN_HEADS = 10_000


@dataclass(frozen=True, slots=True)
class Origin:
    """The thread that a chain of commits began in, and the run that it began."""

    thread: str
    run: str


@dataclass(frozen=True, slots=True)
class Shared:
    """The operator's policy, and what the nodes work with."""

    policy: Policy
    resources: Resources
    served: dict[str, str]
    origins: dict[str, Origin]

    async def check_head(self, head: object, thread: str, run: str | None = None) -> None:
        """Raise InputError where `head` belongs to another thread, or `run` is another run's.

        A state can be edited by hand, but not into another's.
        """
        if not isinstance(head, str) or not HEAD.fullmatch(head):
            raise InputError(f"head: {shown(head)} is no step of a run: leave it as it was")
        if head not in self.origins:
            first, entry = await asyncio.to_thread(self.resources.journal.origin, head)
            self.note_origin(head, Origin(str(entry.body["thread"]), run_of(first)))
        origin = self.origins[head]
        if origin.thread != thread and not await self._shares(thread, origin.thread):
            raise InputError("head: it is no step of this thread: leave it as it was")
        if run not in {None, origin.run}:
            raise InputError(f"run: {shown(run)} is not this run's: leave it as it was")

    async def _shares(self, thread: str, origin: str) -> bool:
        return origin in await asyncio.to_thread(self.resources.journal.origins, thread)

    def note_origin(self, head: str, origin: Origin) -> None:
        """Remember where a head comes from."""
        while len(self.origins) >= KNOWN_HEADS:
            del self.origins[next(iter(self.origins))]
        self.origins[head] = origin

    async def delete(self, thread: str) -> None:
        """Delete what the journal holds of a thread, and no copy shares."""
        await asyncio.to_thread(self.resources.journal.delete, thread)
        for head in [head for head, origin in self.origins.items() if origin.thread == thread]:
            del self.origins[head]

    async def settle(self, settings: Settings) -> Settings:
        """Return the settings of a run with the model and base URL that are really asked.

        Raises InputError for settings that the operator does not allow.
        """
        self.policy.check_size(settings)
        choice = self.policy.choice(settings, os.environ)
        settled = await with_models(settings, choice, self.served, os.environ)
        await asyncio.to_thread(self._open, settled)
        return settled

    def _open(self, settings: Settings) -> None:
        """Open the endpoints and the price list, which read files, outside the event loop."""
        for asked in by_role(settings).values():
            self.resources.price(asked)(0, 0)


async def shared() -> Shared:
    """Return what the runs of this process share, opening it where that was not done yet.

    Raises InputError for an environment that cannot be used, RunError for a database that cannot.
    """
    return _shared[0] if _shared else await asyncio.to_thread(_open)


async def keep_listed(thread: str, metadata: Mapping[str, Any]) -> None:
    """Write down what a thread's owner says of it."""
    journal = (await shared()).resources.journal
    await asyncio.to_thread(journal.list_thread, thread, metadata)


async def close_shared() -> None:
    """Close what was opened; the next call of `shared` opens it again."""
    while _shared:
        await _shared.pop().resources.aclose()


def _open() -> Shared:
    with _opening:
        if not _shared:
            database = Database.of(os.environ)
            database.make_folder()
            journal = Journal(database.journal_url)
            resources = Resources(journal, open_endpoint, embeddings())
            _shared.append(Shared(Policy.of(os.environ), resources, {}, {}))
        return _shared[0]
