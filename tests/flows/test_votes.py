"""Votes on final answers, and two outputs of which the judge picks one: whole runs."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from graph.local import open_run
from nodes.settings import Settings
from prompts.domain import Domain, load_preset
from simulator import Options
from simulator.truth import is_wrong
from tests.simulated import served

MATHS = load_preset("math")
FILES = ("dataset.jsonl", "rejected.jsonl", "calls.jsonl")


def voting(votes: int | None) -> Domain:
    return MATHS.model_copy(update={"checks": MATHS.checks.model_copy(update={"agreement": votes})})


async def run(
    folder: Path, domain: Domain, options: Options, settings: Mapping[str, Any]
) -> dict[str, Any]:
    async with served(options) as server:
        named = {"model": "openai:m", "base_url": server.url, "strategy": "adaptive", **settings}
        async with open_run(folder, Settings.model_validate(named)) as opened:
            await opened.go(domain, lambda _: None, lambda _: None)
        return await server.counts()


def rows(folder: Path, name: str = "dataset.jsonl") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]


def wrong(kept: list[dict[str, Any]]) -> float:
    return sum(is_wrong(row["instruction"], row["output"]) for row in kept) / len(kept)


def test_the_majority_decides_and_its_first_output_is_kept(tmp_path: Path) -> None:
    options, settings = Options(wrong=0.3), {"records": 60, "parallel": 8}
    for votes in (None, 3):
        asyncio.run(run(tmp_path / str(votes), voting(votes), options, settings))
    alone, agreed = rows(tmp_path / "None"), rows(tmp_path / "3")
    assert len(alone) == len(agreed) == 60
    assert wrong(agreed) < wrong(alone) / 1.5
    refused = [row for row in rows(tmp_path / "3", "rejected.jsonl") if row["rule"] == "disagree"]
    assert refused
    assert refused[0]["why"] == "no final answer has more than half of 3 votes"
    asked = [row["operation"] for row in rows(tmp_path / "3", "calls.jsonl")]
    assert asked.count("vote") >= 2 * (60 + len(refused))


@pytest.mark.parametrize("parallel", [1, 16])
def test_votes_do_not_depend_on_arrival(tmp_path: Path, parallel: int) -> None:
    options = Options(wrong=0.3, latency_s=0.001, sigma=1.0)
    for name, calls in (("one", 4), ("other", parallel)):
        settings = {"records": 25, "parallel": calls, "max_tokens": 400_000}
        asyncio.run(run(tmp_path / name, voting(3), options, settings))
    for name in FILES:
        one, other = ((tmp_path / run_ / name).read_bytes() for run_ in ("one", "other"))
        assert one == other, name


def test_of_two_outputs_the_better_is_kept_and_the_other_beside_it(tmp_path: Path) -> None:
    domain = load_preset("rewriting").model_copy(update={"alternatives": 2})
    options = Options(wrong=0.4)
    settings = {"records": 40, "parallel": 8, "judge_model": "openai:judge"}
    asyncio.run(run(tmp_path / "run", domain, options, settings))
    kept = rows(tmp_path / "run")
    pairs = [row for row in kept if "rejected_output" in row]
    assert len(kept) == 40
    assert wrong(kept) == 0
    assert len(pairs) > 10
    for row in pairs:
        assert row["score"] > row["rejected_score"]
        assert row["rejected_output"] != row["output"]
        assert is_wrong(row["instruction"], row["rejected_output"])


@pytest.mark.slow
def test_a_cap_holds_with_votes_and_alternatives(tmp_path: Path) -> None:
    domain = voting(5).model_copy(update={"alternatives": 2})
    for cap in ({"max_calls": 70}, {"max_tokens": 300_000}):
        settings = {"records": 300, "parallel": 8, "judge_model": "openai:judge", "revise": True}
        folder = tmp_path / next(iter(cap))
        counts = asyncio.run(run(folder, domain, Options(wrong=0.3), {**settings, **cap}))
        assert counts["answered"] <= cap.get("max_calls", counts["answered"])
        tokens = counts["prompt_tokens"] + counts["completion_tokens"]
        assert tokens <= cap.get("max_tokens", tokens)
        assert rows(folder)
