"""What flows between the nodes: small, plain JSON, bounded whatever the size of the run.

Records and the whole tree are not in it: they lie in the journal on the chain that ends at `head`.
"""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from prompts.domain import preset_names
from search.step import Operation

Phase = Literal["explore", "review", "generate", "finish"]


Count = Annotated[int, Field(ge=0)]


def _described(description: str) -> Any:  # noqa: ANN401 - as Field
    """Return what describes a field where a server gives the schema of a state."""
    return Field(description=description)


_PRESET = Field(
    title="Preset", description="A preset's name.", json_schema_extra={"enum": [*preset_names()]}
)
_CONTENT = Field(title="Domain", description="What a domain file holds, as an object.")


class Input(TypedDict):
    """What a run is started with."""

    domain: Annotated[
        Annotated[str, _PRESET] | Annotated[dict[str, Any], _CONTENT],
        _described("What is explored: a preset's name, or a domain of your own."),
    ]


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
    """What one step brought back.

    `of` is the task's name; `instructions` are beginnings of those that were written, and `unread`
    says why answers could not be read: these are there for people. Subtasks are whole. `answers`
    are the keys of the answers in the journal.
    """

    step: Step
    of: NotRequired[str]
    subtasks: list[dict[str, str]]
    instructions: NotRequired[list[str]]
    unread: NotRequired[list[str]]
    answers: list[str]


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


class _Named(TypedDict, total=False):
    domain: Annotated[str | dict[str, Any], _described("The domain that is explored, by name.")]


class Looked(TypedDict, total=False):
    """What a person looks at, in a state and in what a run streams."""

    phase: Annotated[Phase, _described("What the run does now.")]
    steps: Annotated[
        list[TaskStep], _described("The tasks that are asked for subtasks now, and for how many.")
    ]
    proposals: Annotated[
        list[Proposal],
        _described("What the model answered and the filter has not yet judged."),
        collect,
    ]
    judged: Annotated[
        dict[str, Any],
        _described("What the last step proposed: what was admitted, what was rejected and why."),
    ]
    counts: Annotated[
        dict[str, int], _described("Tasks and records kept, and proposals rejected, so far.")
    ]
    spent: Annotated[Spent, _described("Calls, tokens, dollars and seconds so far.")]
    budget_left: Annotated[
        dict[str, float | None], _described("What the caps leave to spend; null: no cap.")
    ]
    exploration: Annotated[
        dict[str, Any],
        _described("The exploration in figures: tasks by depth, branches, rejections by rule."),
    ]
    tree: Annotated[
        dict[str, Any],
        _described("The tasks as node-link data; of more than 200 finished branches are folded."),
    ]
    stopped_by: Annotated[
        str | None, _described("What ended the run early: a cap, or saturation; null: nothing.")
    ]


Head = Annotated[
    str, _described("The last commit of the journal; records and the whole tree lie there.")
]


class State(_Named, Looked, total=False):
    """The state of an exploration: first what a person looks at, then what the nodes go on from."""

    edits: Annotated[
        list[dict[str, Any] | str] | str,
        _described(
            'Put edits of the tree here, as the node `filter`: {"prune": "t7"}, "more t3" … '
            "The next select makes them and empties the list."
        ),
    ]
    reviewed: Annotated[bool, _described("Whether a person has seen what the last step brought.")]
    planned: Annotated[
        list[RecordStep], _described("The calls for records that are planned or under way.")
    ]
    calls_planned: Annotated[int, _described("How many calls for records were planned so far.")]
    settings: Annotated[
        dict[str, Any], _described("The settings that callers named, at the start or since.")
    ]
    run: Annotated[str, _described("The name under which the run's answers are stored.")]
    head: Head
    tree_head: Annotated[str, _described("The commit at which the tree was last complete.")]
    spent_before: Annotated[
        Spent, _described("What had been spent when the exploration began, or began again.")
    ]


class Output(Looked, total=False):
    """What a run streams and returns: what a person looks at, and the `sample` of a finished run.

    The records are read from the journal at `head`.
    """

    sample: Annotated[list[dict[str, Any]], _described("The first records, to have a look at.")]
    head: Head
