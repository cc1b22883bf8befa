"""What a person may name for a run: each setting with its default, its bounds, and what it does.

Each is described once, here, with the nodes that Studio shows it at. The command line's options and
Studio's form are made from this. What follows from the settings is in nodes/settings.py.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from nodes.fields import ASKING, further_body, name_all, present_strategy, prompt, setting
from search.table import DEFAULT, STRATEGIES

MOST_RECORDS = 1_000_000
"""The most records that anybody may name."""

LONGEST_WINDOW = 256
"""The longest window that a person may name."""


class Named(BaseModel):
    """What a person may name for a run."""

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
        None,
        "The model that judges what was written. Left out, none does.",
        "generate",
        max_length=300,
    )
    judge_base_url: str | None = setting(
        None, "Where it is asked; none: `base_url`.", "generate", max_length=500
    )
    judge_threshold: float = setting(
        0.5, "The lowest score, 0 to 1, of a record that is kept.", "generate", ge=0, le=1
    )
    outputs: Literal["together", "apart"] | None = setting(
        None,
        "Write outputs together with their instructions, or apart; none: apart if embedded.",
        "generate",
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
