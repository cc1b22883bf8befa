"""What an open-ended run will come to, by whichever limit ends it first."""

from dataclasses import dataclass, field, replace
from math import ceil

from search.adaptive.costs import NAMES_SHARE, Costs, costs_of
from search.estimate import Estimate, passing_share
from search.limits import NO_LIMIT
from search.schedule import Quota
from search.strategy import Plan
from store.facts import Paid

NAMES, NEW = 8, 6
"""Names that a call asks for, and how many of them are new, as a rule."""

UNLIMITED = 500
"""Records that an estimate goes by where only time or money ends the run."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a run has made and paid so far."""

    tasks: int = 1
    records: int = 0
    names_paid: Paid = field(default_factory=Paid)
    records_paid: Paid = field(default_factory=Paid)


def outlook(plan: Plan, made: Made, names_left: float = 1.0) -> Estimate:
    """Return the expected size of a run; `names_left` is the share left of what names may take."""
    quota, costs = plan.quota, costs_of(made.names_paid, made.records_paid, plan.quota)
    passing = _passing(made, quota)
    left, share = _tokens_left(plan, made, costs), names_left * _share(plan)
    calls = min(ceil(share * left / costs.of(NAMES)), _most_calls(plan, made, share))
    most = plan.limits.most_tasks() if plan.limits.breadth else NO_LIMIT
    tasks = min(max(most, made.tasks), made.tasks + NEW * calls)
    if not plan.writes:
        return Estimate(tasks, made.records, calls, 0)
    if quota.total is None:
        left = max(0.0, left - calls * costs.of(NAMES))
    records = min(round(left / costs.record), tasks * quota.records - made.records)
    if plan.calls is not None:
        proposed = _proposed_in(_calls_left(plan.calls, made) - calls, quota)
        records = min(records, int(passing * proposed))
    records = max(0, records)
    proposed = ceil(records / passing)
    writing = ceil(proposed / quota.per_call) + proposed * quota.is_apart
    judging = proposed * quota.is_judged
    return Estimate(tasks, made.records + records, calls, writing, judging)


def _passing(made: Made, quota: Quota) -> float:
    """Return the share of proposed records that a judge leaves; without one, all are counted on."""
    rejected = max(0, made.records_paid.asked - made.records)
    return passing_share(made.records, rejected) if quota.is_judged else 1.0


def _proposed_in(calls: int, quota: Quota) -> int:
    """Return how many records so many calls propose, those about each record among them."""
    return calls * quota.per_call // quota.calls_in_turn


def _share(plan: Plan) -> float:
    """Return the share of what is left that names may take."""
    is_capped = plan.tokens is not None or plan.calls is not None
    return 1.0 if is_capped and not plan.writes else NAMES_SHARE


def _most_calls(plan: Plan, made: Made, share: float) -> int:
    """Return how many calls for names the limits and a cap of calls leave."""
    most = NO_LIMIT
    if plan.calls is not None:
        most = ceil(share * _calls_left(plan.calls, made))
    if plan.limits.breadth:
        inner = replace(plan.limits, depth=plan.limits.depth - 1).most_tasks()
        most = min(most, inner - made.names_paid.calls)
    return max(0, most)


def _calls_left(cap: int, made: Made) -> int:
    return max(0, cap - made.names_paid.calls - made.records_paid.calls)


def _tokens_left(plan: Plan, made: Made, costs: Costs) -> float:
    names, records, quota = made.names_paid, made.records_paid, plan.quota
    limits: list[float] = []
    if plan.tokens is not None:
        limits.append(plan.tokens - names.tokens - records.tokens)
    if plan.calls is not None:
        limits.append(_proposed_in(_calls_left(plan.calls, made), quota) * costs.record)
    if quota.total is not None or not limits:
        limits.append(((quota.total or UNLIMITED) - made.records) * costs.record)
    return max(0.0, min(limits))
