"""No cap is ever passed: what the provider billed, as the simulator counted it, stays below.

Billed is every answer that was made: those that came whole, however spoilt, and those that were
lost on their way. Faults are any but `huge`, an answer longer than the `max_tokens` asked for,
which no client can foresee.
"""

import asyncio
import json
import os
from pathlib import Path
from random import Random
from typing import Any, get_args

import pytest

from asking.budget import Cost
from errors import RunError
from graph.local import open_run
from models.prices import cost_usd
from nodes.settings import Settings
from prompts.domain import load_preset
from search.table import STRATEGIES
from simulator import Options
from simulator.faults import Fault
from tests.simulated import served

TRIALS = int(os.environ.get("CAPS_TRIALS", "12"))
MODEL = "openai:gpt-4o-mini"
"""Named for its price: dollars are capped at list prices."""
DEAR = "openai:gpt-4o"
"""A model that costs many times more."""
FAULTS = [fault for fault in get_args(Fault) if fault != "huge"]
LOST = {"cut": 0.25, "timeout": 0.25}
"""Faults that lose an answer which is billed strike more often than the others."""
RESUMED = 3
"""How often a run that the endpoint refused is gone on with."""


def drawn_options(draw: Random) -> Options:
    struck = draw.sample(FAULTS, draw.randint(0, 5))
    return Options(
        seed=draw.randrange(1000),
        retry_after_s=0.001,
        hang_s=0.001,
        repetition=draw.choice([0, 0.1, 0.5]),
        faults={fault: draw.uniform(0, LOST.get(fault, 0.15)) for fault in struck},
        wrong=draw.choice([0, 0.3]),
        specificity=draw.choice([1, 0.7]),
    )


def drawn_settings(draw: Random) -> Settings:
    caps: dict[str, Any] = {
        "max_calls": draw.randint(1, 40),
        "max_tokens": int(10 ** draw.uniform(3, 5)),
        "max_usd": 10 ** draw.uniform(-3.7, -2),
    }
    named = draw.sample(sorted(caps), draw.randint(1, 3))
    limits: dict[str, Any] = {"depth": 2, "breadth": (draw.randint(2, 5), draw.randint(1, 3))}
    wanted = {"per_task": draw.randint(1, 6), "records": draw.randint(1, 100)}
    limited = draw.sample(sorted(limits), draw.choice([0, 2, 2]))
    strategy = draw.choice(sorted(STRATEGIES))
    return Settings(
        model=MODEL,
        per_call=draw.randint(1, 5),
        parallel=draw.choice([1, 4, 16]),
        frontier=draw.randint(1, 6),
        strategy=strategy,
        seed=draw.randrange(1000),
        tasks_only=strategy != "self-instruct" and draw.random() < 0.1,
        **{role: DEAR for role in ("explore_model", "write_model") if draw.random() < 0.3},
        judge_model=draw.choice([None, MODEL, DEAR, DEAR]),
        revise=draw.random() < 0.5,
        outputs=draw.choice([None, "apart"]),
        **{name: caps[name] for name in named},
        **{name: limits[name] for name in limited},
        **{name: wanted[name] for name in draw.sample(sorted(wanted), draw.randint(0, 2))},
    )


def billed(counts: dict[str, Any]) -> Cost:
    prompt = counts["prompt_tokens"] + counts["lost_prompt_tokens"]
    completion = counts["completion_tokens"] + counts["lost_completion_tokens"]
    prices = [
        cost_usd(f"openai:{model}", tokens, counts["billed_answers"][model])
        for model, tokens in counts["billed_prompts"].items()
    ]
    usd = sum(price for price in prices if price is not None)
    assert None not in prices
    return Cost(counts["answered"] + counts["lost"], prompt, completion, usd)


def answered(folder: Path) -> int:
    """Return how many planned calls were admitted: what was asked about their records is none."""
    rows = [json.loads(line) for line in (folder / "calls.jsonl").read_text().splitlines()]
    return sum(row["operation"] not in {"judge", "revise", "answer"} for row in rows)


async def spend(
    folder: Path, settings: Settings, options: Options, patch: pytest.MonkeyPatch
) -> Cost:
    """Run until its end, gone on with where it was refused; return what the provider billed.

    A run that ends has no call left that was planned and not admitted.
    """
    async with served(options) as server:
        patch.setenv("OPENAI_BASE_URL", server.url)
        for _ in range(RESUMED):
            try:
                async with open_run(folder, settings) as run:
                    ended = await run.go(load_preset("rewriting"), lambda _: None, lambda _: None)
                assert (ended["planned"], ended["calls_planned"]) == ([], answered(folder))
                break
            except RunError:
                continue
        return billed(await server.counts())


@pytest.mark.parametrize("trial", range(TRIALS))
def test_what_was_billed_is_below_every_cap(
    trial: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    draw = Random(trial)
    settings, options = drawn_settings(draw), drawn_options(draw)
    cost = asyncio.run(spend(tmp_path, settings, options, monkeypatch))
    assert settings.caps.passed_by(cost) is None, (settings.caps, cost, options.faults)
