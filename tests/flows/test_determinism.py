"""The same settings give the same bytes, whatever the concurrency and the order of answers."""

from pathlib import Path
from typing import Any

import pytest

from tests.doubles.scripted import ScriptedChat, ShuffledChat
from tests.running import SMALL, run_scripted

FILES = ("dataset.jsonl", "rejected.jsonl", "calls.jsonl", "tree.json")


def outputs(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in FILES]


OPEN_ENDED: dict[str, Any] = {"strategy": "adaptive", "depth": None, "breadth": ()}
"""Adaptive without limits."""

RUNS: dict[str, dict[str, Any]] = {
    "depth-first": {},
    "breadth-first": {"strategy": "breadth-first"},
    "self-instruct": {"strategy": "self-instruct"},
    "adaptive": {**OPEN_ENDED, "records": 60, "per_call": 3},
    "adaptive, limited": {"strategy": "adaptive", "records": 30},
    "adaptive, capped": {**OPEN_ENDED, "max_tokens": 20_000, "per_call": 2},
    "adaptive, of many calls": {**OPEN_ENDED, "per_task": None, "max_calls": 80, "window": 64},
    "adaptive, reviewed": {**OPEN_ENDED, "records": 40, "review": "tasks"},
    "adaptive, tree alone": {**OPEN_ENDED, "max_calls": 30, "tasks_only": True},
}


SLOW = {"adaptive, capped"}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in RUNS]
)
def test_parallel_changes_no_byte(tmp_path: Path, name: str) -> None:
    seen, made = [], []
    for parallel in (1, 4, 16):
        folder = tmp_path / str(parallel)
        folder.mkdir()
        settings = SMALL.model_copy(update={"parallel": parallel, **RUNS[name]})
        chat = ShuffledChat(shuffle=parallel)
        result = run_scripted(folder, settings, chat, review=lambda _: "approve")
        seen.append(outputs(folder))
        made.append(result["counts"])
    assert seen[0] == seen[1] == seen[2]
    wanted = RUNS[name].get("records", 30)
    if settings.is_capped:
        assert made[0]["tasks"] > 3
        assert bool(made[0]["records"]) is not settings.tasks_only
    else:
        assert made[0]["records"] == len(seen[0][0].splitlines()) == wanted


def test_a_seed_decides_everything(tmp_path: Path) -> None:
    seen = []
    for number, seed in enumerate((5, 5, 6)):
        folder = tmp_path / str(number)
        folder.mkdir()
        run_scripted(folder, SMALL.model_copy(update={"seed": seed}), ScriptedChat())
        seen.append(outputs(folder))
    assert seen[0] == seen[1] != seen[2]
