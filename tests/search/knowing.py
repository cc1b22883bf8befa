"""What a strategy may know, built by hand, and searches run to their end in a world of tasks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from search.depth_first import DepthFirst
from search.limits import Limits
from search.schedule import Quota
from search.step import Step
from search.strategy import Known, Moment, Plan, Strategy
from store.facts import Paid, Progress, Rounds
from store.standing import Standings
from store.tree import TaskTree

SATURATION = 0.34

World = Callable[[str, int], int]
"""From a task's name and the round to how many subtasks the model knows that are new."""

Asked = tuple[str, str, int]
"""A task's name, the operation, and how many subtasks were asked for."""


@dataclass
class Facts:
    """A tree and what asking has brought."""

    tree: TaskTree = field(default_factory=TaskTree)
    rounds: dict[str, Rounds] = field(default_factory=dict)
    progress: Mapping[str, Progress] = field(default_factory=dict)
    records_of: Mapping[str, Sequence[str]] = field(default_factory=dict)
    standings: Standings = field(default_factory=Standings)
    names_paid: Paid = field(default_factory=Paid)
    records_paid: Paid = field(default_factory=Paid)


def plan(limits: Limits, frontier: int = 1, quota: Quota | None = None) -> Plan:
    return Plan(limits, quota or Quota(1, 1, 1), frontier, writes=quota is not None)


def depth_first(
    tree: TaskTree, rounds: dict[str, Rounds], limits: Limits, frontier: int = 1
) -> DepthFirst:
    return DepthFirst(Facts(tree, rounds), plan(limits, frontier))


def searching(known: Known, limits: Limits) -> DepthFirst:
    return DepthFirst(known, plan(limits))


GROW = Moment(may_grow=True)


class Run:
    """A search run to its end: a task's children are named by it and counted from 0."""

    def __init__(
        self,
        limits: Limits,
        world: World,
        seeds: int = 0,
        saturation: float = SATURATION,
        kind: type[Strategy] = DepthFirst,
    ) -> None:
        self.limits = limits
        self.world = world
        self.kind = kind
        self.saturation = saturation
        self.tree = TaskTree()
        self.rounds: dict[str, Rounds] = {}
        self.standings = Standings()
        root = self.tree.add("r", "", None).id
        self.standings.add(root, None)
        self._plant(root, seeds)

    def search(self, frontier: int = 1) -> Strategy:
        facts = Facts(self.tree, self.rounds, standings=self.standings)
        return self.kind(facts, plan(self.limits, frontier))

    def steps(self, frontier: int) -> Iterator[list[Step]]:
        while steps := self.search(frontier).next_steps(GROW):
            yield steps
            for step in steps:
                self.take(step)

    def take(self, step: Step) -> None:
        rounds = self.rounds.get(step.task, Rounds())
        new = min(step.asked, self.world(self.name(step.task), rounds.asked))
        admitted = [n < new for n in range(step.asked)]
        self.standings.answer(step.task, admitted, self._plant(step.task, new))
        self.rounds[step.task] = rounds.after(step.asked, new, self.saturation)

    def asked(self, frontier: int) -> list[Asked]:
        return [
            (self.name(step.task), step.operation, step.asked)
            for steps in self.steps(frontier)
            for step in steps
        ]

    def name(self, task_id: str) -> str:
        return self.tree.task(task_id).name

    def _plant(self, task_id: str, new: int) -> list[str]:
        name, known = self.name(task_id), len(self.tree.children(task_id))
        names = [f"{name}.{n}" for n in range(known, known + new)]
        planted = [self.tree.add(name, "", task_id).id for name in names]
        for task in planted:
            self.standings.add(task, task_id)
        return planted


def everything(_name: str, _turn: int) -> int:
    return 99


def nothing(_name: str, _turn: int) -> int:
    return 0
