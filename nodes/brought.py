"""What a call brought: from memory, or after a crash from the journal."""

import asyncio

from langgraph.runtime import Runtime

from asking.calls import Reply
from nodes.ask import identity_of, lines_of
from nodes.judging.case import case_of
from nodes.judging.conversation import outcomes
from nodes.judging.outcome import Brought
from nodes.questions import question_of, reader
from nodes.resources import Resources, domain_of
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
    async for _, known in resources.views([step["head"]], settings):
        read = reader(step, domain_of(known), settings)
        replies = [Reply(key, stored[key], read(stored[key]["text"])) for key in keys]
        if step["operation"] == "generate":
            question = question_of(known, settings.search(known), step, settings)
            case = case_of(known, step, question, settings)
            lines = lines_of(run, runtime, resources)
            return Brought(replies, await outcomes(case, replies, lines))
    return Brought(replies)
