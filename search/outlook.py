"""What an open-ended run will come to, by whichever limit ends it first."""

from dataclasses import dataclass, field
from math import ceil

from search.costs import NAMES_SHARE, Costs, costs_of
from search.estimate import Estimate
from search.limits import NO_LIMIT
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
    costs = costs_of(made.names_paid, made.records_paid, plan.quota.per_call)
    left, share = _tokens_left(plan, made, costs), names_left * NAMES_SHARE
    calls = ceil((share if plan.writes else names_left) * left / costs.of(NAMES))
    records = left / costs.record if plan.writes else 0.0
    if plan.quota.total is None:
        records *= 1 - share
    most = plan.limits.most_tasks() if plan.limits.breadth else NO_LIMIT
    tasks = min(max(most, made.tasks), made.tasks + NEW * calls)
    writing = ceil(records / plan.quota.per_call)
    return Estimate(tasks, made.records + round(records), calls, writing)


def _tokens_left(plan: Plan, made: Made, costs: Costs) -> float:
    names, records, quota = made.names_paid, made.records_paid, plan.quota
    limits: list[float] = []
    if plan.tokens is not None:
        limits.append(plan.tokens - names.tokens - records.tokens)
    if plan.calls is not None:
        calls = plan.calls - names.calls - records.calls
        limits.append(calls * quota.per_call * costs.record)
    if quota.total is not None or not limits:
        limits.append(((quota.total or UNLIMITED) - made.records) * costs.record)
    return max(0.0, min(limits))
