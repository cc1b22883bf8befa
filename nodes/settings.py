"""The settings of a run: the graph's context, the command line's options, config.yaml's keys.

Each setting is described once, here: with its default, its bounds, what it does, and the nodes that
Studio shows it at. The command line's options and Studio's form are made from this.
"""

from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from asking.budget import Caps
from models.prices import tokens_for
from nodes.fields import ASKING, further_body, name_all, present_strategy, prompt, setting
from nodes.roles import by_role
from search.estimate import Estimate
from search.limits import Limits
from search.schedule import Quota
from search.strategy import Known, Plan, Strategy
from search.table import DEFAULT, STRATEGIES
from store.facts import Standards

PER_TASK = 10
"""Records for every task where neither these nor those in all are named."""

RECORDS, MOST_RECORDS = 500, 1_000_000
"""Records in all where neither they nor a cap is named and the strategy has no end of its own, and
the most that anybody may name."""

MOST_SUPERSTEPS = 10_000_000
"""A bound that no run reaches: caps and records end it."""

EMBEDDED_WINDOW, WINDOWS = 4, (16, 192)
"""The window where none is named: a longer one keeps more calls in flight, a shorter one shows each
call more of the records before it. A run of few calls gets a short one."""

SHARES = {"explore": 0.3, "write": 0.7}
SHARES_JUDGED = {"explore": 0.2, "write": 0.4, "judge": 0.4}
"""The shares of the tokens that the roles take, where dollars are turned into tokens."""

LONGEST_WINDOW = 256
"""The longest window that a person may name."""

TRIES = 3
"""How many times a question is asked at most, until its answer can be read."""


class Settings(BaseModel):
    """What steers a run. Every answer of the model follows from these, the domain and the seed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str | None = setting(
        None, "PROVIDER:NAME, embedded …; none: EXPLORE_MODEL if set.", *ASKING, max_length=300
    )
    base_url: str | None = setting(
        None, "An OpenAI-compatible endpoint, such as vLLM's or Ollama's.", *ASKING, max_length=500
    )
    explore_model: str | None = setting(
        None, "The model that names tasks; none: `model`.", "lookahead", "backtrack", max_length=300
    )
    explore_base_url: str | None = setting(
        None, "Where it is asked; none: `base_url`.", "lookahead", "backtrack", max_length=500
    )
    write_model: str | None = setting(
        None, "The model that writes records; none: `model`.", "generate", max_length=300
    )
    write_base_url: str | None = setting(
        None, "Where it is asked; none: `base_url`.", "generate", max_length=500
    )
    judge_model: str | None = setting(
        None, "The model that judges each record; none: no judge.", "generate", max_length=300
    )
    judge_base_url: str | None = setting(
        None, "Where it is asked; none: `base_url`.", "generate", max_length=500
    )
    judge_threshold: float = setting(
        0.5, "The lowest score, 0 to 1, of a record that is kept.", "generate", ge=0, le=1
    )
    revise: bool = setting(False, "Have a rejected record written again, once.", "generate")  # noqa: FBT003 - a default
    extra_body: Annotated[dict[str, Any], BeforeValidator(further_body)] = Field(
        {}, description="Fields added to the body of every request, as JSON.", max_length=50
    )
    timeout: float | None = setting(
        None, "Seconds that an answer may take; none: 600.", *ASKING, gt=0, le=86_400
    )
    strategy: Annotated[str, BeforeValidator(present_strategy)] = Field(
        DEFAULT,
        description=f"How the domain is explored: {', '.join(STRATEGIES)}.",
        json_schema_extra=name_all,
    )
    depth: int | None = setting(
        None,
        "Levels of subtasks below the root; none: 2, no limit if adaptive.",
        "select",
        ge=1,
        le=8,
    )
    breadth: tuple[Annotated[int, Field(ge=1, le=50)], ...] = setting(
        (),
        "Subtasks of a task, a number for each depth; none: 6,4,3,2,2 …, no limit if adaptive.",
        "select",
        max_length=8,
    )
    frontier: int = setting(
        4,
        "Open tasks that one step expands; 1 is strict depth-first search.",
        "select",
        ge=1,
        le=64,
    )
    per_task: int | None = setting(
        None,
        "Records for each task; none: 10, or as `records` needs, no limit if adaptive.",
        "generate",
        ge=1,
        le=10_000,
    )
    records: int | None = setting(
        None,
        "Records wanted in all, spread over the tasks; none: 500 if adaptive has no cap.",
        "generate",
        ge=1,
        le=MOST_RECORDS,
    )
    per_call: int | None = setting(
        None,
        "Records asked for at once; none: 1 if embedded or with `reasoning`, else 5.",
        "generate",
        ge=1,
        le=20,
    )
    threshold: float = setting(
        0.7, "ROUGE-L F1 at or above which a text repeats another.", "filter", gt=0, le=1
    )
    semantic_threshold: float | None = setting(
        None, "Cosine of embeddings that is a repeat, too; none: no rule.", "filter", gt=0, le=1
    )
    scope: Literal["run", "task"] = setting(
        "run", "Compare an instruction with those of the whole run, or of its task alone.", "filter"
    )
    parallel: int = setting(
        8, "Calls in flight at once; changes the speed only.", "generate", ge=1, le=1_000
    )
    requests_per_minute: int | None = setting(
        None, "Requests a minute at most, where the endpoint has such a limit.", *ASKING, ge=1
    )
    tokens_per_minute: int | None = setting(
        None, "Tokens a minute at most, prompts and answers together.", *ASKING, ge=1
    )
    window: int | None = setting(
        None,
        "Calls planned ahead; none: 4 if embedded, else 16 to 192.",
        "generate",
        ge=1,
        le=LONGEST_WINDOW,
    )
    seed: int = setting(0, "Where all sampling seeds come from.", ge=0, le=2**31 - 1)
    temperature: float = setting(0.8, "Sampling temperature of every call.", *ASKING, ge=0, le=2)
    patience: int = setting(
        2, "Poor rounds in a row after which a task is saturated.", "select", ge=1, le=20
    )
    saturation: float = setting(
        0.34, "Admitted share of a round at or below which it was poor.", "select", ge=0, lt=1
    )
    dry_calls: int = setting(
        5, "Calls in a row without a kept record that end a task.", "generate", ge=1, le=100
    )
    max_calls: int | None = setting(None, "Calls to the model at most.", "select", ge=1)
    max_tokens: int | None = setting(
        None, "Tokens at most, prompts and answers together.", "select", ge=1
    )
    max_usd: float | None = setting(None, "Dollars at most, at list prices.", "select", gt=0)
    max_minutes: float | None = setting(None, "Minutes after which no call starts.", "select", gt=0)
    reasoning: bool = setting(
        False,  # noqa: FBT003 - a default
        "Keep what the model thinks with its record; a call then asks for one, unless told.",
        "generate",
    )
    tasks_only: bool = setting(False, "Explore the tree, write no records.")  # noqa: FBT003 - a default
    review: Literal["off", "tasks", "expansions"] = setting(
        "off", "Let a person edit the tree: when it is explored, or after every step.", "review"
    )
    lookahead_prompt: str = prompt("wherever a task is split for the first time", "lookahead")
    backtrack_prompt: str = prompt("wherever a task is asked for further subtasks", "backtrack")
    generate_prompt: str = prompt("wherever records are written", "generate")

    @field_validator("review", mode="before")
    @classmethod
    def _as_word(cls, given: object) -> object:
        """Take yes and no for the review that follows the exploration."""
        return {True: "tasks", False: "off"}[given] if isinstance(given, bool) else given

    @model_validator(mode="after")
    def _breadth_fits_depth(self) -> Self:
        if self.breadth and self.depth and len(self.breadth) != self.depth:
            numbers = ",".join(map(str, self.breadth))
            raise ValueError(
                f"breadth {numbers} does not fit depth {self.depth}: give one number for each depth"
            )
        return self

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
            return Quota(each, per_call, self.dry_calls, total, is_judged=self.is_judged)
        tasks = self.kind.tasks_in_one(self.limits)
        each = self.per_task * tasks if self.per_task else self.records or PER_TASK * tasks
        return Quota(each, per_call, self.dry_calls, self.records, is_judged=self.is_judged)

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
