"""Which threads a chain belongs to, and how all of a thread is deleted.

A chain belongs to the thread that it began in, and to that thread's copies. It is deleted, with
everything that was answered to its run, once all of them are.
"""

from collections.abc import Iterable

import sqlalchemy as sa

from store.journal.database import Database
from store.journal.listed import list_copy
from store.journal.tables import ANSWERS, ATTEMPTS, COMMITS, ENTRIES, SHARED


def origins(connection: sa.Connection, thread: str) -> set[str]:
    """Return the threads whose chains belong to this one: itself, and those that it copies."""
    query = sa.select(SHARED.c.origin).where(SHARED.c.thread == thread)
    return {thread, *connection.execute(query).scalars()}


def share(database: Database, source: str, target: str) -> None:
    """Let all chains of `source` belong to its copy `target`, too."""
    with database.begin() as connection:
        own = {(source, source)}
        shared = {(target, origin) for origin in origins(connection, source)}
        rows = [{"thread": thread, "origin": origin} for thread, origin in own | shared]
        connection.execute(database.insert_new(SHARED), rows)
        list_copy(connection, database, source, target)


def give_up(connection: sa.Connection, thread: str) -> set[str]:
    """Take a thread's chains from it; return the origins whose chains belong to no thread now."""
    held = origins(connection, thread)
    connection.execute(sa.delete(SHARED).where(SHARED.c.thread == thread))
    query = sa.select(SHARED.c.origin).where(SHARED.c.origin.in_(held))
    return held - set(connection.execute(query).scalars())


def delete_chain(connection: sa.Connection, first: str, run: str) -> None:
    """Delete the commits on top of `first`, all forks, and the answers to the run."""
    tree = sa.select(COMMITS.c.id).where(COMMITS.c.id == first).cte("tree", recursive=True)
    tree = tree.union_all(sa.select(COMMITS.c.id).join(tree, COMMITS.c.parent == tree.c.id))
    ids = list(connection.execute(sa.select(tree.c.id)).scalars())
    for chosen in _parts(ids):
        connection.execute(sa.delete(ENTRIES).where(ENTRIES.c.commit_id.in_(chosen)))
        connection.execute(sa.delete(COMMITS).where(COMMITS.c.id.in_(chosen)))
    delete_answers(connection, run)


def delete_answers(connection: sa.Connection, run: str) -> None:
    """Delete all that was answered to a run."""
    for table in (ANSWERS, ATTEMPTS):
        connection.execute(sa.delete(table).where(table.c.run == run))


def _parts(ids: list[str], at_once: int = 500) -> Iterable[list[str]]:
    return (ids[first : first + at_once] for first in range(0, len(ids), at_once))
