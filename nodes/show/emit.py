"""Emits events: from what a step did to what the run streams."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from langgraph.runtime import Runtime

from asking.calls import Reply
from nodes.settings import Settings
from nodes.show import events as kinds
from nodes.show.events import Event
from nodes.state import State, Step
from search.strategy import Strategy
from store.journal.log import Entry
from store.tree import TaskTree
from words import clip

TEXT = 1_000
"""Characters of a text that an event shows; a longer one ends in an ellipsis."""


SAME_FIELDS: dict[str, type[Event]] = {
    "record": kinds.RecordKept,
    "prune": kinds.TaskPruned,
    "rename": kinds.TaskRenamed,
    "ban": kinds.NameBanned,
    "more": kinds.MoreWanted,
}
"""The kinds of entries whose event has the same fields."""


def emit(runtime: Runtime[Settings], events: Iterable[Event]) -> None:
    """Stream the events, as plain JSON."""
    for event in events:
        runtime.stream_writer(event.model_dump())


def emit_waiting(runtime: Runtime[Settings]) -> Callable[[str, float], None]:
    """Return a function that emits the endpoint's words and the seconds to wait."""
    return lambda message, seconds: emit(runtime, [kinds.Waiting(message=message, seconds=seconds)])


def emit_notice(runtime: Runtime[Settings]) -> Callable[[str], None]:
    """Return a function that emits what was found out about the endpoint."""
    return lambda message: emit(runtime, [kinds.Notice(message=message)])


def started_event(tree: TaskTree, step: Step) -> Event:
    """Return the event that says that a call begins."""
    task = tree.task(step["task"])
    if step["operation"] == "generate":
        return kinds.Generating(task=task.id, name=task.name, n=step["order"])
    return kinds.Expanding(
        operation=step["operation"],
        task=task.id,
        name=task.name,
        path=tree.path(task.id),
        asked=step["asked"],
    )


def proposed_events(step: Step, replies: Sequence[Reply]) -> Iterator[Event]:
    """Yield an event for every subtask that a call proposed."""
    if step["operation"] != "generate":
        for found in replies[-1].parsed.items if replies else ():
            yield kinds.TaskProposed(parent=step["task"], name=found.name, reason=found.reason)


def events_of(entries: Sequence[Entry]) -> Iterator[Event]:
    """Yield an event for all that was admitted, rejected, or changed by a person."""
    for entry in entries:
        event = _event_of(entry.kind, entry.body)
        if event is not None:
            yield event


def _event_of(kind: str, body: dict[str, Any]) -> Event | None:
    if kind == "rejection":
        return _rejection(body)
    if kind == "task":
        shown = _parts(body, "parent", "name", "reason", "depth")
        return kinds.TaskAdmitted(task=body["id"], **shown)
    if named := SAME_FIELDS.get(kind):
        return named(**_parts(body, *(named.model_fields.keys() - {"v", "type"})))
    return None


def _rejection(body: dict[str, Any]) -> Event:
    shared = _parts(body, "rule", "why", "score") | {"nearest": _clip(body["nearest_text"])}
    if body["kind"] == "task":
        return kinds.TaskRejected(parent=body["task"], name=_clip(body["text"]), **shared)
    return kinds.RecordRejected(task=body["task"], text=_clip(body["text"]), **shared)


def closings(search: Strategy, tasks: Iterable[str]) -> Iterator[Event]:
    """Yield an event for every one of the tasks that gets no further subtasks."""
    for task in tasks:
        if (why := search.status(task)) != "open":
            yield kinds.TaskClosed(task=task, why=why)


def budget_event(state: State, search: Strategy, settings: Settings) -> kinds.Budget:
    """Return the event that says what was spent, and how much is likely to come."""
    grows = search.mixes or state["phase"] in {"explore", "review"}
    spent, expected = state["spent"], search.remaining(grows=grows)
    calls = spent["calls"] + expected.calls
    calls = min(calls, settings.max_calls or calls)
    unseen = state.get("exploration", {}).get("unseen") or {}
    return kinds.Budget(
        calls=spent["calls"],
        prompt_tokens=spent["prompt_tokens"],
        completion_tokens=spent["completion_tokens"],
        usd=spent["usd"],
        calls_expected=max(spent["calls"], calls),
        kept=state["counts"]["records"],
        wanted=expected.records,
        unseen=unseen.get("expected"),
        unseen_low=unseen.get("low"),
        unseen_high=unseen.get("high"),
    )


def _parts(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: _clip(body[name]) for name in names}


def _clip(value: Any) -> Any:  # noqa: ANN401 - of a journal's plain JSON, texts alone are cut
    return clip(value, TEXT) if isinstance(value, str) else value
