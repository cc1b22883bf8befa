"""The `checkpointer` of langgraph.json."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext

from graph.database import VARIABLE, Database, hold
from graph.server.threads import Threads


@asynccontextmanager
async def checkpointer() -> AsyncIterator[Threads]:
    """Open the server's checkpoints. Raises InputError where another process serves the file."""
    database = Database.of(os.environ)
    await asyncio.to_thread(database.make_folder)
    with await asyncio.to_thread(_only_server, database):
        async with database.saver() as saver:
            yield Threads(saver)


def _only_server(database: Database) -> AbstractContextManager[object]:
    """Keep other servers out: two on one file would both take up the runs that wait."""
    if database.file is None:
        return nullcontext()
    lock = database.file.with_name(f"{database.file.name}.serve.lock")
    in_use = (
        f"{database.file} is served by another process: stop it, or serve another database, "
        f"named by {VARIABLE}, from another folder"
    )
    return hold(lock, in_use, lock, "make it writable")
