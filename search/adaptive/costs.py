"""What calls cost in tokens, by what they cost so far, and how much may still go into names."""

from collections.abc import Iterable
from dataclasses import dataclass

from search.schedule import Quota
from search.step import Step
from search.strategy import Known, Plan
from store.facts import Paid

NAME = 32
"""Tokens of a name in an answer."""

CALL, RECORD, VERDICT, OUTPUT = 900, 240, 750, 150
"""Tokens of a call beside what it brings, of a record in an answer, of a call that judges it, and
of what one for its output alone takes in addition, before any was paid."""

PRIOR_CALLS = 3
"""Calls that these count for."""

NAMES_SHARE = 0.3
"""The share of a run's tokens, and of its calls, that may go into names."""

SOON = 100
"""Records that a run counts on at least where it cannot be known how many tokens it will take."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Tokens of a call for names beside its names, and of a record with its share of the call."""

    call: float
    record: float

    def of(self, asked: int) -> float:
        """Return the tokens of a call for so many names."""
        return self.call + NAME * asked


def costs_of(names: Paid, records: Paid, quota: Quota) -> Costs:
    """Return what calls cost, from what they cost so far; a record's verdict is part of it."""
    beside = max(0, names.tokens - NAME * names.asked)
    written = PRIOR_CALLS * quota.per_call
    record = RECORD + VERDICT * quota.is_judged + OUTPUT * quota.is_apart
    return Costs(
        (beside + CALL * PRIOR_CALLS) / (names.calls + PRIOR_CALLS),
        (records.tokens + CALL * PRIOR_CALLS + record * written) / (records.asked + written),
    )


class Purse:
    """What may still go into names: the smallest of what the caps and the records wanted leave.

    Where only names are wanted, a cap is theirs alone; where records are to follow, `NAMES_SHARE`
    of it. Where only time or money ends the run, it is a share of what the run took so far.
    """

    def __init__(self, known: Known, plan: Plan, pending: Iterable[Step]) -> None:
        paid = known.names_paid
        self._plan = plan
        self._costs = costs_of(paid, known.records_paid, plan.quota)
        self._tokens, self._calls = float(paid.tokens), paid.calls
        self._written = known.records_paid.tokens
        for step in pending:
            if step.operation != "generate":
                self.pay(step.asked)

    def pay(self, asked: int) -> None:
        """Take out a call for so many names."""
        self._tokens += self._costs.of(asked)
        self._calls += 1

    @property
    def spent(self) -> float:
        """The share of what may go into names that went into them: 1 and more is all."""
        return max(self._of_caps, self._of_records)

    @property
    def is_empty(self) -> bool:
        """Whether nothing may go into names. A cap that is theirs alone ends the run, not them."""
        return (self.spent if self._plan.writes else self._of_records) >= 1

    @property
    def _of_caps(self) -> float:
        plan, share = self._plan, NAMES_SHARE if self._plan.writes else 1.0
        tokens = self._tokens / (share * plan.tokens) if plan.tokens is not None else 0.0
        calls = self._calls / (share * plan.calls) if plan.calls is not None else 0.0
        return max(tokens, calls)

    @property
    def _of_records(self) -> float:
        plan, record = self._plan, self._costs.record
        if plan.quota.total is not None:
            whole = self._tokens + record * plan.quota.total
        elif plan.writes and plan.tokens is plan.calls is None:
            whole = max(self._tokens + self._written, record * SOON)
        else:
            return 0.0
        return self._tokens / (NAMES_SHARE * whole)
