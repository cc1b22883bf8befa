"""Near a cap an answer gets the tokens that answers took so far, and never more than before."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import nodes.questions
from graph.local import open_run
from models.endpoint import endpoint
from nodes.settings import Settings
from nodes.state import Step
from prompts.domain import Domain, load_preset
from prompts.schema import record_tokens, subtask_tokens
from search.table import STRATEGIES
from simulator import Options
from tests.simulated import served

CAP = 250_000
CAPPED = {"max_tokens": CAP, "records": 5000, "window": 32}
LONG = {"long": 0.04, "malformed": 0.03}


async def explored(folder: Path, options: Options, chosen: dict[str, Any]) -> dict[str, Any]:
    settings = Settings(model="openai:simulated", **chosen)
    async with served(options) as simulator:
        opener = lambda settings: endpoint(str(settings.model), simulator.url)  # noqa: E731
        async with open_run(folder, settings, opener) as run:
            await run.go(load_preset("rewriting"), lambda _: None, lambda _: None)
        return await simulator.counts()


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text().splitlines()]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Return pairs of the tokens that answers are given, and those that the limits ask for."""
    pairs = list[tuple[int, int]]()
    room: Callable[..., int] = nodes.questions._room

    def watched(step: Step, longest: int) -> int:
        pairs.append((room(step, longest), longest))
        return pairs[-1][0]

    monkeypatch.setattr(nodes.questions, "_room", watched)
    return pairs


@pytest.mark.slow
@pytest.mark.parametrize("strategy", STRATEGIES)
async def test_answers_that_are_longer_than_all_before_keep_their_whole_records(
    strategy: str, tmp_path: Path, given: list[tuple[int, int]]
) -> None:
    counts = await explored(tmp_path, Options(faults=LONG), {"strategy": strategy, **CAPPED})
    assert counts["prompt_tokens"] + counts["completion_tokens"] <= CAP
    assert all(room <= longest for room, longest in given)
    assert any(room < longest for room, longest in given)
    cut = {
        row["call"]
        for row in rows(tmp_path, "calls")
        if row["ended"] == "length" and row["operation"] == "generate"
    }
    lost = [row for row in rows(tmp_path, "rejected") if row["rule"] == "truncated"]
    kept = [row for row in rows(tmp_path, "dataset") if row["call"] in cut]
    assert {row["call"] for row in lost} == cut
    assert bool(kept) == bool(cut)


async def test_without_a_cap_of_tokens_they_get_what_the_limits_ask_for(
    tmp_path: Path, given: list[tuple[int, int]]
) -> None:
    await explored(
        tmp_path, Options(), {"strategy": "self-instruct", "records": 300, "max_calls": 80}
    )
    assert {room == longest for room, longest in given} == {True}


@pytest.mark.slow
async def test_near_a_cap_all_runs_are_alike(tmp_path: Path) -> None:
    chosen = {"strategy": "adaptive", **CAPPED}
    for parallel in (1, 16):
        await explored(
            tmp_path / str(parallel), Options(faults=LONG), {"parallel": parallel, **chosen}
        )
    for name in ("dataset", "rejected", "calls"):
        assert rows(tmp_path / "1", name) == rows(tmp_path / "16", name)


@pytest.mark.parametrize("asked", [1, 5, 20])
def test_the_limits_still_bound_what_a_planned_call_may_be_given(asked: int) -> None:
    domain: Domain = load_preset("rewriting")
    for longest in (record_tokens(asked, domain), subtask_tokens(asked, domain)):
        step: Any = {"room": 10**9}
        assert nodes.questions._room(step, longest) == longest
