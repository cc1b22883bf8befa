"""A thread on the server: its checkpoints, and the chains of the journal that belong to it.

LangGraph's development server takes a deleted thread out of its list by a number that it looked up
before it asks for the deletion. Nothing else may run in between, so the work only begins there:
`deletions` returns when it is done.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    get_checkpoint_id,
)

from graph.server.shared import shared

RESUME, INTERRUPT = "__resume__", "__interrupt__"
"""The channels of what a person answered, and of what they were asked."""

_deleting: set[asyncio.Task[None]] = set()


_opened: list["Threads"] = []


def opened() -> "Threads":
    """Return the checkpoints that the server has opened."""
    return _opened[-1]


async def deletions() -> None:
    """Return once everything is deleted that is to be deleted. Raises what hindered it."""
    await asyncio.gather(*_deleting)


class Threads(BaseCheckpointSaver[str]):
    """The checkpoints of the server's threads; the journal follows what becomes of a thread."""

    def __init__(self, saver: BaseCheckpointSaver[str]) -> None:
        super().__init__(serde=saver.serde)
        self._saver = saver
        _opened[:] = [self]

    async def adelete_thread(self, thread_id: str) -> None:
        """Begin to delete all of a thread: its steps, its records, all that was answered to it."""
        deletion = asyncio.create_task(self._delete(str(thread_id)))
        _deleting.add(deletion)
        deletion.add_done_callback(_deleting.discard)

    async def _delete(self, thread: str) -> None:
        await self._saver.adelete_thread(thread)
        await (await shared()).delete(thread)

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Give a thread all steps of another, and a share in what they stand on."""
        source, target = str(source_thread_id), str(target_thread_id)
        common = await shared()
        await asyncio.to_thread(common.resources.journal.share, source, target)
        await self._saver.acopy_thread(source, target)

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Delete the steps that these runs made. What was answered stays with the thread."""
        await self._saver.adelete_for_runs(run_ids)

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Keep the latest step of these threads alone, or delete them, as the strategy says."""
        if strategy == "keep_latest":
            await self._saver.aprune(thread_ids, strategy=strategy)
        else:
            for thread in thread_ids:
                await self.adelete_thread(thread)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """Return a thread's checkpoint: the one that is named, or the latest.

        Of one that the thread has moved past, the answers to its review are left out: a further
        answer there begins a fork, and would be overlooked beside them.
        """
        found = await self._saver.aget_tuple(config)
        writes = (found.pending_writes if found else None) or []
        if found is None or not get_checkpoint_id(config) or all(w[1] != RESUME for w in writes):
            return found
        thread = {"thread_id": config["configurable"]["thread_id"], "checkpoint_ns": ""}
        latest = await self._saver.aget_tuple({"configurable": thread})
        if latest is None or latest.checkpoint["id"] == found.checkpoint["id"]:
            return found
        return found._replace(pending_writes=[write for write in writes if write[1] != RESUME])

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the interface's name
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Yield checkpoints, the latest first."""
        async for one in self._saver.alist(config, filter=filter, before=before, limit=limit):
            yield one

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint."""
        return await self._saver.aput(config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Store what the tasks after a checkpoint wrote."""
        await self._saver.aput_writes(config, writes, task_id, task_path)
