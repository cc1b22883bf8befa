"""What flows between the nodes: small, plain JSON, bounded whatever the size of the run.

Records and the whole tree are not in it: they lie in the journal on the chain that ends at `head`.
"""

from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from search.step import Operation

Phase = Literal["explore", "review", "generate", "finish"]


Count = Annotated[int, Field(ge=0)]


class Input(TypedDict):
    """What a run is started with: a preset's name, or a domain file's content."""

    domain: str | dict[str, Any]


class Step(TypedDict):
    """What tasks to be asked for subtasks and planned calls for records have in common."""

    order: Count
    operation: Operation
    task: str
    asked: Annotated[int, Field(ge=0, le=100)]
    tries: Annotated[int, Field(ge=0, le=10)]


class TaskStep(Step):
    """A task to be asked for subtasks; its name is there for people."""

    name: str


class RecordStep(Step):
    """A planned call for records: everything its prompt is built from beside the tree.

    `existing` and `inherited` are how many records the task and its parent had when the call was
    planned: it is shown none that came later.
    """

    turn: Count
    existing: Count
    inherited: Count


class Proposal(TypedDict):
    """What one step brought back: keys of the answers, and of subtasks the words themselves."""

    step: Step
    answers: list[str]
    subtasks: list[dict[str, str]]


class Spent(TypedDict):
    """What the admitted answers cost so far; `usd` is None where the price is unknown.

    The answers to `lost_calls` of them did not arrive but may have been billed: they count at
    their worst. The tokens of `estimated_calls` are estimates, since the endpoint counts none.
    `refused_calls` are no part of `calls`: the endpoint did not take them, so they cost nothing;
    `refusal` is what it said to the last one. `left_out` are the settings that it does not take.
    """

    calls: Count
    lost_calls: Count
    estimated_calls: Count
    refused_calls: Count
    refusal: str
    left_out: list[str]
    prompt_tokens: Count
    completion_tokens: Count
    usd: Annotated[float, Field(ge=0)] | None
    seconds: Annotated[float, Field(ge=0)]


def collect(known: list[Proposal], new: list[Proposal] | None) -> list[Proposal]:
    """Gather the proposals of one superstep; None empties the list."""
    return [] if new is None else [*known, *new]


class State(TypedDict, total=False):
    """The state of one exploration: first what a person looks at, then what the nodes go on from.

    `judged` is what the last step proposed, and what became of it. `edits` are a person's edits of
    the tree (see `nodes.edits`), put in by hand: the next select makes them and empties the list.
    `settings` are those that the caller of a server named, when they started the run or since.
    """

    domain: str | dict[str, Any]
    phase: Phase
    steps: list[TaskStep]
    proposals: Annotated[list[Proposal], collect]
    judged: dict[str, Any]
    counts: dict[str, int]
    spent: Spent
    budget_left: dict[str, float | None]
    exploration: dict[str, Any]
    tree: dict[str, Any]
    edits: list[dict[str, Any]]
    reviewed: bool
    stopped_by: str | None
    planned: list[RecordStep]
    calls_planned: int
    settings: dict[str, Any]
    run: str
    head: str
    tree_head: str
    spent_before: Spent


class Output(TypedDict, total=False):
    """What a run streams and returns: what a person looks at, and the `sample` of a finished run.

    The records are read from the journal at `head`.
    """

    phase: Phase
    steps: list[TaskStep]
    proposals: Annotated[list[Proposal], collect]
    judged: dict[str, Any]
    counts: dict[str, int]
    spent: Spent
    budget_left: dict[str, float | None]
    exploration: dict[str, Any]
    tree: dict[str, Any]
    sample: list[dict[str, Any]]
    stopped_by: str | None
    head: str
