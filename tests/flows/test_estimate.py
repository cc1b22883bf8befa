"""The estimate before a run is near the calls that it takes where the endpoint is well."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from graph.local import open_run
from nodes.settings import Settings
from prompts.domain import load_preset
from simulator import Options
from tests.simulated import served

SMALL: list[dict[str, Any]] = [
    {"depth": 1, "breadth": (4,), "per_task": 5},
    {"depth": 2, "breadth": (4, 3), "records": 60},
    {"depth": 2, "breadth": (5, 5), "tasks_only": True},
    {"strategy": "self-instruct", "records": 80},
    {"strategy": "adaptive", "records": 80},
    {"strategy": "adaptive", "max_calls": 60},
    {"strategy": "adaptive", "depth": 2, "breadth": (4, 3), "records": 60},
    {"depth": 2, "breadth": (4, 3), "records": 60, "judge_model": "openai:judge"},
    {"strategy": "adaptive", "records": 80, "judge_model": "openai:judge"},
    {"strategy": "adaptive", "max_calls": 100, "judge_model": "openai:judge"},
    {"strategy": "adaptive", "records": 80, "outputs": "apart"},
    {"strategy": "adaptive", "max_calls": 100, "outputs": "apart"},
    {"depth": 2, "breadth": (4, 3), "records": 60, "outputs": "apart", "judge_model": "openai:j"},
    {"strategy": "adaptive", "depth": 2, "breadth": (5, 5), "tasks_only": True},
]
LARGE: list[dict[str, Any]] = [
    {"depth": 1, "breadth": (12,), "per_task": 3},
    {"depth": 1, "breadth": (2,), "per_task": 100},
    {"depth": 2},
    {"depth": 2, "breadth": (8, 8), "per_task": 2},
    {"depth": 2, "breadth": (20, 2), "per_task": 4},
    {"depth": 2, "breadth": (6, 4), "records": 500},
    {"depth": 2, "breadth": (6, 4), "per_task": 40},
    {"depth": 2, "breadth": (6, 4), "per_call": 1},
    {"depth": 2, "breadth": (10, 10), "tasks_only": True},
    {"depth": 3, "breadth": (4, 3, 2), "per_task": 5},
    {"depth": 3, "breadth": (4, 4, 4), "records": 60},
    {"depth": 4, "breadth": (3, 2, 2, 2), "per_task": 2},
    {"strategy": "self-instruct", "records": 600},
    {"strategy": "self-instruct", "depth": 2, "per_task": 5},
    {"strategy": "self-instruct", "records": 50, "per_call": 1},
    {"strategy": "adaptive"},
    {"strategy": "adaptive", "max_tokens": 300_000},
    {"strategy": "adaptive", "max_tokens": 300_000, "per_call": 10},
    {"strategy": "adaptive", "max_tokens": 100_000, "tasks_only": True},
]


async def calls(folder: Path, settings: dict[str, Any]) -> tuple[int, int]:
    """Return how many calls were expected, and how many it were."""
    async with served(Options()) as server:
        chosen = Settings.model_validate(
            {"model": "openai:any", "base_url": server.url, "parallel": 16, **settings}
        )
        async with open_run(folder, chosen) as run:
            await run.go(load_preset("rewriting"), lambda _: None, lambda _: None)
        return chosen.expected.calls, (await server.counts())["requests"]


@pytest.mark.parametrize("settings", SMALL)
def test_a_small_run_takes_about_as_many_calls_as_estimated(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    expected, taken = asyncio.run(calls(tmp_path, settings))
    assert expected == pytest.approx(taken, rel=0.3)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("settings", LARGE)
def test_a_run_takes_about_as_many_calls_as_estimated(
    tmp_path: Path, settings: dict[str, Any], seed: int
) -> None:
    expected, taken = asyncio.run(calls(tmp_path, settings | {"seed": seed}))
    assert expected == pytest.approx(taken, rel=0.3)
