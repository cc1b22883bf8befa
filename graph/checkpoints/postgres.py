"""Checkpoints in PostgreSQL: LangGraph's own, and what they lack for rollback and copies."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from langgraph.checkpoint.postgres.aio import AsyncPostgresSaver
from psycopg.types.json import Jsonb

_MAKING_INDEX = 0x636865636B7074
"""The number of the lock, among all of the database, that who makes the index holds."""

INDEX_RUNS = (
    "CREATE INDEX IF NOT EXISTS checkpoints_run_id ON checkpoints ((metadata ->> 'run_id'))"
)

DELETE_WRITES = """
DELETE FROM checkpoint_writes w USING checkpoints c
WHERE c.metadata ->> 'run_id' = ANY(%s) AND w.thread_id = c.thread_id
AND w.checkpoint_ns = c.checkpoint_ns AND w.checkpoint_id = c.checkpoint_id
"""

DELETE_WRITES_AFTER = """
DELETE FROM checkpoint_writes
WHERE thread_id = %s AND checkpoint_id = %s AND channel <> '__interrupt__'
"""

DELETE_CHECKPOINTS = """
WITH gone AS (
    DELETE FROM checkpoints WHERE metadata ->> 'run_id' = ANY(%s)
    RETURNING thread_id, checkpoint_ns, checkpoint_id, checkpoint -> 'channel_versions' AS versions
)
SELECT * FROM gone ORDER BY thread_id, checkpoint_ns, checkpoint_id
"""

DELETE_BLOBS = """
WITH used AS (
    SELECT v.key AS channel, v.value AS version
    FROM checkpoints c, jsonb_each_text(c.checkpoint -> 'channel_versions') v
    WHERE c.thread_id = %(thread)s AND c.checkpoint_ns = %(ns)s
)
DELETE FROM checkpoint_blobs b USING unnest(%(channels)s::text[], %(versions)s::text[]) f(c, v)
WHERE b.thread_id = %(thread)s AND b.checkpoint_ns = %(ns)s AND b.channel = f.c AND b.version = f.v
AND NOT EXISTS (SELECT 1 FROM used WHERE used.channel = f.c AND used.version = f.v)
"""

COPY = (
    """
INSERT INTO checkpoints
    (thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata)
SELECT %(target)s, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint,
    (metadata - 'run_id') || CASE WHEN metadata ? 'thread_id' THEN %(thread)s ELSE '{}' END
FROM checkpoints WHERE thread_id = %(source)s
""",
    """
INSERT INTO checkpoint_blobs (thread_id, checkpoint_ns, channel, version, type, blob)
SELECT %(target)s, checkpoint_ns, channel, version, type, blob
FROM checkpoint_blobs WHERE thread_id = %(source)s
""",
    """
INSERT INTO checkpoint_writes
    (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, blob)
SELECT %(target)s, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, blob
FROM checkpoint_writes WHERE thread_id = %(source)s
""",
)


class PostgresCheckpoints(AsyncPostgresSaver):
    """LangGraph's checkpoints in PostgreSQL, which can be rolled back and copied."""

    async def setup(self) -> None:
        """Make the tables, and the index of the runs, where they are missing."""
        await super().setup()
        async with self._cursor() as cursor, cursor.connection.transaction():
            await cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_MAKING_INDEX])
            await cursor.execute(INDEX_RUNS)

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Delete the steps that these runs made."""
        runs = [list(map(str, run_ids))]
        async with self._cursor() as cursor, cursor.connection.transaction():
            await cursor.execute(DELETE_WRITES, runs)
            await cursor.execute(DELETE_CHECKPOINTS, runs)
            gone = await cursor.fetchall()
            for place, steps in groupby(gone, itemgetter("thread_id", "checkpoint_ns")):
                channels, versions = _freed(steps)
                named = dict(zip(("thread", "ns"), place, strict=True))
                lists = {"channels": channels, "versions": versions}
                await cursor.execute(DELETE_BLOBS, named | lists)

    async def adelete_writes(self, thread_id: str, checkpoint_id: str) -> None:
        """Delete what tasks wrote after a checkpoint, but for what they asked a person."""
        async with self._cursor() as cursor:
            await cursor.execute(DELETE_WRITES_AFTER, [thread_id, checkpoint_id])

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Give a thread all steps of another. They are no run's: none can take them back."""
        target = str(target_thread_id)
        named = {"source": str(source_thread_id), "target": target}
        async with self._cursor() as cursor, cursor.connection.transaction():
            await cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            for statement in COPY:
                await cursor.execute(statement, named | {"thread": Jsonb({"thread_id": target})})


def _freed(steps: Iterable[Mapping[str, Any]]) -> tuple[list[str], list[str]]:
    """Return the channels and versions of deleted steps in order, without those of the last one.

    A run that follows may have begun on it, and its first step, not yet stored, refers to them.
    """
    *older, last = steps
    pairs = {pair for step in older for pair in step["versions"].items()}
    freed = sorted(pairs - set(last["versions"].items()))
    return [channel for channel, _ in freed], [str(version) for _, version in freed]
