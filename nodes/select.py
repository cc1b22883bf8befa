"""Select: the search. Which tasks are expanded next, and which records are asked for next.

It asks the strategy, which decides from what is known at `head` alone, and lets no step start whose
worst case could pass a cap of the allowance.
"""

import asyncio
from collections.abc import Sequence
from functools import cache
from typing import cast

from langgraph.runtime import Runtime

from asking.allowance import Allowance
from asking.request import Question
from errors import InputError
from nodes.answers import EditError
from nodes.edits import make_edits
from nodes.judging.reserve import reserve_of, reserved_for
from nodes.planning import planned_call
from nodes.prepare import first_phase
from nodes.questions import question_of, search_step
from nodes.resources import Resources
from nodes.roles import as_role, role_of
from nodes.settings import Settings
from nodes.show.emit import emit, events_of
from nodes.show.events import PhaseEvent
from nodes.show.view import state_view
from nodes.spending import budget_left, cost_of, seconds_left
from nodes.state import Phase, Spent, State
from nodes.state import Step as Planned
from search.step import Step
from search.strategy import Moment, Strategy
from store.exploration import Exploration

BUSY = 32
"""Calls in flight that keep an endpoint busy: as long as the caps can pay for so many, each may be
asked again after an answer that cannot be read."""


async def select(state: State, runtime: Runtime[Settings], resources: Resources) -> State:
    """Return the steps to take next, or the next phase, or why the run ends here.

    Edits that a person put into the state by hand are made first. Raises InputError for edits that
    cannot be made.
    """
    settings = runtime.context
    edited = await _edited(state, runtime, resources) if state.get("edits") else cast("State", {})
    state = state | edited
    exploration = await asyncio.to_thread(resources.view, state["head"], settings)
    calls = resources.calls(state["run"], settings)
    spent: Spent = {**state["spent"], "seconds": state["spent"]["seconds"] + calls.lap()}
    left, used = seconds_left(settings, spent), cost_of(spent)
    calls.meter.start(settings.caps, used, left)
    rates = cache(lambda role: resources.rates(as_role(settings, role)))
    allowance = Allowance(
        settings.caps,
        used,
        lambda step: rates(role_of(step["operation"])),
        lambda step: reserved_for(step, settings, rates),
        beside=reserve_of(exploration, settings, rates),
        busy=min(BUSY, settings.window_size),
        out_of_time=left <= 0,
    )
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
    update: State = {"head": head, "edits": [], "phase": phase, "steps": [], "planned": []}
    return update | cast("State", state_view(exploration, settings.search(exploration)))


EIGHTH = 8
"""Of so many planned calls the first is waited for before the next ones are planned."""


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
        self._pending = [*state["planned"]]
        allowance.reserve(self._pending)

    def update(self) -> State:
        """Return the calls to wait for, those planned after them, and the phase."""
        phase = self._state["phase"]
        if phase == "explore":
            return self._explore()
        if phase == "review":
            return self._after_exploration(self._state["stopped_by"])
        return self._write(self._state["stopped_by"])

    def _explore(self) -> State:
        """Grow the tree, and write records beside it where the strategy mixes both."""
        if self._settings.review == "expansions":
            if self._pending:
                return self._planned("explore")
            if self._state["judged"] and not self._state["reviewed"]:
                return {"steps": [], "phase": "review"}
        expansions, steps, cut = self._growth(may_grow=True)
        if expansions or any(step["operation"] != "generate" for step in self._pending):
            reviews = self._settings.review != "off"
            records = [] if reviews else self._records(steps, expansions)[0]
            return self._planned("explore", [*expansions, *records])
        return self._after_exploration(cut)

    def _after_exploration(self, cut: str | None) -> State:
        if self._state["phase"] == "explore" and self._is_to_review():
            return {"steps": [], "stopped_by": cut, "phase": "review"}
        if self._settings.tasks_only:
            return {"steps": [], "stopped_by": cut, "phase": "finish"}
        return self._write(cut)

    def _is_to_review(self) -> bool:
        """Return whether a person is to see the tree before the first record is paid for."""
        return self._settings.review != "off" and not self._state["reviewed"]

    def _write(self, stopped_by: str | None) -> State:
        """Write records; a strategy that mixes both grows its tree further beside them."""
        expansions, steps, cut = self._growth(may_grow=self._grows_beside_records)
        records, cut_records = self._records(steps, expansions)
        if expansions or records or self._pending:
            planned = self._planned("generate", [*expansions, *records])
            return {"stopped_by": stopped_by, **planned}
        return self._after_generation(stopped_by, cut or cut_records)

    def _after_generation(self, stopped_by: str | None, cut: str | None) -> State:
        """Return what follows when no call for records is left to make.

        An exploration that was cut short, so that records could be paid for, goes on from what they
        left of the budget.
        """
        spent, quota = self._state["spent"], self._settings.quota
        if cut is None and stopped_by:
            expansions, cut = self._expansions(self._next_steps(), spent)
            if expansions:
                again: State = {"spent_before": spent, "stopped_by": None}
                phase: Phase = "generate" if self._grows_beside_records else "explore"
                return again | self._planned(phase, expansions)
        progress = self._exploration.progress.values()
        if cut is None and not quota.is_met(progress):
            cut = quota.missed_by(progress)
        return {"phase": "finish", "steps": [], "planned": [], "stopped_by": cut}

    @property
    def _grows_beside_records(self) -> bool:
        """Whether the tree still grows once records are written; not where each step is reviewed.

        A tree is reviewed once, before the first record: names that come later need no review.
        """
        return self._search.mixes and self._settings.review != "expansions"

    def _growth(self, *, may_grow: bool) -> tuple[list[Planned], list[Step], str | None]:
        """Return the calls for subtasks, the steps to take beside them, and what stopped the rest.

        Where a cap stops some, the room that these would have taken is there for records.
        """
        steps = self._next_steps(may_grow=may_grow)
        expansions, cut = self._expansions(steps, self._state["spent_before"])
        if cut:
            steps = self._next_steps(expansions, may_grow=False)
        return expansions, steps, cut

    def _next_steps(self, beside: Sequence[Planned] = (), *, may_grow: bool = True) -> list[Step]:
        """Return what the strategy would do next, `beside` what is planned already."""
        pending = [search_step(step) for step in (*self._pending, *beside)]
        room = self._settings.window_size - len(pending)
        return self._search.next_steps(Moment(may_grow, pending, room))

    def _expansions(self, steps: Sequence[Step], since: Spent) -> tuple[list[Planned], str | None]:
        """Return those calls for subtasks that fit into their share of what was left at `since`."""
        first = self._state["calls_planned"]
        wanted = [step for step in steps if step.operation != "generate"]
        return self._allowance.afford(
            [self._plan(step, first + n) for n, step in enumerate(wanted)],
            self._question,
            share=self._search.exploration_share,
            since=cost_of(since),
        )

    def _records(
        self, steps: Sequence[Step], before: Sequence[Planned]
    ) -> tuple[list[Planned], str | None]:
        """Return those calls for records that can be afforded; `before` are planned before them."""
        first = self._state["calls_planned"] + len(before)
        wanted = [step for step in steps if step.operation == "generate"]
        planned = [self._plan(step, first + n) for n, step in enumerate(wanted)]
        return self._allowance.afford(planned, self._question)

    def _planned(self, phase: Phase, found: Sequence[Planned] = ()) -> State:
        """Return the update that plans these calls, and waits for the first of all planned."""
        planned = [*self._pending, *found]
        step = self._awaited(planned)
        return {
            "phase": phase,
            "steps": planned[:step],
            "planned": planned[step:],
            "calls_planned": self._state["calls_planned"] + len(found),
        }

    def _awaited(self, planned: Sequence[Planned]) -> int:
        """Return how many of the planned calls to wait for.

        Near a cap of tokens few are planned. What the first of them cost decides how many more may
        start: so records are taken in sooner there. Names are not: what all of them together bring
        tells best where to ask next.
        """
        most = self._settings.window_step
        is_naming = any(step["operation"] != "generate" for step in planned)
        if is_naming or not self._settings.caps.count_tokens:
            return most
        return max(1, min(most, len(planned) // EIGHTH))

    def _plan(self, step: Step, order: int) -> Planned:
        return planned_call(step, order, self._state["head"], self._exploration, self._settings)

    def _question(self, step: Planned) -> Question:
        return question_of(self._exploration, self._search, step, self._settings)
