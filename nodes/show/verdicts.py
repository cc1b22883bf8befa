"""Verdicts: what a step admitted and rejected, and why, as a state shows it to a person."""

from collections.abc import Sequence
from typing import Any

from store.exploration import Exploration
from store.journal.log import Entry

SHOWN = 16
"""Verdicts of each kind that are shown; the counts are whole."""
SHOWN_TEXT = 160


def verdicts(exploration: Exploration, entries: Sequence[Entry]) -> dict[str, Any]:
    """Return how many texts were proposed, and the first of those admitted and rejected.

    What was rejected names its rule, its score and the text that it repeats.
    """
    kept = [entry for entry in entries if entry.kind in {"task", "record"}]
    refused = [entry for entry in entries if entry.kind == "rejection"]
    return {
        "proposed": len(kept) + len(refused),
        "admitted": [_admitted(exploration, entry) for entry in kept[:SHOWN]],
        "rejected": [_rejected(exploration, entry.body) for entry in refused[:SHOWN]],
    }


def _admitted(exploration: Exploration, entry: Entry) -> dict[str, Any]:
    body = entry.body
    if entry.kind == "task":
        shown = {"task": body["id"], "name": body["name"], "reason": body["reason"]}
        return _short(shown | {"below": _name(exploration, body["parent"])})
    of = _name(exploration, body["task"])
    return _short({"record": body["id"], "of": of, "instruction": body["instruction"]})


def _rejected(exploration: Exploration, body: dict[str, Any]) -> dict[str, Any]:
    kind = "name" if body["kind"] == "task" else "instruction"
    shown = {kind: body["text"], "of": _name(exploration, body["task"]), "rule": body["rule"]}
    if body["nearest_text"] is None:
        return _short(shown | {"why": body["why"]})
    return _short(shown | {"score": body["score"], "nearest": body["nearest_text"]})


def _name(exploration: Exploration, task: str | None) -> str | None:
    return None if task is None else exploration.tree.task(task).name


def _short(shown: dict[str, Any]) -> dict[str, Any]:
    return {k: v[:SHOWN_TEXT] if isinstance(v, str) else v for k, v in shown.items()}
