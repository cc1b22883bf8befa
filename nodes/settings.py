"""The settings of a run: the graph's context, the command line's options, config.yaml's keys."""

from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from asking.budget import Caps
from search.estimate import Estimate, estimate, estimate_rest
from search.schedule import Quota
from search.search import Limits
from store.exploration import Exploration, Standards

BREADTH = (6, 4, 3, 2)
"""The breadth by depth where none is given; below the fourth depth it stays at 2."""

PER_TASK = 10
"""Records for every task where neither these nor those in all are named."""

EMBEDDED_LAG, LAGS = 4, (16, 192)
"""Calls planned ahead: a longer lag keeps more calls in flight, a shorter one tells each call more
about those before it. A run of few calls gets a short one."""

MOST_LAG = 256
"""The longest lag that a person may name."""

TRIES = 3
"""How often a call is asked at most, the first time included, until its answer can be read."""


Addition = Annotated[str, Field(max_length=1_000)]


class Settings(BaseModel):
    """What steers a run. Every answer of the model follows from these, the domain and the seed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str | None = Field(
        None,
        description="PROVIDER:NAME, or `embedded`; none: EXPLORE_MODEL, else the embedded model.",
        max_length=300,
    )
    base_url: str | None = Field(
        None, description="An OpenAI-compatible endpoint, such as a vLLM server's.", max_length=500
    )
    strategy: Literal["explore", "self-instruct"] = Field(
        "explore", description="Explore the domain as a tree, or the baseline without a tree."
    )
    depth: int = Field(2, ge=1, le=8, description="Levels of subtasks below the root.")
    breadth: tuple[Annotated[int, Field(ge=1, le=50)], ...] = Field(
        (),
        max_length=8,
        description="Subtasks a task may have, one number for each depth; none: 6, 4, 3, 2, 2, …",
    )
    frontier: int = Field(
        4, ge=1, le=64, description="Open tasks one step expands; 1 is strict depth-first search."
    )
    per_task: int | None = Field(
        None,
        ge=1,
        le=10_000,
        description="Records wanted for every task; none: 10, or as `records` needs.",
    )
    records: int | None = Field(
        None, ge=1, le=1_000_000, description="Records wanted in all, spread over the tasks."
    )
    per_call: int | None = Field(
        None, ge=1, le=20, description="Records asked for at once; none: 1 embedded, else 5."
    )
    threshold: float = Field(
        0.7, gt=0, le=1, description="ROUGE-L F1 at or above which a text repeats another."
    )
    semantic_threshold: float | None = Field(
        None,
        gt=0,
        le=1,
        description="Cosine of embeddings that is a repetition too; none: no rule.",
    )
    scope: Literal["run", "task"] = Field(
        "run", description="Compare an instruction with those of the whole run or of its task."
    )
    parallel: int = Field(
        8, ge=1, le=1_000, description="Calls in flight at once; changes the speed only."
    )
    requests_per_minute: int | None = Field(
        None, ge=1, description="Requests a minute at most, where the endpoint has such a limit."
    )
    tokens_per_minute: int | None = Field(
        None, ge=1, description="Tokens a minute at most, prompts and answers together."
    )
    window: int | None = Field(
        None,
        ge=1,
        le=MOST_LAG,
        description="Calls planned ahead of admission; none: 4 embedded, else 16 to 192.",
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Where all sampling seeds come from.")
    temperature: float = Field(0.8, ge=0, le=2, description="Sampling temperature of every call.")
    patience: int = Field(
        2, ge=1, le=20, description="Poor rounds in a row after which a task is saturated."
    )
    saturation: float = Field(
        0.34, ge=0, lt=1, description="Share of a round admitted at or below which it was poor."
    )
    dry_calls: int = Field(
        5, ge=1, le=100, description="Calls in a row without a kept record that end a task."
    )
    max_calls: int | None = Field(None, ge=1, description="Calls to the model at most.")
    max_tokens: int | None = Field(None, ge=1, description="Prompt and answer tokens at most.")
    max_usd: float | None = Field(None, gt=0, description="Dollars at most, at list prices.")
    max_minutes: float | None = Field(None, gt=0, description="No call starts after this time.")
    tasks_only: bool = Field(default=False, description="Explore the tree, write no records.")
    review: Literal["off", "tasks", "expansions"] = Field(
        "off",
        description="Stop for a person to edit the tree: after the exploration (`tasks`), or after "
        "every step of it (`expansions`).",
    )
    lookahead_prompt: Addition = Field(
        "", description="Told to the model wherever a task is split for the first time."
    )
    backtrack_prompt: Addition = Field(
        "", description="Told to the model wherever a task is asked for further subtasks."
    )
    generate_prompt: Addition = Field(
        "", description="Told to the model wherever records are written."
    )

    @field_validator("review", mode="before")
    @classmethod
    def _as_word(cls, given: object) -> object:
        """Take yes and no for the review that follows the exploration."""
        return {True: "tasks", False: "off"}[given] if isinstance(given, bool) else given

    @model_validator(mode="after")
    def _breadth_fits_depth(self) -> Self:
        if self.breadth and len(self.breadth) != self.depth:
            shown = ",".join(map(str, self.breadth))
            raise ValueError(
                f"breadth {shown} does not fit depth {self.depth}: give one number for each depth"
            )
        return self

    @property
    def limits(self) -> Limits:
        """How far the search goes."""
        filled = tuple(BREADTH[min(d, len(BREADTH) - 1)] for d in range(self.depth))
        breadth = self.breadth or filled
        return Limits(self.depth, breadth, self.patience, self.saturation)

    @property
    def caps(self) -> Caps:
        """What the run may spend."""
        return Caps(self.max_calls, self.max_tokens, self.max_usd)

    @property
    def is_embedded(self) -> bool:
        """Whether the model runs in this process."""
        return (self.model or "").partition(":")[0] == "embedded"

    @property
    def records_per_call(self) -> int:
        """Records asked for at once: a small model writes one well, a large one several."""
        return self.per_call or (1 if self.is_embedded else 5)

    @property
    def lag(self) -> int:
        """Calls that may be planned before the first of them was admitted."""
        if self.window or self.is_embedded:
            return self.window or EMBEDDED_LAG
        shortest, longest = LAGS
        return min(longest, max(shortest, self.expected.record_calls // 3))

    @property
    def block(self) -> int:
        """Calls admitted together in one superstep."""
        return max(1, self.lag // 8)

    @property
    def quota(self) -> Quota:
        """What every task is to have; Self-Instruct's one task gets what a full tree would."""
        tasks = self.limits.most_tasks() if self.strategy == "self-instruct" else 1
        each = self.per_task * tasks if self.per_task else self.records or PER_TASK * tasks
        return Quota(each, self.records_per_call, self.dry_calls, self.records)

    @property
    def expected(self) -> Estimate:
        """What the run takes when every task reaches its breadth and its quota."""
        explores = self.strategy == "explore"
        return estimate(self.limits, self.quota, explores=explores, writes=not self.tasks_only)

    def expected_of(self, exploration: Exploration, phase: str = "explore") -> Estimate:
        """Where a run comes to that stands here, in this phase, and the calls it still takes."""
        explores = self.strategy == "explore" and phase in {"explore", "review"}
        writes = not self.tasks_only
        return estimate_rest(exploration, self.limits, self.quota, explores=explores, writes=writes)

    @property
    def standards(self) -> Standards:
        """What admission compares by."""
        exact = Fraction(str(self.threshold))
        return Standards(exact, self.scope, self.saturation, self.semantic_threshold)

    @property
    def most_supersteps(self) -> int:
        """A bound on the graph's supersteps that no run of these settings reaches."""
        tasks = self.limits.most_tasks()
        widest = max(self.limits.breadth)
        records = self.records or tasks * (self.per_task or PER_TASK)
        calls = (records + tasks) * (self.dry_calls + 1)
        return 100 + 3 * (tasks * (widest + 1) * (self.patience + 1) + calls)
