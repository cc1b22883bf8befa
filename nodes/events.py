"""The custom events a run streams, version 1: what the terminal's view and any client draw from."""

from collections.abc import Iterator, Sequence
from typing import Any

from nodes.settings import Settings
from nodes.state import State
from store.journal import Entry

VERSION = 1


def event(kind: str, **fields: object) -> dict[str, Any]:
    """Return one event."""
    return {"v": VERSION, "type": kind, **fields}


def admission_events(entries: Sequence[Entry]) -> Iterator[dict[str, Any]]:
    """Yield an event for every task and record that was admitted or rejected."""
    for entry in entries:
        body = entry.body
        if entry.kind == "task":
            shown = _parts(body, "parent", "name", "reason", "depth")
            yield event("task_admitted", task=body["id"], **shown)
        elif entry.kind == "record":
            yield event("record_kept", **_parts(body, "task", "id", "instruction"))
        elif entry.kind == "rejection" and body["kind"] == "task":
            shared = _parts(body, "rule", "score")
            yield event(
                "task_rejected",
                parent=body["task"],
                name=body["text"],
                nearest=body["nearest_text"],
                **shared,
            )
        elif entry.kind == "rejection":
            yield event("record_rejected", **_parts(body, "task", "rule", "score", "text"))


def budget_event(state: State, settings: Settings) -> dict[str, Any]:
    """Return the event that says what was spent, and how much is likely to come."""
    spent, expected = state["spent"], settings.expected
    calls = min(expected.calls, settings.max_calls or expected.calls)
    return event(
        "budget",
        calls=spent["calls"],
        prompt_tokens=spent["prompt_tokens"],
        completion_tokens=spent["completion_tokens"],
        usd=spent["usd"],
        calls_expected=max(spent["calls"], calls),
        kept=state["counts"]["records"],
        wanted=expected.records,
    )


def _parts(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: body[name] for name in names}
