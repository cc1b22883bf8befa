"""After a crash: the threads that the development server forgot, from the database.

The server keeps its list of threads in memory and writes it every few seconds; the checkpoints
and the journal are on disk at once. A thread is put back with the owner it had.
"""

import asyncio

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph_sdk import get_client

from graph.database import Database
from graph.server.shared import Shared

GRAPH = "explore"
LATEST = 20


async def restore_threads(common: Shared, database: Database) -> None:
    """Tell the server of every thread that has checkpoints; those it knows stay as they are."""
    threads = sorted(await asyncio.to_thread(common.resources.journal.threads))
    async with database.saver() as saver, get_client() as server:
        for thread in threads:
            owner = await _owner(saver, thread)
            if owner is not None:
                await server.threads.create(
                    thread_id=thread,
                    graph_id=GRAPH,
                    metadata={"owner": owner},
                    if_exists="do_nothing",
                )


async def _owner(saver: BaseCheckpointSaver[str], thread: str) -> str | None:
    """Return the owner that the latest steps of a run name; a step made by hand names none."""
    async for found in saver.alist({"configurable": {"thread_id": thread}}, limit=LATEST):
        metadata = dict(found.metadata)
        if metadata.get("graph_id") == GRAPH and "owner" in metadata:
            return str(metadata["owner"])
    return None
