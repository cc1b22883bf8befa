"""After a crash: the threads that the development server forgot, from the database.

The server keeps its list of threads in memory and writes it every few seconds; the checkpoints
and the journal are on disk at once. A thread is put back with the owner it had.
"""

import asyncio

from langgraph_sdk import get_client

from graph.database import Database
from graph.shared import Shared

GRAPH = "explore"


async def restore_threads(common: Shared, database: Database) -> None:
    """Tell the server of every thread that has checkpoints; those it knows stay as they are."""
    begun = await asyncio.to_thread(common.resources.journal.beginnings)
    threads = sorted({str(entry.body["thread"]) for entry in begun})
    async with database.saver() as saver, get_client() as server:
        for thread in threads:
            found = await saver.aget_tuple({"configurable": {"thread_id": thread}})
            if found is not None and found.metadata.get("graph_id") == GRAPH:
                metadata = {"owner": found.metadata.get("owner", "")}
                await server.threads.create(
                    thread_id=thread, graph_id=GRAPH, metadata=metadata, if_exists="do_nothing"
                )
