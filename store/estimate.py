"""What a run will take, before it starts: tasks, records and calls when nothing goes wrong."""

from dataclasses import dataclass
from math import ceil

from store.schedule import Quota
from store.search import Limits

KEPT_SHARE = 0.8
"""The share of proposed records that is usually kept; the rest is asked for again."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Figures for a run whose every task reaches its breadth and its quota."""

    tasks: int
    records: int
    explore_calls: int
    record_calls: int

    @property
    def calls(self) -> int:
        """Calls to the model, exploration and generation together."""
        return self.explore_calls + self.record_calls


def estimate(limits: Limits, quota: Quota, *, explores: bool, writes: bool) -> Estimate:
    """Return the estimate for a run that explores a tree, writes records, or both."""
    tasks = limits.most_tasks() if explores else 1
    records = tasks * quota.records if writes else 0
    rounds = 0
    level = 1
    for breadth in limits.breadth[: limits.depth]:
        rounds += level * (1 if breadth == 1 else 2)
        level *= breadth
    per_task = ceil(quota.records / (quota.per_call * KEPT_SHARE))
    return Estimate(tasks, records, rounds if explores else 0, tasks * per_task if writes else 0)
