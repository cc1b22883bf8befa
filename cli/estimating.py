"""`run --dry-run`: what a run will take, in words or as JSON."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from cli.pace import time_of
from models.prices import USUAL_CALL, cost_usd
from nodes.roles import by_role
from nodes.settings import Settings
from search.estimate import Estimate
from words import several


def estimate_text(
    settings: Settings, expected: Estimate, runs: Iterable[Path] = (), *, as_json: bool
) -> str:
    """Say what the run takes when every task reaches its breadth and its quota.

    Of a strategy without an end of its own it is what the caps and the records wanted come to.
    `runs` are folders of runs that are asked first how long a call takes.
    """
    prompt, answers = (tokens * expected.calls for tokens in USUAL_CALL)
    usd = _price(settings, expected)
    time = time_of(settings, expected.calls, prompt + answers, runs)
    at_most = {**asdict(settings.caps), "minutes": settings.max_minutes}
    result = {
        "model": settings.model,
        "roles": {role: asked.model for role, asked in by_role(settings).items()},
        "tasks": expected.tasks,
        "records": expected.records,
        "calls": expected.calls,
        "tokens": prompt + answers,
        "usd": usd,
        "time": asdict(time),
        "at_most": at_most,
    }
    if as_json:
        return json.dumps(result)
    price = "at an unknown price" if usd is None else f"about {usd:.2f} USD"
    most = ", ".join(f"{cap:,} {what}" for what, cap in at_most.items() if cap is not None)
    size = "about" if settings.kind.is_open_ended else "up to"
    return (
        f"{size} {several(expected.tasks, 'task')} and {several(expected.records, 'record')} from "
        f"{' and '.join(_models(settings))}: about "
        f"{several(expected.calls, 'call')} ({expected.explore_calls:,} to explore), "
        f"{prompt + answers:,} tokens, {price}, {time}; "
        f"{f'stops at {most}' if most else 'no cap is set'}"
    )


def _price(settings: Settings, expected: Estimate) -> float | None:
    """Return the dollars that usual calls take, each role's at its own price."""
    calls = {"explore": expected.explore_calls, "write": expected.record_calls}
    prompt, answer = USUAL_CALL
    prices = [
        cost_usd(str(asked.model), calls[role] * prompt, calls[role] * answer, asked.base_url)
        for role, asked in by_role(settings).items()
    ]
    known = [price for price in prices if price is not None]
    return sum(known) if len(known) == len(prices) else None


def _models(settings: Settings) -> list[str]:
    """Return the models that are asked, each once, the one that explores first."""
    return list(dict.fromkeys(str(asked.model) for asked in by_role(settings).values()))
