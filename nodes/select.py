"""Select: the search. Which tasks are expanded next, and which records are asked for next.

It asks the strategy, which decides from what is known at `head` alone, and lets no step start whose
worst case could pass a cap of the allowance.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from langgraph.runtime import Runtime

from asking.allowance import Allowance
from asking.request import Question
from errors import InputError
from nodes.answers import EditError
from nodes.edits import make_edits
from nodes.prepare import first_phase
from nodes.questions import record_question, subtask_question
from nodes.resources import Resources
from nodes.settings import TRIES, Settings
from nodes.show.emit import emit, events_of
from nodes.show.events import PhaseEvent
from nodes.show.view import state_view
from nodes.spending import budget_left, cost_of, seconds_left
from nodes.state import Phase, RecordStep, Spent, State, TaskStep
from nodes.state import Step as _Step
from search.step import Step
from search.strategy import Moment, Strategy
from store.exploration import Exploration

EXPLORATION_SHARE = (0.1, 0.5)
"""The smallest and largest share of a cap that the exploration may use."""


async def select(state: State, runtime: Runtime[Settings], resources: Resources) -> State:
    """Return the steps to take next, or the next phase, or why the run ends here.

    Edits that a person put into the state by hand are made first. Raises InputError for edits that
    cannot be made.
    """
    settings = runtime.context
    edited = await _edited(state, runtime, resources) if state.get("edits") else cast("State", {})
    state = state | edited
    exploration = await asyncio.to_thread(resources.view, state["head"], settings)
    calls, price = resources.calls(state["run"], settings), resources.price(settings)
    spent: Spent = {**state["spent"], "seconds": state["spent"]["seconds"] + calls.lap()}
    left, used = seconds_left(settings, spent), cost_of(spent)
    calls.meter.start(settings.caps, used, price, left)
    headroom = resources.endpoint(settings).headroom
    allowance = Allowance(settings.caps, used, price, headroom=headroom, out_of_time=left <= 0)
    chosen = _Choice(state | {"spent": spent}, exploration, settings, allowance).update()
    if chosen["phase"] != state["phase"]:
        emit(runtime, [PhaseEvent(phase=chosen["phase"])])
    return edited | chosen | {"spent": spent, "budget_left": budget_left(settings, spent)}


async def _edited(state: State, runtime: Runtime[Settings], resources: Resources) -> State:
    """Make the edits in the state; return what changes, so that the search starts again."""
    settings = runtime.context
    try:
        head, exploration, entries = await asyncio.to_thread(
            make_edits, resources, state["head"], settings, state["edits"]
        )
    except EditError as error:
        place = "" if error.position is None else f"[{error.position}]"
        raise InputError(f"edits{place}: {error}") from error
    phase = first_phase(settings)
    emit(runtime, events_of(entries))
    emit(runtime, [PhaseEvent(phase=phase)])
    update: State = {"head": head, "edits": [], "phase": phase, "planned": []}
    return update | cast("State", state_view(exploration, settings.search(exploration)))


@dataclass(frozen=True, slots=True)
class _Growth:
    """The expansions that can be afforded, the calls for records beside them, and what cut both."""

    expansions: list[TaskStep]
    records: list[RecordStep]
    cut: str | None


class _Choice:
    """What select decides, from the state and from what is known."""

    def __init__(
        self, state: State, exploration: Exploration, settings: Settings, allowance: Allowance
    ) -> None:
        self._state = state
        self._exploration = exploration
        self._settings = settings
        self._allowance = allowance
        self._search: Strategy = settings.search(exploration)
        self._pending = state["planned"]
        allowance.reserve(self._pending, self._record_question)

    def update(self) -> State:
        """Return the steps of this superstep, the calls planned, and the phase."""
        state = self._state
        stopped_by, phase = state["stopped_by"], state["phase"]
        if phase == "explore" and self._awaits_review():
            return {"steps": [], "phase": "review"}
        if phase == "explore":
            grown = self._grow(state["spent_before"])
            if grown.expansions or grown.records:
                return self._exploring(grown)
            stopped_by = grown.cut
        update: State = {"steps": [], "stopped_by": stopped_by}
        if phase in {"explore", "review"}:
            phase = self._after_exploration()
            update["tree_head"] = state["head"]
        if phase != "generate":
            return update | {"phase": phase}
        records, cut = self._affordable(self._steps(may_grow=False))
        if not self._pending and not records:
            return update | self._after_generation(stopped_by, cut)
        return update | self._planned(records) | {"phase": "generate"}

    def _awaits_review(self) -> bool:
        """Return whether a person is to see what the last expansions brought."""
        asked = self._settings.review == "expansions"
        return asked and bool(self._state["judged"]) and not self._state["reviewed"]

    def _grow(self, since: Spent) -> _Growth:
        """Return the next expansions within the exploration's share of what was left at `since`."""
        steps = self._steps(may_grow=True)
        wanted = [step for step in steps if step.operation != "generate"]
        if not wanted:
            return _Growth([], [] if self._is_grown() else self._affordable(steps)[0], None)
        settings = self._settings
        expansions, cut = self._allowance.afford(
            [self._task_step(step, order) for order, step in enumerate(wanted)],
            self._subtask_question,
            share=1.0 if settings.tasks_only else _exploration_share(settings),
            since=cost_of(since),
        )
        return _Growth(expansions, self._affordable(steps)[0] if expansions else [], cut)

    def _is_grown(self) -> bool:
        """Return whether no task of the tree is open any more."""
        return self._search.is_settled(self._exploration.tree.root)

    def _exploring(self, grown: _Growth) -> State:
        """Return the update that goes on exploring, and writes records beside it if any came."""
        update: State = {"phase": "explore", "steps": grown.expansions, "stopped_by": None}
        return update | (self._planned(grown.records) if grown.records else {})

    def _after_exploration(self) -> Phase:
        if self._settings.review != "off" and not self._state["reviewed"]:
            return "review"
        return "finish" if self._settings.tasks_only else "generate"

    def _after_generation(self, stopped_by: str | None, cut: str | None) -> State:
        """Return what follows when no call for records is left to make.

        An exploration that was cut short, so that records could be paid for, goes on from what they
        left of the budget.
        """
        spent, quota = self._state["spent"], self._settings.quota
        if cut is None and stopped_by:
            grown = self._grow(spent)
            cut = grown.cut
            if grown.expansions:
                again: State = {"spent_before": spent, "planned": []}
                return again | self._exploring(grown)
        progress = self._exploration.progress.values()
        if cut is None and not quota.is_met(progress):
            cut = quota.missed_by(progress)
        return {"phase": "finish", "planned": [], "stopped_by": cut}

    def _steps(self, *, may_grow: bool) -> list[Step]:
        pending = [
            Step("generate", step["task"], step["asked"], step["turn"]) for step in self._pending
        ]
        room = self._settings.window_size - len(pending)
        return self._search.next_steps(Moment(may_grow, pending, room))

    def _affordable(self, steps: Iterable[Step]) -> tuple[list[RecordStep], str | None]:
        """Return the calls for records among the steps that can be afforded, and what cut them."""
        calls = [step for step in steps if step.operation == "generate"]
        first = self._state["calls_planned"]
        fresh = [self._record_step(call, first + n) for n, call in enumerate(calls)]
        return self._allowance.afford(fresh, self._record_question)

    def _planned(self, records: list[RecordStep]) -> State:
        planned_ever = self._state["calls_planned"] + len(records)
        return {"planned": [*self._pending, *records], "calls_planned": planned_ever}

    def _task_step(self, step: Step, order: int) -> TaskStep:
        name = self._exploration.tree.task(step.task).name
        return TaskStep(**_common(step, order), name=name)

    def _record_step(self, call: Step, order: int) -> RecordStep:
        records = self._exploration.records_of
        parent = self._exploration.tree.task(call.task).parent or ""
        existing, inherited = len(records.get(call.task, [])), len(records.get(parent, []))
        known = _common(call, order)
        return RecordStep(**known, turn=call.turn, existing=existing, inherited=inherited)

    def _subtask_question(self, step: TaskStep) -> Question:
        return subtask_question(self._exploration, self._search, step, self._settings)

    def _record_question(self, step: RecordStep) -> Question:
        return record_question(self._exploration, self._search, step, self._settings)


def _common(step: Step, order: int) -> _Step:
    return _Step(
        order=order, operation=step.operation, task=step.task, asked=step.asked, tries=TRIES
    )


def _exploration_share(settings: Settings) -> float:
    expected = settings.expected
    low, high = EXPLORATION_SHARE
    return min(high, max(low, expected.explore_calls / expected.calls))
