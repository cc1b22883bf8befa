"""Checkpoints in an SQLite file: LangGraph's own, and what they lack for rollback and copies."""

from collections.abc import Sequence

from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

RUN = "json_extract(CAST(metadata AS TEXT), '$.run_id')"

INDEX_RUNS = f"CREATE INDEX IF NOT EXISTS checkpoints_run_id ON checkpoints ({RUN})"

OLDER = (
    "checkpoint_id < (SELECT max(checkpoint_id) FROM checkpoints latest "
    "WHERE latest.thread_id = checkpoints.thread_id "
    "AND latest.checkpoint_ns = checkpoints.checkpoint_ns)"
)

COPY_CHECKPOINTS = (
    "INSERT INTO checkpoints SELECT ?, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, "
    "checkpoint, CAST(json_replace(json_remove(CAST(metadata AS TEXT), '$.run_id'), "
    "'$.thread_id', ?) AS BLOB) FROM checkpoints WHERE thread_id = ?"
)

COPY_WRITES = (
    "INSERT INTO writes (thread_id, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel,"
    " type, value) SELECT ?, checkpoint_ns, checkpoint_id, task_id, task_path, idx, channel, type, "
    "value FROM writes WHERE thread_id = ?"
)

DELETE_WRITES = (
    "DELETE FROM writes WHERE thread_id = ? AND checkpoint_id = ? AND channel <> '__interrupt__'"
)

Statement = tuple[str, Sequence[str]]


class SqliteCheckpoints(AsyncSqliteSaver):
    """LangGraph's checkpoints in SQLite, which can be rolled back, copied and pruned."""

    async def setup(self) -> None:
        """Make the tables, and the index of the runs, where they are missing."""
        if not self.is_setup:
            await super().setup()
            await self._change((INDEX_RUNS, ()))

    async def adelete_thread(self, thread_id: str) -> None:
        """Delete all steps of a thread."""
        await self.setup()
        await super().adelete_thread(thread_id)

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Delete the steps that these runs made."""
        for run in run_ids:
            await self._delete(f"{RUN} = ?", str(run))

    async def adelete_writes(self, thread_id: str, checkpoint_id: str) -> None:
        """Delete what tasks wrote after a checkpoint, but for what they asked a person."""
        await self.setup()
        await self._change((DELETE_WRITES, (thread_id, checkpoint_id)))

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Give a thread all steps of another. They are no run's: none can take them back."""
        source, target = str(source_thread_id), str(target_thread_id)
        await self.setup()
        await self._change(
            (COPY_CHECKPOINTS, (target, target, source)), (COPY_WRITES, (target, source))
        )

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Delete all steps of these threads but the latest; all, where it shall not be kept."""
        older = f" AND {OLDER}" if strategy == "keep_latest" else ""
        for thread in thread_ids:
            await self._delete(f"thread_id = ?{older}", str(thread))

    async def _delete(self, which: str, value: str) -> None:
        """Delete the checkpoints that meet a condition, and the writes that hang on them."""
        await self.setup()
        place = "thread_id, checkpoint_ns, checkpoint_id"
        chosen = f"FROM checkpoints WHERE {which}"
        await self._change(
            (f"DELETE FROM writes WHERE ({place}) IN (SELECT {place} {chosen})", [value]),  # noqa: S608 - conditions of this file
            (f"DELETE {chosen}", [value]),
        )

    async def _change(self, *statements: Statement) -> None:
        """Do all of it in one transaction, or nothing."""
        async with self.lock:
            try:
                for statement, values in statements:
                    await self.conn.execute(statement, values)
            except BaseException:
                await self.conn.rollback()
                raise
            await self.conn.commit()
