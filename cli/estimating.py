"""`run --dry-run`: what a run will take, in words or as JSON."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cli.pace import time_of
from models.prices import USUAL_CALL, USUAL_VERDICT, cost_usd
from nodes.roles import ROLES, Role, by_role
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
    effort = effort_of(settings, expected)
    calls, tokens, usd = effort["calls_by_role"], effort["tokens"], effort["usd"]
    time = time_of(settings, expected.calls, tokens, runs)
    at_most = {**asdict(settings.caps), "minutes": settings.max_minutes}
    if as_json:
        roles = {role: asked.model for role, asked in by_role(settings).items()}
        told = {"model": settings.model, "roles": roles, **effort, "time": asdict(time)}
        return json.dumps(told | {"at_most": at_most})
    price = "at an unknown price" if usd is None else f"about {usd:.2f} USD"
    most = ", ".join(f"{cap:,} {what}" for what, cap in at_most.items() if cap is not None)
    size = "about" if settings.kind.is_open_ended else "up to"
    return (
        f"{size} {several(expected.tasks, 'task')} and {several(expected.records, 'record')} from "
        f"{' and '.join(models_of(settings))}: about "
        f"{several(expected.calls, 'call')} ({expected.explore_calls:,} to explore"
        + (f", {expected.judge_calls:,} to judge" if "judge" in calls else "")
        + f"), {tokens:,} tokens, {price}, {time}; "
        f"{f'stops at {most}' if most else 'no cap is set'}"
    )


def effort_of(settings: Settings, expected: Estimate) -> dict[str, Any]:
    """Return what a run brings and takes: tasks, records, calls, tokens, and dollars, if known."""
    calls = _calls(settings, expected)
    return {
        "tasks": expected.tasks,
        "records": expected.records,
        "calls": expected.calls,
        "calls_by_role": calls,
        "tokens": sum(count * sum(_usual(role)) for role, count in calls.items()),
        "usd": _price(settings, calls),
    }


def _calls(settings: Settings, expected: Estimate) -> dict[Role, int]:
    """Return the calls to each role that is asked."""
    calls = expected.explore_calls, expected.record_calls, expected.judge_calls
    asked = by_role(settings)
    return {role: count for role, count in zip(ROLES, calls, strict=True) if role in asked}


def _usual(role: Role) -> tuple[int, int]:
    """Return the tokens of the prompt and of the answer of a usual call to the role."""
    return USUAL_VERDICT if role == "judge" else USUAL_CALL


def _price(settings: Settings, calls: Mapping[Role, int]) -> float | None:
    """Return the dollars that usual calls take, each role's at its own price."""
    prices = []
    for role, asked in by_role(settings).items():
        prompts, answers = (calls[role] * tokens for tokens in _usual(role))
        prices.append(cost_usd(str(asked.model), prompts, answers, asked.base_url))
    known = [price for price in prices if price is not None]
    return sum(known) if len(known) == len(prices) else None


def models_of(settings: Settings) -> list[str]:
    """Return the models that are asked, each once, the one that explores first."""
    return list(dict.fromkeys(str(asked.model) for asked in by_role(settings).values()))
