"""What a run has spent, in its state: counted from the answers, and set against the caps."""

from collections.abc import Iterable, Mapping
from math import inf
from typing import Any

from asking.attempts import billed_calls, is_free
from asking.budget import Cost
from asking.meter import Price
from nodes.roles import Role
from nodes.settings import Settings
from nodes.state import RoleSpent, Spent

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


def cost_of_answers(answers: Iterable[Mapping[str, Any]], price: Price) -> Cost:
    """Return what answers cost, those that were lost before them included."""
    return cost_of(with_answers(NOTHING, answers, price))


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


def with_answers(
    spent: Spent, answers: Iterable[Mapping[str, Any]], price: Price, role: Role | None = None
) -> Spent:
    """Return what has been spent once these answers are counted, all from the model of a role.

    Without a role they are counted in all, but for none.
    """
    counted = list(answers)
    calls = sum(map(billed_calls, counted))
    prompt = sum(a["prompt_tokens"] + a["lost_prompt_tokens"] for a in counted)
    completion = sum(a["completion_tokens"] + a["lost_completion_tokens"] for a in counted)
    usd = price(prompt, completion)
    roles = spent.get("roles", {})
    if role and counted:
        own = RoleSpent(
            models=sorted({answer["model"] for answer in counted}),
            calls=calls,
            prompt_tokens=prompt,
            completion_tokens=completion,
            usd=usd,
        )
        roles = {**roles, role: _sum(roles[role], own) if role in roles else own}
    refused = [answer["refusal"] for answer in counted if is_free(answer)]
    left_out = {*spent["left_out"], *(name for a in counted for name in a["left_out"])}
    return Spent(
        calls=spent["calls"] + calls,
        lost_calls=spent["lost_calls"] + sum(answer["lost"] for answer in counted),
        estimated_calls=spent["estimated_calls"] + sum(a["estimated"] for a in counted),
        refused_calls=spent["refused_calls"] + len(refused),
        refusal=[spent["refusal"], *refused][-1],
        left_out=sorted(left_out),
        prompt_tokens=spent["prompt_tokens"] + prompt,
        completion_tokens=spent["completion_tokens"] + completion,
        usd=_plus(spent["usd"], usd),
        seconds=spent["seconds"],
        roles=roles,
    )


def _sum(one: RoleSpent, other: RoleSpent) -> RoleSpent:
    return RoleSpent(
        models=sorted({*one["models"], *other["models"]}),
        calls=one["calls"] + other["calls"],
        prompt_tokens=one["prompt_tokens"] + other["prompt_tokens"],
        completion_tokens=one["completion_tokens"] + other["completion_tokens"],
        usd=_plus(one["usd"], other["usd"]),
    )


def _plus(usd: float | None, more: float | None) -> float | None:
    """Return the sum of two prices, None where one is unknown."""
    return None if usd is None or more is None else usd + more


def _rest(cap: float | None, spent: float) -> float | None:
    return None if cap is None else max(0, round(cap - spent, 4))
