"""The settings of a run: the graph's context, the command line's options, config.yaml's keys.

Each is described in nodes/named.py; here stands what follows from them.
"""

from fractions import Fraction

from asking.budget import Caps
from models.prices import tokens_for
from nodes.named import MOST_RECORDS, Named
from nodes.roles import by_role
from search.estimate import Estimate
from search.limits import Limits
from search.schedule import Quota
from search.strategy import Known, Plan, Strategy
from search.table import STRATEGIES
from store.facts import Standards

PER_TASK = 10
"""Records for every task where neither these nor those in all are named."""

RECORDS = 500
"""Records in all where neither they nor a cap is named and the strategy has no end of its own."""

MOST_SUPERSTEPS = 10_000_000
"""A bound that no run reaches: caps and records end it."""

EMBEDDED_WINDOW, WINDOWS = 4, (16, 192)
"""The window where none is named: a longer one keeps more calls in flight, a shorter one shows each
call more of the records before it. A run of few calls gets a short one."""

SHARES = {"explore": 0.3, "write": 0.7}
SHARES_JUDGED = {"explore": 0.2, "write": 0.4, "judge": 0.4}
"""The shares of the tokens that the roles take, where dollars are turned into tokens."""

TRIES = 3
"""How many times a question is asked at most, until its answer can be read."""


class Settings(Named):
    """What steers a run. Every answer of the model follows from these, the domain and the seed."""

    @property
    def kind(self) -> type[Strategy]:
        """The strategy, not opened on anything yet."""
        return STRATEGIES[self.strategy]

    def search(self, known: Known) -> Strategy:
        """Return the strategy, opened on what is known."""
        return self.kind(known, self.plan)

    @property
    def limits(self) -> Limits:
        """How far the search goes."""
        return self.kind.limits(
            self.depth or len(self.breadth) or None, self.breadth, self.patience
        )

    @property
    def plan(self) -> Plan:
        """What the run wants of its strategy."""
        return Plan(
            self.limits,
            self.quota,
            frontier=self.frontier,
            writes=not self.tasks_only,
            seed=self.seed,
            calls=self.max_calls,
            tokens=self._tokens_at_most,
        )

    @property
    def _tokens_at_most(self) -> int | None:
        """The tokens that the caps allow, dollars turned into tokens; None without such a cap."""
        paid = None
        if self.max_usd is not None and self.model is not None:
            shares = SHARES_JUDGED if self.judge_model else SHARES
            asked = by_role(self)
            parts = [(shares[role], str(one.model), one.base_url) for role, one in asked.items()]
            paid = tokens_for(self.max_usd, parts)
        return min((cap for cap in (self.max_tokens, paid) if cap is not None), default=None)

    @property
    def caps(self) -> Caps:
        """What the run may spend."""
        return Caps(self.max_calls, self.max_tokens, self.max_usd)

    @property
    def is_capped(self) -> bool:
        """Whether something ends the run beside its own work: calls, tokens, dollars, time."""
        return self.caps != Caps() or self.max_minutes is not None

    @property
    def is_embedded(self) -> bool:
        """Whether the model that writes runs in this process."""
        return (self.write_model or self.model or "").partition(":")[0] == "embedded"

    @property
    def is_judged(self) -> bool:
        """Whether a judge looks at each record."""
        return self.judge_model is not None and not self.tasks_only

    @property
    def writes_apart(self) -> bool:
        """Whether an output is answered to its instruction by a call of its own.

        A small model answers better so: it is asked as it was trained to be.
        """
        return self.outputs == "apart" or (self.outputs is None and self.is_embedded)

    @property
    def judge_gives_reasons(self) -> bool:
        """Whether the judge writes a reason before each verdict; a small model judges worse so."""
        return (self.judge_model or "").partition(":")[0] != "embedded"

    @property
    def window_size(self) -> int:
        """Calls that may be planned before the first of them was admitted."""
        if self.window or self.is_embedded:
            return self.window or EMBEDDED_WINDOW
        shortest, longest = WINDOWS
        return min(longest, max(shortest, self.expected.record_calls // 3))

    @property
    def window_step(self) -> int:
        """Calls admitted together in one superstep: an eighth of the window."""
        return max(1, self.window_size // 8)

    @property
    def quota(self) -> Quota:
        """What every task is to have."""
        per_call = self.per_call or (1 if self.is_embedded or self.reasoning else 5)
        if self.kind.is_open_ended:
            total = self.records or (None if self.is_capped else RECORDS)
            each = self.per_task or MOST_RECORDS
        else:
            total, tasks = self.records, self.kind.tasks_in_one(self.limits)
            each = self.per_task * tasks if self.per_task else total or PER_TASK * tasks
        return Quota(
            each,
            per_call,
            self.dry_calls,
            total,
            is_judged=self.is_judged,
            is_apart=self.writes_apart,
        )

    @property
    def expected(self) -> Estimate:
        """What the run takes when every task reaches its breadth and its quota."""
        return self.kind.estimate(self.plan)

    @property
    def standards(self) -> Standards:
        """What admission compares by."""
        exact = Fraction(str(self.threshold))
        return Standards(exact, self.scope, self.saturation, self.semantic_threshold)

    @property
    def most_supersteps(self) -> int:
        """A bound on the graph's supersteps that no run of these settings reaches."""
        if self.kind.is_open_ended:
            return MOST_SUPERSTEPS
        tasks = self.limits.most_tasks()
        widest = max(self.limits.breadth)
        records = self.records or tasks * (self.per_task or PER_TASK)
        calls = (records + tasks) * (self.dry_calls + 1)
        return 100 + 3 * (tasks * (widest + 1) * (self.patience + 1) + calls)
