"""What a run has done so far, folded from its events: the state that both views show.

Events are plain dicts with "v" (1) and "type"; types that are not known here are passed over.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Event = Mapping[str, Any]

LEAST_CALLS = 3  # with fewer calls, the time left is unknown


@dataclass(slots=True)
class Branch:
    """A task; `tasks`, `open` and `kept` count it and all that lies below it."""

    name: str
    parent: str | None
    children: list[str] = field(default_factory=list)
    closed: str = ""
    tasks: int = 1
    open: int = 1
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Now:
    """What the run does now: a word for it, the task's id, and the names from the root to it."""

    doing: str
    task: str
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spent:
    """Calls and tokens so far, dollars (None where no price is known), calls expected in all."""

    calls: int
    prompt_tokens: int
    completion_tokens: int
    usd: float | None
    calls_expected: int


class Progress:
    """The run so far; `apply` takes the next event and the time (seconds) at which it came."""

    def __init__(self) -> None:
        self.phases: list[str] = []
        self.now: Now | None = None
        self.waiting = ""
        self.notices: list[str] = []
        self.branches: dict[str, Branch] = {}
        self.rejected_tasks: Counter[str] = Counter()
        self.rejected_records: Counter[str] = Counter()
        self.kept = 0
        self.wanted = 0
        self.last = ""
        self.spent: Spent | None = None
        self.unseen: tuple[int, int, int] | None = None
        self._first = (0.0, 0)
        self._latest = 0.0

    def apply(self, event: Event, at: float) -> None:
        """Take the event into account."""
        kind = event["type"]
        self.waiting = event["message"] if kind == "waiting" else ""
        if kind == "budget":
            self._budget(event, at)
        elif fold := getattr(self, f"_on_{kind}", None):
            fold(event)

    def seconds_left(self, at: float) -> float | None:
        """Return the seconds left if calls go on at their rate so far, None while it is unknown."""
        start, before = self._first
        if self.spent is None or self.spent.calls - before < LEAST_CALLS:
            return None
        pace = (self._latest - start) / (self.spent.calls - before)
        left = pace * max(0, self.spent.calls_expected - self.spent.calls)
        return max(0.0, left - (at - self._latest))

    @property
    def phase(self) -> str:
        """The phase the run is in, "" before the first."""
        return self.phases[-1] if self.phases else ""

    def path(self, task: str) -> tuple[str, ...]:
        """Return the names from the root to the task, as far as they are known."""
        return tuple(branch.name for branch in reversed(list(self._line(task))))

    def _line(self, task: str | None) -> Iterator[Branch]:
        """Yield the task and all above it."""
        while branch := self.branches.get(task or ""):
            yield branch
            task = branch.parent

    def _below(self, task: str) -> Iterator[str]:
        """Yield the task and all below it."""
        yield task
        for child in self.branches[task].children:
            yield from self._below(child)

    def _on_notice(self, event: Event) -> None:
        self.notices.append(event["message"])

    def _on_phase(self, event: Event) -> None:
        self.phases.append(event["phase"])
        self.now = None

    def _on_expanding(self, event: Event) -> None:
        self.now = Now(event["operation"], event["task"], tuple(event["path"]))

    def _on_generating(self, event: Event) -> None:
        self.now = Now("generate", event["task"], self.path(event["task"]) or (event["name"],))

    def _on_task_admitted(self, event: Event) -> None:
        task, parent = event["task"], event["parent"]
        if task in self.branches:
            return
        known = parent in self.branches
        self.branches[task] = Branch(event["name"], parent if known else None)
        if known:
            self.branches[parent].children.append(task)
        for above in self._line(self.branches[task].parent):
            above.tasks += 1
            above.open += 1

    def _on_task_closed(self, event: Event) -> None:
        task = event["task"]
        if task in self.branches and not self.branches[task].closed:
            self.branches[task].closed = event["why"]
            for branch in self._line(task):
                branch.open -= 1

    def _on_task_pruned(self, event: Event) -> None:
        task = event["task"]
        if branch := self.branches.get(task):
            for above in self._line(branch.parent):
                above.tasks -= branch.tasks
                above.open -= branch.open
                above.kept -= branch.kept
            if branch.parent:
                self.branches[branch.parent].children.remove(task)
            for gone in list(self._below(task)):
                del self.branches[gone]

    def _on_task_renamed(self, event: Event) -> None:
        if branch := self.branches.get(event["task"]):
            branch.name = event["name"]

    def _on_more_wanted(self, event: Event) -> None:
        branch = self.branches.get(event["task"])
        if branch and branch.closed:
            branch.closed = ""
            for above in self._line(event["task"]):
                above.open += 1

    def _on_task_rejected(self, event: Event) -> None:
        self.rejected_tasks[event["rule"]] += 1

    def _on_record_rejected(self, event: Event) -> None:
        self.rejected_records[event["rule"]] += 1

    def _on_record_kept(self, event: Event) -> None:
        self.kept += 1
        self.last = event["instruction"]
        for branch in self._line(event["task"]):
            branch.kept += 1

    def _budget(self, event: Event, at: float) -> None:
        if self.spent is None:
            self._first = (at, event["calls"])
        self._latest = at
        self.kept, self.wanted = event["kept"], event["wanted"]
        self.unseen = _unseen(event)
        self.spent = Spent(
            event["calls"],
            event["prompt_tokens"],
            event["completion_tokens"],
            event["usd"],
            event["calls_expected"],
        )


def _unseen(event: Event) -> tuple[int, int, int] | None:
    """Return how many tasks are still to be found: expected, low, high; None where unknown."""
    expected = event.get("unseen")
    return None if expected is None else (expected, event["unseen_low"], event["unseen_high"])
