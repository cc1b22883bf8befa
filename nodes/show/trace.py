"""What a trace shows beyond inputs and outputs: counts on every node's span, a span per verdict.

LangChain's callbacks carry it to LangSmith, or by way of `graph.traces` to OpenTelemetry. Without a
listener nothing is done.
"""

import asyncio
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from langchain_core.callbacks import BaseCallbackManager
from langchain_core.runnables import RunnableConfig, RunnableLambda
from langchain_core.runnables.config import set_config_context
from langchain_core.tracers.base import AsyncBaseTracer, BaseTracer
from langchain_core.tracers.schemas import Run
from langgraph.config import get_config

from nodes.state import Proposal
from store.exploration import Exploration
from store.journal.log import Entry

Returned = TypeVar("Returned")


def note(metadata: Mapping[str, object]) -> None:
    """Add to the metadata of the running node's own span."""
    for span in _own_spans():
        span.add_metadata(dict(metadata))


async def below_the_run(work: Coroutine[Any, Any, Returned]) -> Returned:
    """Await work that may outlive the node it starts in, its spans below the run's, not the node's.

    To be awaited by a task of its own, begun in the node.
    """
    callbacks = _callbacks()
    own = next(_own_spans(), None)
    if not (callbacks and own and own.parent_run_id):
        return await work
    above = callbacks.copy()
    above.parent_run_id = own.parent_run_id
    with set_config_context({**get_config(), "callbacks": above}) as context:
        return await asyncio.create_task(work, context=context)


def counts_of(update: Mapping[str, Any]) -> dict[str, int]:
    """Return what a node's update can be counted by: proposals, steps, and all that is known.

    No name is a setting's: a server adds the settings to the metadata of all spans.
    """
    proposals: Sequence[Proposal] = update.get("proposals") or []
    counted = {name: len(update[name]) for name in ("steps", "planned") if name in update}
    if proposals:
        counted["answers"] = sum(len(proposal["answers"]) for proposal in proposals)
        if proposals[0]["step"]["operation"] != "generate":
            counted["proposed"] = sum(len(proposal["subtasks"]) for proposal in proposals)
    known = update.get("counts", {}).items()
    return counted | {"kept" if name == "records" else name: count for name, count in known}


async def trace_verdicts(
    exploration: Exploration, judged: Sequence[tuple[Proposal, Sequence[Entry]]]
) -> None:
    """Leave a span for every proposal: what came in, what was admitted, what was not and why."""
    if not any(_own_spans()):
        return
    for proposal, entries in judged:
        about = task_metadata(exploration, proposal["step"]["operation"], proposal["step"]["task"])
        verdict = _verdict(exploration, entries)
        counts = {name: len(texts) for name, texts in verdict.items()}
        span = RunnableLambda(partial(_output, verdict), name=f"filter: {about['name']}")
        config: RunnableConfig = {"tags": tags_of(about), "metadata": {**about, **counts}}
        await span.ainvoke({"proposed": [_text(entry) for entry in _texts(entries)]}, config)


def task_metadata(exploration: Exploration, operation: str, task_id: str) -> dict[str, Any]:
    """Return what names in a trace the task that a span is about."""
    task = exploration.tree.task(task_id)
    return {
        "operation": operation,
        "task": task.id,
        "name": task.name,
        "task_depth": task.depth,
        "path": " > ".join(exploration.tree.path(task.id)),
    }


def tags_of(about: Mapping[str, Any]) -> list[str]:
    """Return the tags of a span about a task."""
    return [about["operation"], about["task"], f"depth:{about['task_depth']}"]


def _output(verdict: dict[str, Any], _proposed: object) -> dict[str, Any]:
    return verdict


def _verdict(exploration: Exploration, entries: Sequence[Entry]) -> dict[str, list[dict[str, Any]]]:
    admitted, rejected = [], []
    for entry in _texts(entries):
        body, text = entry.body, {"text": _text(entry), "nearest_id": entry.body["nearest_id"]}
        if entry.kind == "rejection":
            parts = ("rule", "why", "score", "nearest_text")
            rejected.append(text | {name: body[name] for name in parts})
        else:
            nearest = exploration.text_of(body["nearest_id"])
            score = body["nearest_rouge_l"]
            admitted.append({"id": body["id"], **text, "score": score, "nearest_text": nearest})
    return {"admitted": admitted, "rejected": rejected}


def _texts(entries: Sequence[Entry]) -> list[Entry]:
    return [entry for entry in entries if entry.kind in {"task", "record", "rejection"}]


def _text(entry: Entry) -> str:
    names = {"task": "name", "record": "instruction", "rejection": "text"}
    return str(entry.body[names[entry.kind]])


def _callbacks() -> BaseCallbackManager | None:
    callbacks = get_config().get("callbacks")
    return callbacks if isinstance(callbacks, BaseCallbackManager) else None


def _own_spans() -> Iterator[Run]:
    """Yield the running node's span, as each of those who keep a trace has it."""
    callbacks = _callbacks()
    for handler in callbacks.handlers if callbacks else []:
        if callbacks and isinstance(handler, (BaseTracer, AsyncBaseTracer)):
            span = handler.run_map.get(str(callbacks.parent_run_id))
            if span is not None:
                yield span
