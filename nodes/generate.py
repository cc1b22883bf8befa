"""Generate: ask for records, many calls in flight, a block awaited at a time.

Every planned call is started at once and goes on while later supersteps run; the first block of
them is awaited. So the endpoint stays busy while a block waits for its slowest answer, and what is
admitted follows the plan's order, never the order of arrival.
"""

import asyncio
from collections.abc import Sequence
from functools import partial

from langgraph.runtime import Runtime

from asking.conversation import converse
from asking.request import Channel
from errors import ExploreInstructError
from nodes.questions import record_question, shown_records
from nodes.resources import Identity, Resources
from nodes.settings import Settings
from nodes.show.events import Generating
from nodes.show.trace import below_the_run
from nodes.state import Proposal, RecordStep, State
from store.exploration import Exploration
from store.journal.log import digest


async def generate(state: State, runtime: Runtime[Settings], resources: Resources) -> State:
    """Start all planned calls, await the first block; return its proposals and the calls left."""
    settings = runtime.context
    exploration = await asyncio.to_thread(resources.view, state["head"], settings)
    channel = Channel.of(state["run"], runtime, resources)
    # a planned call is known by the tree, the settings, and what it is told
    here = digest([state["explored"], settings.model_dump(mode="json")])
    planned = [
        ((here, *sorted(step.items()), *_shown(exploration, step, settings)), step)
        for step in state["planned"]
    ]
    _start(planned, exploration, runtime, channel)
    block, rest = planned[: settings.block], planned[settings.block :]
    try:
        proposals = [
            Proposal(step=step, answers=await channel.line.started[identity], subtasks=[])
            for identity, step in block
        ]
    except asyncio.CancelledError:
        channel.line.abandon()
        raise
    except ExploreInstructError:
        await channel.line.settle()
        channel.line.refusal = None
        raise
    for identity, _ in block:
        del channel.line.started[identity]
    return {"proposals": proposals, "planned": [step for _, step in rest]}


def _start(
    planned: Sequence[tuple[Identity, RecordStep]],
    exploration: Exploration,
    runtime: Runtime[Settings],
    channel: Channel,
) -> None:
    for identity, step in planned:
        if identity in channel.line.started:
            continue
        question = record_question(exploration, step, runtime.context)
        name = exploration.tree.task(step["task"]).name
        told = Generating(task=step["task"], name=name, n=step["order"])
        started = partial(channel.tell, told)
        channel.line.started[identity] = asyncio.create_task(
            below_the_run(converse(question, channel, started))
        )


def _shown(exploration: Exploration, step: RecordStep, settings: Settings) -> list[str]:
    """Return the instructions that a planned call shows: they tell it from those of a fork."""
    demonstrations, existing = shown_records(exploration, step, settings)
    return [exploration.records[key].instruction for key in (*demonstrations, *existing)]
