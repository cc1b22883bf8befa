"""Generate: ask for records, many calls in flight, a few awaited at a time.

Every planned call is started at once and goes on while later supersteps run; the first of them are
awaited. So the endpoint stays busy while these wait for their slowest answer, and what is admitted
follows the plan's order, never the order of arrival.
"""

import asyncio
from collections.abc import Sequence
from functools import partial

from langgraph.runtime import Runtime

from asking.calls import Calls, Identity, Reply
from asking.conversation import converse
from errors import ExploreInstructError
from nodes.questions import record_question, shown_records
from nodes.resources import Resources
from nodes.settings import Settings
from nodes.show.emit import emit, emit_notice, emit_waiting
from nodes.show.events import Generating
from nodes.show.proposed import SHOWN_BYTES, records_proposal
from nodes.show.trace import below_the_run
from nodes.state import RecordStep, State
from search.strategy import Strategy
from store.digest import digest
from store.exploration import Exploration


async def generate(state: State, runtime: Runtime[Settings], resources: Resources) -> State:
    """Start all planned calls, await the first ones; return their proposals and the calls left."""
    settings = runtime.context
    exploration = await asyncio.to_thread(resources.view, state["head"], settings)
    search = settings.search(exploration)
    channel = resources.channel(state["run"], settings, emit_waiting(runtime), emit_notice(runtime))
    # a planned call is known by the tree, the settings, and what it is shown
    here = digest([state["tree_head"], settings.model_dump(mode="json")])
    planned = [
        ((here, *sorted(step.items()), *_shown(exploration, search, step, settings)), step)
        for step in state["planned"]
    ]
    for identity, step in planned:
        if identity not in channel.calls.started:
            question = record_question(exploration, search, step, settings)
            name = exploration.tree.task(step["task"]).name
            event = Generating(task=step["task"], name=name, n=step["order"])
            call = converse(question, channel, partial(emit, runtime, [event]))
            channel.calls.started[identity] = asyncio.create_task(below_the_run(call))
    first, rest = planned[: settings.window_step], planned[settings.window_step :]
    answered = await _answered([identity for identity, _ in first], channel.calls)
    tree, room = exploration.tree, SHOWN_BYTES // settings.window_step
    proposals = [
        records_proposal(tree, step, replies, channel.calls.keep(replies), room)
        for (_, step), replies in zip(first, answered, strict=True)
    ]
    return {"proposals": proposals, "planned": [step for _, step in rest]}


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
        del calls.started[identity]
    return answered


def _shown(
    exploration: Exploration, search: Strategy, step: RecordStep, settings: Settings
) -> list[str]:
    """Return the instructions that a planned call shows: they tell it apart from a fork's."""
    demonstrations, existing = shown_records(exploration, search, step, settings)
    return [exploration.records[key].instruction for key in (*demonstrations, *existing)]
