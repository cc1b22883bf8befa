"""What lookahead, backtrack and generate share: many calls in flight, a few awaited at a time.

Every planned call is started at once and goes on while later supersteps run; the first of them are
awaited. So the endpoint stays busy while these wait for their slowest answer, and what is admitted
follows the plan's order, never the order of arrival.
"""

import asyncio
from collections.abc import Sequence
from functools import cache, partial

from langgraph.runtime import Runtime

from asking.calls import Calls, Identity
from asking.line import Line
from errors import ExploreInstructError
from nodes.judging.case import case_of
from nodes.judging.conversation import brought, judged
from nodes.judging.inquiry import Lines
from nodes.judging.outcome import Brought
from nodes.questions import question_of
from nodes.resources import Resources
from nodes.roles import Role, as_role
from nodes.settings import Settings
from nodes.show.emit import emit, emit_notice, emit_waiting, proposed_events, started_event
from nodes.show.proposed import SHOWN_BYTES, proposal_of
from nodes.show.trace import below_the_run
from nodes.state import State, Step
from search.step import Operation
from store.digest import canonical, digest


async def ask(
    operation: Operation, state: State, runtime: Runtime[Settings], resources: Resources
) -> State:
    """Start all planned calls of the operation, await the next ones; return their proposals."""
    settings = runtime.context
    calls = resources.calls(state["run"], settings)
    planned = {
        identity_of(step, settings): step
        for step in (*state["steps"], *state["planned"])
        if step["operation"] == operation
    }
    awaited = [key for key, step in planned.items() if step in state["steps"]]
    await _start(planned, state["run"], runtime, resources)
    answered = await _answered(awaited, calls)
    room = SHOWN_BYTES // settings.window_step
    proposals = []
    for key, found in zip(awaited, answered, strict=True):
        calls.keep(key, found)
        proposals.append(proposal_of(planned[key], found.replies, room))
        emit(runtime, proposed_events(planned[key], found.replies))
    return {"proposals": proposals}


def identity_of(step: Step, settings: Settings) -> Identity:
    """Return what tells a planned call from every other, asked by other settings, too."""
    return digest(settings.model_dump(mode="json")), canonical(step)


def lines_of(run: str, runtime: Runtime[Settings], resources: Resources) -> Lines:
    """Return how each role is asked in a run."""
    settings, waiting, notice = runtime.context, emit_waiting(runtime), emit_notice(runtime)

    @cache
    def line(role: Role) -> Line:
        asked = as_role(settings, role)
        return Line(resources.channel(run, asked, waiting, notice), resources.rates(asked))

    return line


async def _start(
    planned: dict[Identity, Step], run: str, runtime: Runtime[Settings], resources: Resources
) -> None:
    """Start those calls that are not under way, each told what was known when it was planned."""
    settings, started = runtime.context, resources.calls(run, runtime.context).started
    lines = lines_of(run, runtime, resources)
    waiting = {key: step for key, step in planned.items() if key not in started}
    heads = list(dict.fromkeys(step["head"] for step in waiting.values()))
    async for head, exploration in resources.views(heads, settings):
        search = settings.search(exploration)
        for key, step in waiting.items():
            if step["head"] == head:
                question = question_of(exploration, search, step, settings)
                begin = partial(emit, runtime, [started_event(exploration.tree, step)])
                if step["operation"] == "generate":
                    call = judged(case_of(exploration, step, question, settings), lines, begin)
                else:
                    call = brought(question, lines("explore"), begin)
                started[key] = asyncio.create_task(below_the_run(call))


async def _answered(planned: Sequence[Identity], calls: Calls) -> list[Brought]:
    """Return what these planned calls brought, which are then no longer under way."""
    try:
        answered = [await calls.started[identity] for identity in planned]
    except asyncio.CancelledError:
        calls.abandon()
        raise
    except ExploreInstructError:
        await calls.settle()
        calls.refusal = None
        raise
    for identity in planned:
        calls.started.pop(identity, None)
    return answered
