"""What a call brought: from memory, or after a crash from the journal."""

import asyncio

from langgraph.runtime import Runtime

from asking.calls import Reply
from nodes.ask import identity_of, lines_of
from nodes.judging.case import case_of
from nodes.judging.conversation import outcomes
from nodes.judging.outcome import Brought
from nodes.questions import question_of, reader
from nodes.resources import Resources
from nodes.settings import Settings
from nodes.state import Proposal


async def brought_by(
    proposal: Proposal, run: str, runtime: Runtime[Settings], resources: Resources
) -> Brought:
    """Return what the call of a proposal brought.

    After a crash the writer's replies are read by their keys, and the questions about its records
    asked again: all that were answered are found in the journal.
    """
    settings, step = runtime.context, proposal["step"]
    kept: Brought | None = resources.calls(run, settings).take(identity_of(step, settings))
    if kept is not None:
        return kept
    keys = proposal["answers"]
    stored = await asyncio.to_thread(resources.journal.answers, run, keys)
    replies = [Reply(key, stored[key], reader(step)(stored[key]["text"])) for key in keys]
    if step["operation"] != "generate":
        return Brought(replies)
    async for _, exploration in resources.views([step["head"]], settings):
        question = question_of(exploration, settings.search(exploration), step, settings)
        case = case_of(exploration, step, question, settings)
    return Brought(replies, await outcomes(case, replies, lines_of(run, runtime, resources)))
