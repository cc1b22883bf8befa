"""What flows between the nodes: small, plain JSON, bounded whatever the size of the run.

Records and the whole tree are not in it: they lie in the journal on the chain that ends at `head`.
"""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from asking.allowance import Beside
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
    """A planned call: what it asks, and all that its prompt is built from.

    `head` is what was known when it was planned. It asks `task` for `asked` subtasks or records,
    and each of `others`, if there are any, as [task, asked, turn]; `turn` counts the calls that
    asked the task for the same before. `name` is the task's, for people. It is asked at most
    `tries` times until its answer can be read, and takes at most `worst` tokens of prompts and of
    answers, all tries together; 0 where no cap needs to know. An answer gets at most `room` tokens
    where that is named, and else as many as the domain's limits ask for. `beside` is what may be
    asked about its records.
    """

    order: Count
    operation: Operation
    head: str
    task: str
    name: str
    asked: Annotated[int, Field(ge=0, le=100)]
    turn: Count
    others: list[tuple[str, int, int]]
    tries: Annotated[int, Field(ge=0, le=10)]
    worst: tuple[Count, Count]
    beside: NotRequired[list[Beside]]
    room: NotRequired[Annotated[int, Field(ge=1)]]


class Proposal(TypedDict):
    """What one call brought back. `answers` are the keys of the answers in the journal.

    The rest is there for people: `of` is the task's name, `subtasks` and `instructions` are
    beginnings of what was proposed, and `unread` says why answers could not be read.
    """

    step: Step
    of: str
    subtasks: list[str]
    instructions: NotRequired[list[str]]
    unread: list[str]
    answers: list[str]


class RoleSpent(TypedDict):
    """What the admitted answers of one role cost; `usd` is None where the price is unknown.

    `models` gave them: several where a run went on with another one.
    """

    models: list[str]
    calls: Count
    prompt_tokens: Count
    completion_tokens: Count
    usd: Annotated[float, Field(ge=0)] | None


class Spent(TypedDict):
    """What the admitted answers cost so far; `usd` is None where the price is unknown.

    The answers to `lost_calls` of them did not arrive but may have been billed: they count at
    their worst. The tokens of `estimated_calls` are estimates, since the endpoint counts none.
    `refused_calls` are no part of `calls`: the endpoint did not take them, so they cost nothing;
    `refusal` is what it said to the last one. `left_out` are the settings that it does not take.
    `roles` are the shares of the models that explore, write and judge.
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
    roles: NotRequired[dict[str, RoleSpent]]


def collect(known: list[Proposal], new: list[Proposal] | None) -> list[Proposal]:
    """Gather the proposals of one superstep; None empties the list."""
    return [] if new is None else [*known, *new]


class _Named(TypedDict, total=False):
    domain: Annotated[str | dict[str, Any], _described("The domain that is explored, by name.")]


class Looked(TypedDict, total=False):
    """What a person looks at, in a state and in what a run streams."""

    phase: Annotated[Phase, _described("What the run does now.")]
    steps: Annotated[
        list[Step], _described("The calls whose answers are awaited now, and what they ask for.")
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
        list[Step], _described("The calls that come after those awaited; all are under way.")
    ]
    calls_planned: Annotated[int, _described("How many calls were planned so far.")]
    settings: Annotated[
        dict[str, Any], _described("The settings that callers named, at the start or since.")
    ]
    run: Annotated[str, _described("The name under which the run's answers are stored.")]
    head: Head
    spent_before: Annotated[
        Spent, _described("What had been spent when the exploration began, or began again.")
    ]


class Output(Looked, total=False):
    """What a run streams and returns: what a person looks at, and the `sample` of a finished run.

    The records are read from the journal at `head`.
    """

    sample: Annotated[list[dict[str, Any]], _described("The first records, to have a look at.")]
    head: Head
