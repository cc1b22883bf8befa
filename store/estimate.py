"""What a run will take, before it starts: tasks, records and calls when nothing goes wrong."""

from dataclasses import dataclass
from functools import cache
from math import comb

from store.schedule import Quota
from store.search import Limits

KEPT_SHARE = 0.9
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
    records = tasks * quota.records if quota.total is None else quota.total
    rounds = 0
    level = 1
    for breadth in limits.breadth[: limits.depth]:
        rounds += level * (1 if breadth == 1 else 2)
        level *= breadth
    asked = min(tasks, records)
    calls = asked * expected_calls(quota.per_call, round(records / asked))
    return Estimate(
        tasks,
        records if writes else 0,
        rounds if explores else 0,
        round(calls) if writes else 0,
    )


_known: dict[int, list[float]] = {}


def expected_calls(per_call: int, records: int) -> float:
    """Return how many calls bring so many records, each kept with the usual share.

    A call asks for what is missing, `per_call` at most. With k of a records kept in a call with
    probability P(k) (binomial), E(n) = (1 + sum over k >= 1 of P(k)·E(n-k)) / (1 - P(0)).
    """
    known = _known.setdefault(per_call, [0.0])
    for missing in range(len(known), records + 1):
        asked = min(per_call, missing)
        shares = _kept_shares(asked)
        further = sum(shares[k] * known[missing - k] for k in range(1, asked + 1))
        known.append((1 + further) / (1 - shares[0]))
    return known[records]


@cache
def _kept_shares(asked: int) -> list[float]:
    """Return with what probability k of the records asked for are kept, by k."""
    share = KEPT_SHARE
    return [comb(asked, k) * share**k * (1 - share) ** (asked - k) for k in range(asked + 1)]
