"""A thread on the server: its checkpoints, and the chains of the journal that belong to it.

LangGraph's development server takes a deleted thread out of its list by a number that it looked up
before it asks for the deletion. Nothing else may run in between, so the work only begins there:
`deletions` returns when it is done.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal

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

ID = r"[0-9a-fA-F-]{36}"
"""What a thread's id looks like."""

UNDER_WAY: tuple[Literal["pending"], Literal["running"]] = ("pending", "running")
"""The statuses of runs that have not ended."""

KNOWN_RUNS = 10_000

Place = tuple[str, str]
"""A thread and one of its steps."""

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
        self._begun: dict[str, Place] = {}
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
        """Delete the steps that these runs made. What was answered stays with the thread.

        What they wrote after a step of an earlier run goes, too: a thread that stands there again
        begins the next step anew, and finds in the journal what was answered.
        """
        places = [place for run in run_ids if (place := await self._beginning(str(run)))]
        await self._saver.adelete_for_runs(run_ids)
        for thread, step in places:
            latest = await self._saver.aget_tuple(_configured(thread))
            if latest is not None and latest.checkpoint["id"] == step:
                await self._saver.adelete_writes(thread, step)  # type: ignore[attr-defined] # ours

    async def _beginning(self, run: str) -> "Place | None":
        """Return the thread and step that a run went on from, None where it began the thread."""
        if run in self._begun:
            return self._begun.pop(run)
        steps = [step async for step in self._saver.alist(None, filter={"run_id": run})]
        if not steps or steps[-1].parent_config is None:
            return None
        parent = steps[-1].parent_config["configurable"]
        return parent["thread_id"], parent["checkpoint_id"]

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
        thread = config["configurable"]["thread_id"]
        latest = await self._saver.aget_tuple(_configured(thread))
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
        place, run = config["configurable"], config.get("metadata", {}).get("run_id")
        if run and str(run) not in self._begun:
            while len(self._begun) >= KNOWN_RUNS:
                del self._begun[next(iter(self._begun))]
            self._begun[str(run)] = place["thread_id"], place["checkpoint_id"]
        await self._saver.aput_writes(config, writes, task_id, task_path)


def _configured(thread: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread, "checkpoint_ns": ""}}
