"""Select: the search. Which tasks are expanded next, or which records are asked for next.

It decides from what is known at `head` alone, and lets no step start whose worst case could pass a
cap of the allowance.
"""

import asyncio
from typing import Any, cast

from langgraph.runtime import Runtime

from asking.allowance import Allowance, budget_left
from asking.request import Question
from errors import InputError
from nodes.edits import EditError, make_edits
from nodes.questions import record_question, subtask_question
from nodes.resources import Resources
from nodes.settings import TRIES, Settings
from nodes.show.emit import tell, told_of
from nodes.show.events import PhaseEvent
from nodes.show.view import state_view
from nodes.state import Phase, RecordStep, Spent, State, Step, TaskStep
from search import search
from search.schedule import Planned, next_calls
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
    line = resources.line(state["run"], settings)
    spent: Spent = {**state["spent"], "seconds": state["spent"]["seconds"] + line.lap()}
    line.meter.start(settings, spent, resources.price(settings))
    headroom = resources.endpoint(settings).headroom
    allowance = Allowance(settings, spent, resources.price(settings), headroom)
    update = _decide(state | {"spent": spent}, exploration, settings, allowance)
    if update["phase"] != state["phase"]:
        tell(runtime, [PhaseEvent(phase=update["phase"])])
    update |= {"spent": spent, "budget_left": budget_left(settings, spent)}
    return edited | cast("State", update)


async def _edited(state: State, runtime: Runtime[Settings], resources: Resources) -> State:
    """Return what changes by the edits in the state: the search looks at everything anew."""
    settings = runtime.context
    try:
        head, exploration, entries = await asyncio.to_thread(
            make_edits, resources, state["head"], settings, state["edits"]
        )
    except EditError as error:
        place = "" if error.position is None else f"[{error.position}]"
        raise InputError(f"edits{place}: {error}") from error
    phase: Phase = "generate" if settings.strategy == "self-instruct" else "explore"
    tell(runtime, told_of(entries))
    tell(runtime, [PhaseEvent(phase=phase)])
    update: State = {"head": head, "edits": [], "phase": phase, "planned": []}
    return update | cast("State", state_view(exploration, settings.limits))


def _decide(
    state: State, exploration: Exploration, settings: Settings, allowance: Allowance
) -> dict[str, Any]:
    if state["phase"] == "explore":
        if settings.review == "expansions" and state["judged"] and not state["reviewed"]:
            return {"steps": [], "phase": "review"}
        steps, cut = _explore(exploration, state["explored_from"], settings, allowance)
        if steps:
            return {"phase": "explore", "steps": steps, "stopped_by": None}
        state = state | {"stopped_by": cut}
    update: dict[str, Any] = {"steps": [], "stopped_by": state["stopped_by"]}
    phase = state["phase"]
    if phase in {"explore", "review"}:
        phase = _after_exploration(state, settings)
        update["explored"] = state["head"]
    if phase != "generate":
        return update | {"phase": phase}
    planned, stop = _generate(exploration, state, settings, allowance)
    if not planned:
        return update | _after_generation(state, exploration, settings, allowance, stop)
    in_flight = len(state["planned"])
    planned_ever = state["calls_planned"] + len(planned) - in_flight
    return update | {"phase": "generate", "planned": planned, "calls_planned": planned_ever}


def _after_generation(
    state: State,
    exploration: Exploration,
    settings: Settings,
    allowance: Allowance,
    stop: str | None,
) -> dict[str, Any]:
    """Return what follows when no call for records is left to make.

    An exploration that was cut short, so that records could be paid for, goes on from what they
    left of the budget.
    """
    if stop is None and state["stopped_by"]:
        steps, stop = _explore(exploration, state["spent"], settings, allowance)
        if steps:
            again = {"phase": "explore", "steps": steps, "stopped_by": None}
            return again | {"explored_from": state["spent"], "planned": []}
    if stop is None and not settings.quota.is_met(exploration.progress.values()):
        stop = settings.quota.missed_by(exploration.progress.values())
    return {"phase": "finish", "planned": [], "stopped_by": stop}


def _after_exploration(state: State, settings: Settings) -> Phase:
    if settings.review != "off" and not state["reviewed"]:
        return "review"
    return "finish" if settings.tasks_only else "generate"


def _explore(
    exploration: Exploration, since: Spent, settings: Settings, allowance: Allowance
) -> tuple[list[TaskStep], str | None]:
    """Return the next expansions that fit the exploration's share of what was left at `since`."""
    known = search.Search(exploration.tree, exploration.rounds, settings.limits)
    wanted = known.next_steps(settings.frontier)
    steps = [_task_step(exploration, step, order) for order, step in enumerate(wanted)]

    def ask(step: Step) -> Question:
        return subtask_question(exploration, step, settings)

    share = 1.0 if settings.tasks_only else _exploration_share(settings)
    return allowance.afford(steps, ask, share=share, since=since)


def _generate(
    exploration: Exploration, state: State, settings: Settings, allowance: Allowance
) -> tuple[list[RecordStep], str | None]:
    def ask(step: Step) -> Question:
        return record_question(exploration, cast("RecordStep", step), settings)

    planned = state["planned"]
    allowance.reserve(planned, ask)
    progress = {task: exploration.progress[task] for task in exploration.tree.preorder()}
    in_flight = [Planned(step["task"], step["turn"], step["asked"]) for step in planned]
    room = settings.lag - len(planned)
    calls = next_calls(progress, in_flight, settings.quota, room)
    first = state["calls_planned"]
    fresh = [_record_step(exploration, call, first + n) for n, call in enumerate(calls)]
    affordable, stop = allowance.afford(fresh, ask)
    return [*planned, *affordable], stop


def _task_step(exploration: Exploration, step: search.Step, order: int) -> TaskStep:
    return TaskStep(
        order=order,
        operation=step.operation,
        task=step.task,
        asked=step.asked,
        tries=TRIES,
        name=exploration.tree.task(step.task).name,
    )


def _record_step(exploration: Exploration, call: Planned, order: int) -> RecordStep:
    parent = exploration.tree.task(call.task).parent or ""
    return RecordStep(
        order=order,
        operation="generate",
        task=call.task,
        asked=call.asked,
        tries=TRIES,
        turn=call.turn,
        existing=len(exploration.records_of.get(call.task, [])),
        inherited=len(exploration.records_of.get(parent, [])),
    )


def _exploration_share(settings: Settings) -> float:
    expected = settings.expected
    low, high = EXPLORATION_SHARE
    return min(high, max(low, expected.explore_calls / expected.calls))
