"""The settings of a run: the graph's context, the command line's options, config.yaml's keys.

Each setting is described once, here: with its default, its bounds, what it does, and the nodes that
Studio shows it at. The command line's options and Studio's form are made from this.
"""

from fractions import Fraction
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from asking.budget import Caps
from problems import closest, shown
from search.estimate import Estimate
from search.limits import Limits, usual_breadth
from search.schedule import Quota
from search.strategies import DEFAULT, OLD_NAMES, STRATEGIES
from search.strategy import Known, Plan, Strategy
from store.facts import Standards

PER_TASK = 10
"""Records for every task where neither these nor those in all are named."""

EMBEDDED_WINDOW, WINDOWS = 4, (16, 192)
"""Calls planned ahead where no window is named: a longer one keeps more calls in flight, a shorter
one shows each call more of those before it. A run of few calls gets a short one."""

LONGEST_WINDOW = 256
"""The longest window that a person may name."""

TRIES = 3
"""How often a call is asked at most, the first time included, until its answer can be read."""


def _at(*nodes: str, **more: str) -> dict[str, Any]:
    """Return the extra schema of a setting that Studio shows at these nodes."""
    return {"langgraph_nodes": list(nodes), **more}


ASKING = ("lookahead", "backtrack", "generate")


def _strategy(name: object) -> object:
    """Return the strategy's present name. Raises ValueError for one that is not known."""
    name = OLD_NAMES.get(name, name) if isinstance(name, str) else name
    if name not in STRATEGIES:
        among = closest(name, STRATEGIES) if isinstance(name, str) else ""
        raise ValueError(f"{shown(name)} is unknown{among}: name one of {', '.join(STRATEGIES)}")
    return name


def _name_all(schema: dict[str, Any]) -> None:
    schema["enum"] = list(STRATEGIES)


Prompt = Annotated[str, Field(max_length=1_000)]


class Settings(BaseModel):
    """What steers a run. Every answer of the model follows from these, the domain and the seed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str | None = Field(
        None,
        max_length=300,
        description="PROVIDER:NAME, embedded, or embedded:FILE.gguf; none: EXPLORE_MODEL, else the "
        "embedded model.",
        json_schema_extra=_at(*ASKING),
    )
    base_url: str | None = Field(
        None,
        max_length=500,
        description="An OpenAI-compatible endpoint, such as that of vLLM, Ollama or OpenRouter.",
        json_schema_extra=_at(*ASKING),
    )
    strategy: Annotated[str, BeforeValidator(_strategy)] = Field(
        DEFAULT,
        description=f"How the domain is explored: {', '.join(STRATEGIES)}.",
        json_schema_extra=_name_all,
    )
    depth: int = Field(
        2,
        ge=1,
        le=8,
        description="Levels of subtasks below the root.",
        json_schema_extra=_at("select"),
    )
    breadth: tuple[Annotated[int, Field(ge=1, le=50)], ...] = Field(
        (),
        max_length=8,
        description="Subtasks that a task may have, a number for each depth; none: 6,4,3,2,2 …",
        json_schema_extra=_at("select"),
    )
    frontier: int = Field(
        4,
        ge=1,
        le=64,
        description="Open tasks that one step expands; 1 is strict depth-first search.",
        json_schema_extra=_at("select"),
    )
    per_task: int | None = Field(
        None,
        ge=1,
        le=10_000,
        description="Records wanted for every task; none: 10, or as many as `records` needs.",
        json_schema_extra=_at("generate"),
    )
    records: int | None = Field(
        None,
        ge=1,
        le=1_000_000,
        description="Records wanted in all, spread over the tasks.",
        json_schema_extra=_at("generate"),
    )
    per_call: int | None = Field(
        None,
        ge=1,
        le=20,
        description="Records asked for at once; none: 1 from the embedded model, else 5.",
        json_schema_extra=_at("generate"),
    )
    threshold: float = Field(
        0.7,
        gt=0,
        le=1,
        description="ROUGE-L F1 at or above which a text repeats another.",
        json_schema_extra=_at("filter"),
    )
    semantic_threshold: float | None = Field(
        None,
        gt=0,
        le=1,
        description="Cosine of embeddings at or above which a text repeats another, too; none: no "
        "such rule.",
        json_schema_extra=_at("filter"),
    )
    scope: Literal["run", "task"] = Field(
        "run",
        description="Compare an instruction with those of the whole run, or of its task alone.",
        json_schema_extra=_at("filter"),
    )
    parallel: int = Field(
        8,
        ge=1,
        le=1_000,
        description="Calls in flight at once; changes the speed only.",
        json_schema_extra=_at("generate"),
    )
    requests_per_minute: int | None = Field(
        None,
        ge=1,
        description="Requests a minute at most, where the endpoint has such a limit.",
        json_schema_extra=_at(*ASKING),
    )
    tokens_per_minute: int | None = Field(
        None,
        ge=1,
        description="Tokens a minute at most, prompts and answers together.",
        json_schema_extra=_at(*ASKING),
    )
    window: int | None = Field(
        None,
        ge=1,
        le=LONGEST_WINDOW,
        description="Calls planned ahead of admission; none: 4 for the embedded model, else 16 to "
        "192.",
        json_schema_extra=_at("generate"),
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Where all sampling seeds come from.")
    temperature: float = Field(
        0.8,
        ge=0,
        le=2,
        description="Sampling temperature of every call.",
        json_schema_extra=_at(*ASKING),
    )
    patience: int = Field(
        2,
        ge=1,
        le=20,
        description="Poor rounds in a row after which a task is saturated.",
        json_schema_extra=_at("select"),
    )
    saturation: float = Field(
        0.34,
        ge=0,
        lt=1,
        description="A round is poor if the share of its subtasks that was admitted is this or "
        "less.",
        json_schema_extra=_at("select"),
    )
    dry_calls: int = Field(
        5,
        ge=1,
        le=100,
        description="Calls in a row without a kept record that end a task.",
        json_schema_extra=_at("generate"),
    )
    max_calls: int | None = Field(
        None, ge=1, description="Calls to the model at most.", json_schema_extra=_at("select")
    )
    max_tokens: int | None = Field(
        None,
        ge=1,
        description="Tokens at most, prompts and answers together.",
        json_schema_extra=_at("select"),
    )
    max_usd: float | None = Field(
        None, gt=0, description="Dollars at most, at list prices.", json_schema_extra=_at("select")
    )
    max_minutes: float | None = Field(
        None,
        gt=0,
        description="Minutes after which no call starts.",
        json_schema_extra=_at("select"),
    )
    tasks_only: bool = Field(default=False, description="Explore the tree, write no records.")
    review: Literal["off", "tasks", "expansions"] = Field(
        "off",
        description="Stop for a person to edit the tree: after the exploration (tasks), or after "
        "every step of it (expansions).",
        json_schema_extra=_at("review"),
    )
    lookahead_prompt: Prompt = Field(
        "",
        description="Said to the model wherever a task is split for the first time.",
        json_schema_extra=_at("lookahead", langgraph_type="prompt"),
    )
    backtrack_prompt: Prompt = Field(
        "",
        description="Said to the model wherever a task is asked for further subtasks.",
        json_schema_extra=_at("backtrack", langgraph_type="prompt"),
    )
    generate_prompt: Prompt = Field(
        "",
        description="Said to the model wherever records are written.",
        json_schema_extra=_at("generate", langgraph_type="prompt"),
    )

    @field_validator("review", mode="before")
    @classmethod
    def _as_word(cls, given: object) -> object:
        """Take yes and no for the review that follows the exploration."""
        return {True: "tasks", False: "off"}[given] if isinstance(given, bool) else given

    @model_validator(mode="after")
    def _breadth_fits_depth(self) -> Self:
        if self.breadth and len(self.breadth) != self.depth:
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
        return Limits(self.depth, self.breadth or usual_breadth(self.depth), self.patience)

    @property
    def plan(self) -> Plan:
        """What the run wants of its strategy."""
        return Plan(
            self.limits,
            self.quota,
            frontier=self.frontier,
            writes=not self.tasks_only,
            seed=self.seed,
        )

    @property
    def caps(self) -> Caps:
        """What the run may spend."""
        return Caps(self.max_calls, self.max_tokens, self.max_usd)

    @property
    def is_embedded(self) -> bool:
        """Whether the model runs in this process."""
        return (self.model or "").partition(":")[0] == "embedded"

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
        tasks = self.kind.tasks_in_one(self.limits)
        each = self.per_task * tasks if self.per_task else self.records or PER_TASK * tasks
        per_call = self.per_call or (1 if self.is_embedded else 5)
        return Quota(each, per_call, self.dry_calls, self.records)

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
        tasks = self.limits.most_tasks()
        widest = max(self.limits.breadth)
        records = self.records or tasks * (self.per_task or PER_TASK)
        calls = (records + tasks) * (self.dry_calls + 1)
        return 100 + 3 * (tasks * (widest + 1) * (self.patience + 1) + calls)
