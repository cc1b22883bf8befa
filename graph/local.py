"""A run in a folder: the graph, with its journal and its checkpoints in one database.

Start, resume and import all end in the same place: a state in the run's database, from which the
files of the run are written. The database is the folder's own, unless the operator named another.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractContextManager, aclosing, asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any, cast

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.types import Command, StateSnapshot

from errors import RunInterruptedError
from graph.build import build
from graph.database import Place, checkpoint_errors, hold
from graph.exported import Exported
from graph.garbage import fewer_collections
from models.chat import Endpoint
from models.embeddings import embeddings
from nodes.prepare import SPENT_BEFORE, begin, first_state, reopened
from nodes.resources import Resources, open_endpoint
from nodes.settings import Settings
from nodes.show.emit import closings, events_of
from nodes.spending import NOTHING
from nodes.state import Spent, State
from prompts.domain import Domain
from store.exploration import Exploration
from store.files.folder import LOCK
from store.journal.log import GENESIS, Entry, Journal

Review = Callable[[dict[str, Any]], object]
OnEvent = Callable[[dict[str, Any]], None]
Values = dict[str, Any]


class LocalRun:
    """One run, opened. Use `open_run`."""

    def __init__(
        self,
        folder: Path,
        thread: str,
        settings: Settings,
        resources: Resources,
        saver: BaseCheckpointSaver[str],
        *,
        spent: Spent,
    ) -> None:
        self._folder = folder
        self._thread = thread
        self._settings = settings
        self._spent = spent
        self._resources = resources
        self._graph = build(resources).compile(checkpointer=saver, name="explore")
        self._config: RunnableConfig = {
            "configurable": {"thread_id": thread, SPENT_BEFORE: spent},
            "recursion_limit": settings.most_supersteps,
        }

    async def values(self) -> Values:
        """Return the state as it was last stored; empty before the first step."""
        return dict((await self._snapshot()).values)

    async def is_finished(self) -> bool:
        """Return whether the run has come to its end, its last step stored."""
        snapshot = await self._snapshot()
        return bool(snapshot.values.get("head")) and not snapshot.tasks

    async def _snapshot(self) -> StateSnapshot:
        with checkpoint_errors():
            return await self._graph.aget_state(self._config)

    async def go(self, domain: Domain, on_event: OnEvent, review: Review) -> Values:
        """Start, or go on from where the run stands, to its end; return the last state.

        `review` answers when a person is to look at the tree. Raises RunError when the provider
        refuses; what was admitted until then is exported all the same.
        """
        known = await self.values()
        given: Any = None if known.get("head") else {"domain": domain.model_dump(mode="json")}
        try:
            while True:
                asked = await self._stream(given, on_event)
                if asked is None:
                    return await self.values()
                given = Command(resume=review(asked))
        except asyncio.CancelledError:
            self._resources.drop()
            raise
        finally:
            await self._resources.settle()
            await self.export()

    def stop(self) -> None:
        """Start no call any more: `go` raises RunInterruptedError when those in flight ended."""
        self._resources.interrupt(RunInterruptedError("the run was interrupted"))

    async def reopen(self) -> None:
        """Let a finished run go on, as its settings now allow."""
        values = cast("State", await self.values())
        changed = reopened(values, self._settings)
        await self._graph.aupdate_state(self._config, changed, as_node="filter")

    async def plant(self, domain: Domain, entries: Iterable[Entry]) -> None:
        """Begin on a tree that exists: the entries that describe it, without the first one."""
        planted = list(entries)
        first = begin(domain, self._thread, planted)
        head = self._resources.journal.commit(GENESIS, [first, *planted])
        exploration = self._resources.view(head, self._settings)
        state = first_state(domain, head, exploration, self._settings, self._spent)
        await self._graph.aupdate_state(self._config, state, as_node="prepare")

    async def entries(self) -> list[Entry]:
        """Return everything that was admitted and rejected, but for the first entry."""
        head = (await self.values())["head"]
        return [e for e in self._resources.journal.chain(head) if e.kind != "begin"]

    async def outline(self) -> Exploration:
        """Return the tree with its counts as they stand, without the records."""
        return self._resources.outline((await self.values())["head"], self._settings)

    async def events_so_far(self) -> list[dict[str, Any]]:
        """Return the events that describe the tree as it stands, for a view that begins now."""
        head = (await self.values()).get("head", "")
        entries = list(self._resources.journal.chain(head, ["task", "prune", "rename"]))
        exploration = self._resources.view(head, self._settings)
        closed = closings(self._settings.search(exploration), exploration.tree.preorder())
        return [event.model_dump() for event in (*events_of(entries), *closed)]

    async def export(self) -> None:
        """Write the files of the run as it stands now."""
        values = await self.values()
        if not values.get("head"):
            return
        head = values["head"]
        known = self._resources.view(head, self._settings)
        exported = Exported(self._resources.journal, head, self._settings, known)
        exported.write(self._folder, exported.stats(values, finished=await self.is_finished()))

    async def _stream(
        self,
        given: Any,  # noqa: ANN401 - an input, a Command, or None to go on
        on_event: OnEvent,
    ) -> dict[str, Any] | None:
        """Run until the end or an interrupt; return what the interrupt asks."""
        stream: AsyncIterator[Any] = self._graph.astream(
            given, self._config, context=self._settings, stream_mode=["custom", "updates"]
        )
        asked = None
        with checkpoint_errors():
            async for mode, chunk in stream:
                if mode == "custom":
                    on_event(chunk)
                elif "__interrupt__" in chunk:
                    asked = chunk["__interrupt__"][0].value
        return asked


@asynccontextmanager
async def open_run(
    folder: Path,
    settings: Settings,
    open_endpoint: Callable[[Settings], Endpoint] = open_endpoint,
    *,
    place: Place | None = None,
    to_read: bool = False,
    spent: Spent = NOTHING,
) -> AsyncIterator[LocalRun]:
    """Open the run of a folder whose config.yaml says these settings.

    `open_endpoint` makes the endpoint that the settings name; `place` is where the run is kept, if
    not in the folder; a new run counts what was `spent` before it. Raises InputError while another
    process has the run open, unless it is opened `to_read` alone.
    """
    kept = place or Place.in_folder(folder)
    with nullcontext() if to_read else _only_process(folder), fewer_collections():
        kept.database.make_folder()
        journal = Journal(kept.database.journal_url)
        async with (
            aclosing(Resources(journal, open_endpoint, embeddings())) as resources,
            kept.database.saver() as saver,
        ):
            yield LocalRun(folder, kept.thread, settings, resources, saver, spent=spent)


def _only_process(folder: Path) -> AbstractContextManager[object]:
    in_use = f"{folder} is in use by another process: wait until it ends"
    return hold(folder / LOCK, in_use, folder, "make it writable, or copy it")
