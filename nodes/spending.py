"""What a run has spent, in its state: counted from the answers, and set against the caps."""

from collections.abc import Iterable, Mapping
from math import inf
from typing import Any

from asking.attempts import billed_calls, is_free
from asking.budget import Cost
from asking.meter import Price
from nodes.settings import Settings
from nodes.state import Spent

NOTHING = Spent(
    calls=0,
    lost_calls=0,
    estimated_calls=0,
    refused_calls=0,
    refusal="",
    left_out=[],
    prompt_tokens=0,
    completion_tokens=0,
    usd=0.0,
    seconds=0.0,
)


def cost_of(spent: Spent) -> Cost:
    """Return what was spent as a cost; an unknown price counts as nothing."""
    tokens = spent["prompt_tokens"], spent["completion_tokens"]
    return Cost(spent["calls"], *tokens, spent["usd"] or 0.0)


def seconds_left(settings: Settings, spent: Spent) -> float:
    """Return the seconds until the run's time is over; infinite where it has no limit."""
    minutes = settings.max_minutes
    return inf if minutes is None else 60 * minutes - spent["seconds"]


def budget_left(settings: Settings, spent: Spent) -> dict[str, float | None]:
    """Return what the caps leave to spend; None where there is no cap."""
    cost = cost_of(spent)
    return {
        "calls": _rest(settings.max_calls, cost.calls),
        "tokens": _rest(settings.max_tokens, cost.tokens),
        "usd": _rest(settings.max_usd, cost.usd),
        "minutes": _rest(settings.max_minutes, spent["seconds"] / 60),
    }


def with_answers(spent: Spent, answers: Iterable[Mapping[str, Any]], price: Price) -> Spent:
    """Return what has been spent once these answers are counted."""
    counted = list(answers)
    prompt = sum(a["prompt_tokens"] + a["lost_prompt_tokens"] for a in counted)
    completion = sum(a["completion_tokens"] + a["lost_completion_tokens"] for a in counted)
    usd = price(prompt, completion)
    refused = [answer["refusal"] for answer in counted if is_free(answer)]
    left_out = {*spent["left_out"], *(name for a in counted for name in a["left_out"])}
    return Spent(
        calls=spent["calls"] + sum(map(billed_calls, counted)),
        lost_calls=spent["lost_calls"] + sum(answer["lost"] for answer in counted),
        estimated_calls=spent["estimated_calls"] + sum(a["estimated"] for a in counted),
        refused_calls=spent["refused_calls"] + len(refused),
        refusal=[spent["refusal"], *refused][-1],
        left_out=sorted(left_out),
        prompt_tokens=spent["prompt_tokens"] + prompt,
        completion_tokens=spent["completion_tokens"] + completion,
        usd=None if usd is None or spent["usd"] is None else spent["usd"] + usd,
        seconds=spent["seconds"],
    )


def _rest(cap: float | None, spent: float) -> float | None:
    return None if cap is None else max(0, round(cap - spent, 4))
