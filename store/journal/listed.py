"""The server's list of threads, with what their callers say of them: it outlives the server."""

import json
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from store.digest import canonical
from store.journal.database import Database
from store.journal.tables import THREADS

OWNER = "owner"

Metadata = Mapping[str, Any]


def listed(connection: sa.Connection) -> dict[str, dict[str, Any]]:
    """Return the metadata of all listed threads."""
    rows = connection.execute(sa.select(THREADS.c.thread, THREADS.c.metadata))
    return {thread: json.loads(metadata) for thread, metadata in rows}


def list_thread(database: Database, thread: str, metadata: Metadata) -> None:
    """Add a thread to the list, or to its metadata, where the owner that these name has it."""
    row = {"thread": thread, "metadata": canonical(metadata)}
    with database.begin() as connection:
        if connection.execute(database.insert_new(THREADS), row).rowcount:
            return
        known = _metadata(connection, thread)
        if known.get(OWNER) == metadata.get(OWNER):
            changed = sa.update(THREADS).where(THREADS.c.thread == thread)
            connection.execute(changed.values(metadata=canonical({**known, **metadata})))


def list_copy(connection: sa.Connection, database: Database, source: str, target: str) -> None:
    """List a copy with the metadata of its source."""
    row = {"thread": target, "metadata": canonical(_metadata(connection, source))}
    connection.execute(sa.delete(THREADS).where(THREADS.c.thread == target))
    connection.execute(database.insert_new(THREADS), row)


def unlist(connection: sa.Connection, thread: str) -> None:
    """Take a thread off the list."""
    connection.execute(sa.delete(THREADS).where(THREADS.c.thread == thread))


def _metadata(connection: sa.Connection, thread: str) -> dict[str, Any]:
    query = sa.select(THREADS.c.metadata).where(THREADS.c.thread == thread)
    return dict(json.loads(connection.execute(query).scalar() or "{}"))
