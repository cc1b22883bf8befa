"""What a strategy is: it says which step comes next, from what is known at one head alone.

A strategy is opened at every head on what is known there, and remembers nothing else. So a run can
be resumed, forked and repeated, and changing its limits opens a finished search again.

    strategy = STRATEGIES["depth-first"](exploration, plan)
    steps = strategy.next_steps(Moment(may_grow=True, room=16))

A new strategy is one file with a class of this protocol, and one row in `search/table.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, Protocol

from search.estimate import Estimate
from search.limits import Limits
from search.schedule import Quota
from search.step import Step
from store.facts import Paid, Progress, Rounds
from store.standing import Standings

if TYPE_CHECKING:  # networkx takes a fifth of a second
    from store.tree import TaskTree

Status = Literal["open", "depth", "complete", "saturated"]


class Known(Protocol):
    """What a strategy may know; a `store.exploration.Exploration` is one.

    `rounds` and `progress` say by task what asking it for subtasks and for records has brought,
    `records_of` which records it has, by their ids in the order of admission. `standings` are the
    tasks by how they stand, so that no search has to look at each. `names_paid` and `records_paid`
    are what this run's admitted calls for names and for records cost.
    """

    @property
    def tree(self) -> "TaskTree": ...  # noqa: D102 - see the class
    @property
    def rounds(self) -> Mapping[str, Rounds]: ...  # noqa: D102
    @property
    def progress(self) -> Mapping[str, Progress]: ...  # noqa: D102
    @property
    def records_of(self) -> Mapping[str, Sequence[str]]: ...  # noqa: D102
    @property
    def standings(self) -> Standings: ...  # noqa: D102
    @property
    def names_paid(self) -> Paid: ...  # noqa: D102
    @property
    def records_paid(self) -> Paid: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run wants: how far its tree goes, and how many records it writes.

    One step expands `frontier` tasks at most. Without `writes` only the tree is wanted. `seed` is
    where a strategy's own draws come from. `calls` and `tokens` are what the run may spend, None
    without a cap.
    """

    limits: Limits
    quota: Quota
    frontier: int = 1
    writes: bool = True
    seed: int = 0
    calls: int | None = None
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """What may be done now.

    `may_grow`: tasks may be asked for subtasks (not once the budget's share for that is spent).
    `pending` are the calls, of whatever operation, that were planned and are not admitted yet;
    `room` is how many more may be planned.
    """

    may_grow: bool
    pending: Sequence[Step] = ()
    room: int = 0

    @property
    def naming(self) -> list[Step]:
        """The pending calls for subtasks."""
        return [step for step in self.pending if step.operation != "generate"]


class Strategy(Protocol):
    """A search over what is known at one moment.

    `grows_tree` says whether it splits the domain at all: then a run starts from the seed tasks.
    `mixes` says whether it goes on growing the tree once records are written,
    `is_open_ended` whether only a cap or a number of records ends it. `unused` names the settings
    that mean nothing to it.
    """

    grows_tree: ClassVar[bool]
    mixes: ClassVar[bool]
    is_open_ended: ClassVar[bool]
    unused: ClassVar[frozenset[str]]

    def __init__(self, known: Known, plan: Plan) -> None:
        """Open the search on what is known."""

    def next_steps(self, moment: Moment) -> list[Step]:
        """Return what to do next, of whatever operations; nothing once the search is finished."""

    def status(self, task: str) -> Status:
        """Return why the task gets no further subtasks: depth, complete, saturated; else open."""

    def is_settled(self, task: str) -> bool:
        """Return whether nothing at or below the task is open any more."""

    def why(self, step: Step) -> str:
        """Return in a sentence why this step is taken now."""

    def demonstrations(
        self, own: Sequence[str], inherited: Sequence[str], turn: int
    ) -> Sequence[str]:
        """Return the ids of the records that demonstrate a task's `turn`-th call for records.

        `own` are the records that the task had when the call was planned, `inherited` its parent's.
        """

    @property
    def exploration_share(self) -> float:
        """The share of a cap that calls for subtasks may use."""

    def remaining(self, *, grows: bool) -> Estimate:
        """Return the run's expected size from here, and the calls that this still takes."""

    @classmethod
    def estimate(cls, plan: Plan) -> Estimate:
        """Return the expected size of a run of this plan, and its calls, before it starts."""

    @staticmethod
    def limits(depth: int | None, breadth: tuple[int, ...], patience: int) -> Limits:
        """Return how far the search goes where a person named so much; None and () are unnamed."""

    @staticmethod
    def tasks_in_one(limits: Limits) -> int:
        """Return how many tasks of a full tree one task of this strategy counts for."""
