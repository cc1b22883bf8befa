"""Estimates of a run: tasks, records and calls.

A small share of what is proposed is rejected and asked for again. Faults of the endpoint,
unreadable answers and revisions are not foreseen, nor what a judge turns down before it has judged.
The caps say what a run may take at most.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from math import ceil, comb
from typing import TYPE_CHECKING

from search.limits import Limits
from search.schedule import Quota
from store.facts import Progress

if TYPE_CHECKING:  # networkx takes a fifth of a second
    from store.tree import TaskTree

Asking = Callable[[int, int, float], float]
"""From a task's breadth, the subtasks that it has, and the share of proposals that is kept, to the
calls that bring it the rest."""

KEPT_SHARE = 0.95
"""The share of proposed subtasks and records that is usually kept."""

SEEDS = 2
"""Subtasks of the root that the domain names, so that no call asks for them."""

JUDGED = 20
"""Records that count as kept beside a judged run's own, before these tell what is turned down."""

STEADY = 300
"""Records from which on a further one takes as much of a call as any other, very nearly."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The size of a run whose tasks all reach their breadth and their quota, and its calls."""

    tasks: int
    records: int
    explore_calls: int
    record_calls: int
    judge_calls: int = 0

    @property
    def calls(self) -> int:
        """Calls to all models, for subtasks, for records and for verdicts on them."""
        return self.explore_calls + self.record_calls + self.judge_calls


def estimate(
    limits: Limits, quota: Quota, *, grows: bool, writes: bool, asking: Asking
) -> Estimate:
    """Return the estimate for a run that grows a tree, writes records, or both."""
    growth = Growth(limits.most_tasks() - 1, explore_calls(limits, asking)) if grows else Growth()
    return estimate_rest([Progress()], growth, quota, writes=writes)


@dataclass(frozen=True, slots=True)
class Growth:
    """What a tree is still expected to get: tasks, and the calls that ask for them."""

    tasks: int = 0
    calls: float = 0.0


def growth_left(
    tree: "TaskTree", missing: Callable[[str], int], limits: Limits, asking: Asking
) -> Growth:
    """Return the growth of a tree whose every task gets the subtasks that it is missing.

    A closed task gets no further subtasks, whatever it lacks.
    """
    tasks, calls = 0, 0.0
    for task in tree.preorder():
        if lacking := missing(task):
            have, below = len(tree.children(task)), limits.below(tree.task(task).depth + 1)
            tasks += lacking * below.most_tasks()
            calls += asking(have + lacking, have, KEPT_SHARE)
            calls += lacking * explore_calls(below, asking, given=0)
    return Growth(tasks, calls)


def estimate_rest(
    progress: Collection[Progress], growth: Growth, quota: Quota, *, writes: bool
) -> Estimate:
    """Return the expected size of a run from its current state, and the calls still to come.

    `progress` are the facts of the tasks that exist, `growth` what the tree is still to get.
    """
    kept, tasks = sum(one.kept for one in progress), len(progress) + growth.tasks
    if quota.total is None:
        records = sum(max(one.kept, quota.records) for one in progress)
        records += growth.tasks * quota.records
        lacking = growth.tasks * quota.records
        lacking += sum(
            max(0, quota.records - one.kept) for one in progress if one.dry < quota.dry_calls
        )
    else:
        records = max(kept, quota.total)
        lacking = records - kept
    share = KEPT_SHARE
    if quota.is_judged:
        share = passing_share(kept, sum(one.rejected for one in progress))
    writing = expected_calls(quota.per_call, lacking, share)
    proposed = lacking / share
    writing += proposed * quota.is_apart
    judging = proposed * quota.is_judged
    if not writes:
        records, writing, judging = kept, 0, 0
    return Estimate(tasks, records, round(growth.calls), round(writing), round(judging))


def passing_share(kept: int, rejected: int) -> float:
    """Return the share of a judged run's proposals that is likely to be kept, by those so far."""
    return min(KEPT_SHARE, round((kept + JUDGED) / (kept + rejected + JUDGED), 2))


def explore_calls(
    limits: Limits, asking: Asking, share: float = KEPT_SHARE, given: int = SEEDS
) -> float:
    """Return how many calls a tree takes of which every task reaches its breadth.

    `given` are the subtasks that its root has already.
    """
    calls, level = 0.0, 1
    for breadth in limits.breadth[: limits.depth]:
        calls += level * asking(breadth, given, share)
        level *= breadth
        given = 0
    return calls


def expected_calls(per_call: int, wanted: int, share: float = KEPT_SHARE) -> float:
    """Return how many calls bring so much, each proposal kept with the probability `share`.

    A call asks for what is missing, `per_call` at most. With k of a proposals kept in a call with
    probability P(k) (binomial), E(n) = (1 + sum over k >= 1 of P(k)·E(n-k)) / (1 - P(0)), which
    comes to grow by 1 / (per_call · share) for each further one (the renewal theorem).
    """
    near = min(wanted, STEADY)
    known = _known.setdefault((per_call, share), [0.0])
    for missing in range(len(known), near + 1):
        asked = min(per_call, missing)
        shares = _kept_shares(asked, share)
        further = sum(shares[k] * known[missing - k] for k in range(1, asked + 1))
        known.append((1 + further) / (1 - shares[0]))
    return known[near] + (wanted - near) / (per_call * share)


_known: dict[tuple[int, float], list[float]] = {}


def half_first(breadth: int, given: int, share: float) -> float:
    """Return how many calls bring a task the subtasks that it is not given, half of them first.

    A lookahead asks for the first half, backtracking for whatever is missing then, until it is
    there.
    """
    given = min(given, breadth)
    first = max(0, ceil(breadth / 2) - given)
    shares = _kept_shares(first, share)
    missing = (breadth - given - kept for kept in range(first + 1))
    rest = (expected_calls(breadth, count, share) for count in missing)
    return (first > 0) + sum(p * calls for p, calls in zip(shares, rest, strict=True))


@cache
def _kept_shares(asked: int, share: float) -> list[float]:
    """Return with what probability k of the proposals asked for are kept, by k."""
    return [comb(asked, k) * share**k * (1 - share) ** (asked - k) for k in range(asked + 1)]
