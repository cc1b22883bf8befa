"""The custom events a run streams, version 1: what the terminal's view and any client draw from.

docs/events.md shows them, docs/events.schema.json is their JSON schema; both are written by
`python -m nodes.show.docs`. New fields and new types may be added within a version;
existing ones keep their meaning. A text has 1,000 characters at most; a longer one ends in an
ellipsis.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from nodes.state import Phase

Task = Annotated[str, Field(description="A task's id, such as `t7`.")]
Name = Annotated[str, Field(description="The task's name.")]
Reason = Annotated[str, Field(description="Why people need it.")]
Why = Annotated[str, Field(description="The same in words.")]
Rule = Annotated[
    str, Field(description="Why: `rouge_l`, `duplicate`, `banned`, `malformed`, `length`, …")
]
Score = Annotated[
    float | None, Field(description="The overlap with the nearest neighbour, 0 to 1, if any.")
]
Nearest = Annotated[
    str | None, Field(description="The kept, banned or foreign text that it repeats, if any.")
]


class Event(BaseModel):
    """What all events have."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    v: Literal[1] = Field(1, description="The schema's version.")


class PhaseEvent(Event):
    """The run goes over to another phase."""

    type: Literal["phase"] = "phase"
    phase: Phase = Field(description="The phase that begins.")


class Expanding(Event):
    """The model is asked for subtasks of a task."""

    type: Literal["expanding"] = "expanding"
    operation: Literal["lookahead", "backtrack"] = Field(description="What is done to the task.")
    task: Task
    name: Name
    path: list[str] = Field(description="The names from the root to the task itself.")
    asked: int = Field(description="How many subtasks are asked for.")


class TaskProposed(Event):
    """The model proposed a subtask; whether it is admitted, a later event says."""

    type: Literal["task_proposed"] = "task_proposed"
    parent: Task
    name: Name
    reason: Reason


class TaskAdmitted(Event):
    """A task was taken into the tree: a seed, a proposal, or one that a person added."""

    type: Literal["task_admitted"] = "task_admitted"
    task: Task
    parent: str | None = Field(description="The id of the task above it, none for the root.")
    name: Name
    reason: Reason
    depth: int = Field(description="Edges from the root to the task.")


class TaskRejected(Event):
    """A proposed subtask was not taken."""

    type: Literal["task_rejected"] = "task_rejected"
    parent: Task
    name: Name
    rule: Rule
    why: Why
    score: Score
    nearest: Nearest


class TaskClosed(Event):
    """A task gets no further subtasks."""

    type: Literal["task_closed"] = "task_closed"
    task: Task
    why: Literal["depth", "complete", "saturated"] = Field(
        description="It lies deepest, has its breadth, or brought nothing new any more."
    )


class TaskPruned(Event):
    """A person dropped a task and all below it."""

    type: Literal["task_pruned"] = "task_pruned"
    task: Task


class TaskRenamed(Event):
    """A person said better what a task is."""

    type: Literal["task_renamed"] = "task_renamed"
    task: Task
    name: Name
    reason: Reason


class NameBanned(Event):
    """A person wants a name, or one much like it, never to be proposed again."""

    type: Literal["name_banned"] = "name_banned"
    name: Name


class MoreWanted(Event):
    """A person asked for further subtasks of a task."""

    type: Literal["more_wanted"] = "more_wanted"
    task: Task
    count: int = Field(description="How many.")


class Generating(Event):
    """The model is asked for records of a task."""

    type: Literal["generating"] = "generating"
    task: Task
    name: Name
    n: int = Field(description="The call's number among the calls for records.")


class Waiting(Event):
    """No call is in flight: the endpoint has to be left in peace, or does not answer."""

    type: Literal["waiting"] = "waiting"
    message: str = Field(description="What the endpoint said, and when it is asked again.")
    seconds: float = Field(description="Seconds until then.")


class Notice(Event):
    """Something was found out about the endpoint, and the run adapts to it."""

    type: Literal["notice"] = "notice"
    message: str = Field(description="What the run does from now on.")


class RecordKept(Event):
    """A record was kept."""

    type: Literal["record_kept"] = "record_kept"
    task: Task
    id: str = Field(description="The record's id, as in dataset.jsonl.")
    instruction: str = Field(description="The record's instruction.")


class RecordRejected(Event):
    """A record was not kept, or an answer could not be read."""

    type: Literal["record_rejected"] = "record_rejected"
    task: Task
    rule: Rule
    why: Why
    score: Score
    text: str = Field(description="The instruction, or the answer that could not be read.")
    nearest: Nearest


class Budget(Event):
    """What was spent, and how much is likely to come."""

    type: Literal["budget"] = "budget"
    calls: int = Field(description="Answers counted so far.")
    prompt_tokens: int = Field(description="Tokens of the prompts so far.")
    completion_tokens: int = Field(description="Tokens of the answers so far.")
    usd: float | None = Field(description="Dollars at list prices; none where no price is known.")
    calls_expected: int = Field(description="Answers in all, as far as can be foreseen.")
    kept: int = Field(description="Records kept so far.")
    wanted: int = Field(description="Records wanted in all.")
    unseen: int | None = Field(description="Tasks still to be found, as far as can be told.")
    unseen_low: int | None = Field(description="The low end of the 90 % interval around it.")
    unseen_high: int | None = Field(description="The high end of that interval.")


KINDS: tuple[type[Event], ...] = tuple(Event.__subclasses__())
"""Every type of event, in the order in which they are defined here."""
