"""What lookahead, backtrack and generate share: many calls in flight, a few awaited at a time.

Every planned call is started at once and goes on while later supersteps run; the first of them are
awaited. So the endpoint stays busy while these wait for their slowest answer, and what is admitted
follows the plan's order, never the order of arrival.
"""

import asyncio
from collections.abc import Sequence
from functools import partial

from langgraph.runtime import Runtime

from asking.calls import Calls, Channel, Identity, Reply
from asking.conversation import converse
from errors import ExploreInstructError
from nodes.questions import question_of
from nodes.resources import Resources
from nodes.roles import as_role, role_of
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
    asked = as_role(settings, role_of(operation))
    channel = resources.channel(state["run"], asked, emit_waiting(runtime), emit_notice(runtime))
    known_by = digest(settings.model_dump(mode="json"))
    planned: dict[Identity, Step] = {
        (known_by, canonical(step)): step
        for step in (*state["steps"], *state["planned"])
        if step["operation"] == operation
    }
    awaited = [key for key, step in planned.items() if step in state["steps"]]
    await _start(planned, runtime, resources, channel)
    answered = await _answered(awaited, channel.calls)
    room = SHOWN_BYTES // settings.window_step
    proposals = [
        proposal_of(planned[key], replies, channel.calls.keep(replies), room)
        for key, replies in zip(awaited, answered, strict=True)
    ]
    for key, replies in zip(awaited, answered, strict=True):
        emit(runtime, proposed_events(planned[key], replies))
    return {"proposals": proposals}


async def _start(
    planned: dict[Identity, Step],
    runtime: Runtime[Settings],
    resources: Resources,
    channel: Channel,
) -> None:
    """Start those calls that are not under way, each told what was known when it was planned."""
    settings, started = runtime.context, channel.calls.started
    waiting = {key: step for key, step in planned.items() if key not in started}
    heads = list(dict.fromkeys(step["head"] for step in waiting.values()))
    async for head, exploration in resources.views(heads, settings):
        search = settings.search(exploration)
        for key, step in waiting.items():
            if step["head"] == head:
                question = question_of(exploration, search, step, settings)
                event = started_event(exploration.tree, step)
                call = converse(question, channel, partial(emit, runtime, [event]))
                started[key] = asyncio.create_task(below_the_run(call))


async def _answered(planned: Sequence[Identity], calls: Calls) -> list[list[Reply]]:
    """Return the replies of these planned calls, which are then no longer under way."""
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
