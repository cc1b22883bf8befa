"""After a crash: the threads that the development server forgot, from the database.

The server keeps its list of threads in memory and writes it every few seconds; the checkpoints
and the journal are on disk at once. A thread is put back with the owner and the metadata it had,
and with the status that its steps give it.
"""

import asyncio
from datetime import datetime
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

from graph.database import Database
from graph.server.shared import Shared

GRAPH = "explore"
LATEST = 20


async def restore_threads(common: Shared, database: Database) -> None:
    """Tell the server of every thread that it forgot, and of every step that it did not note."""
    known = await asyncio.to_thread(common.resources.journal.threads)
    async with database.saver() as saver, get_client() as server:
        for thread, metadata in known.items():
            latest = await saver.aget_tuple({"configurable": {"thread_id": thread}})
            told = metadata or await _owner(saver, thread)
            if "owner" in told:
                await _restore(server, thread, told, latest)


async def _restore(
    server: LangGraphClient, thread: str, metadata: dict[str, Any], latest: CheckpointTuple | None
) -> None:
    listed = await server.threads.create(
        thread_id=thread,
        graph_id=GRAPH if latest else None,
        metadata=metadata,
        if_exists="do_nothing",
    )
    if latest and datetime.fromisoformat(latest.checkpoint["ts"]) > _noted(listed):
        await _note_status(server, thread)


def _noted(listed: Any) -> datetime:  # noqa: ANN401 - the SDK's type leaves out the field
    """Return when the server last noted a thread's steps."""
    values = listed.get("values") is not None
    return datetime.fromisoformat(listed["state_updated_at"] if values else "0001-01-01T00:00Z")


async def _note_status(server: LangGraphClient, thread: str) -> None:
    """Let the server note where a thread stands: as after a run, which is not there any more."""
    from langgraph_runtime.database import connect  # noqa: PLC0415 - the server's own
    from langgraph_runtime.ops import Threads  # noqa: PLC0415

    state: Any = await server.threads.get_state(thread)
    # a step that was done, and not stored as done when the server was killed, is no end
    state["next"] = state["next"] or [task["name"] for task in state["tasks"]]
    async with connect() as connection:
        await Threads.set_status(connection, thread, state, None)


async def _owner(saver: BaseCheckpointSaver[str], thread: str) -> dict[str, Any]:
    """Return the owner that the latest steps of a run name; a step made by hand names none."""
    async for found in saver.alist({"configurable": {"thread_id": thread}}, limit=LATEST):
        metadata = dict(found.metadata)
        if metadata.get("graph_id") == GRAPH and "owner" in metadata:
            return {"owner": metadata["owner"]}
    return {}
