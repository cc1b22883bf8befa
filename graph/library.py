"""The graph in a person's own Python, alone or as a part of a graph of their own.

    async with open_explorer("knots.db", Settings(depth=1, per_task=2)) as explorer:
        found = await explorer.graph.ainvoke({"domain": "rewriting"})
        for record in explorer.records(found):
            ...

docs/library.md tells more.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.pregel import Pregel
from langgraph.runtime import Runtime

from graph.build import Node, wire
from graph.database import Database
from models.chat import Endpoint
from models.embeddings import embeddings
from models.endpoint import choose
from nodes.resources import Resources, open_endpoint, with_models
from nodes.settings import Settings
from store.files.folder import DATASET, REJECTED, ROWS
from store.journal.log import Journal

MOST_SUPERSTEPS = 10_000_000
"""A run ends by its settings and its caps, never by the number of its steps."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Explorer:
    """The compiled graph, and what its runs brought.

    `graph` takes `{"domain": …}` and, as its context, settings that replace the explorer's own.
    """

    graph: Pregel[Any, Any, Any, Any]
    resources: Resources

    def records(self, found: Mapping[str, Any]) -> Iterator[Row]:
        """Yield the records of a run as dataset.jsonl has them; `found` is the graph's result."""
        return self._rows(DATASET, found)

    def rejections(self, found: Mapping[str, Any]) -> Iterator[Row]:
        """Yield what was rejected, and why, as rejected.jsonl has it."""
        return self._rows(REJECTED, found)

    def _rows(self, name: str, found: Mapping[str, Any]) -> Iterator[Row]:
        head = found["head"]
        outline = self.resources.outline(head, Settings())
        return iter(ROWS[name](self.resources.journal, head, outline))


@asynccontextmanager
async def open_explorer(
    database: Path | str,
    settings: Settings | None = None,
    *,
    open_endpoint: Callable[[Settings], Endpoint] = open_endpoint,
    checkpointer: BaseCheckpointSaver[str] | None = None,
) -> AsyncIterator[Explorer]:
    """Open the graph on a SQLite file that keeps all answers and records; close everything after.

    `settings` are those of runs that bring none as their context. `open_endpoint` makes the
    endpoint that the settings name. With a `checkpointer` of its own the graph can stop for a
    review; as a part of another graph it uses that one's.
    """
    kept = Database(Path(database))
    kept.make_folder()
    journal = Journal(kept.journal_url)
    async with aclosing(Resources(journal, open_endpoint, embeddings())) as resources:
        bind = _Bound(resources, settings or Settings()).bind
        graph = wire(bind).compile(checkpointer=checkpointer, name="explore")
        try:
            yield Explorer(graph.with_config(recursion_limit=MOST_SUPERSTEPS), resources)
        except asyncio.CancelledError:
            resources.drop()
            raise
        finally:
            await resources.settle()


class _Bound:
    """Gives every node its resources, and settings with the model and base URL that are asked."""

    def __init__(self, resources: Resources, settings: Settings) -> None:
        self._resources = resources
        self._settings = settings
        self._served: dict[str, str] = {}

    def bind(self, _name: str, node: Node) -> Node:
        """Return the node with what it works with."""

        async def run(state: Any, runtime: Runtime[Settings]) -> Any:  # noqa: ANN401 - what the node takes and gives
            settings = await self._settled(runtime.context)
            return await node(state, runtime.override(context=settings), resources=self._resources)

        return run

    async def _settled(self, context: object) -> Settings:
        """Return the settings; a context of another graph, of whatever kind, is none of them."""
        settings = context if isinstance(context, Settings) else self._settings
        choice = choose(settings.model, settings.base_url, os.environ)
        return await with_models(settings, choice, self._served, os.environ)
