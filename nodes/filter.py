"""Filter: admits what the model proposed, in the order it was asked for.

What a superstep admits and rejects becomes one commit of the journal, and the state's new head.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

from langgraph.runtime import Runtime

from asking.calls import Reply
from nodes.proposals import entries_of
from nodes.questions import reader
from nodes.resources import Resources, domain_of
from nodes.roles import ROLES, Role, as_role, role_of
from nodes.settings import Settings
from nodes.show.emit import budget_event, closings, emit, events_of
from nodes.show.trace import trace_verdicts
from nodes.show.verdicts import verdicts
from nodes.show.view import state_view
from nodes.spending import budget_left, with_answers
from nodes.state import Proposal, State
from prompts.domain import Domain


async def filter_proposals(state: State, runtime: Runtime[Settings], resources: Resources) -> State:
    """Judge all proposals of the superstep; return the new head and what changed with it."""
    settings = runtime.context
    proposals = sorted(state["proposals"], key=_place)
    exploration = await asyncio.to_thread(resources.take, state["head"], settings)
    replies = await _replies(state["run"], proposals, settings, resources, domain_of(exploration))
    judged = await asyncio.to_thread(
        entries_of, exploration, proposals, replies, reasoning=settings.reasoning
    )
    entries = [entry for _, decided in judged for entry in decided]
    head = state["head"]
    if entries:
        head = await asyncio.to_thread(resources.journal.commit, head, entries)
    await trace_verdicts(exploration, judged)
    resources.put(head, exploration)
    spent = state["spent"]
    for role in ROLES:
        if answers := _answers(role, proposals, replies):
            price = resources.price(as_role(settings, role))
            spent = with_answers(spent, answers, price, role)
    search = settings.search(exploration)
    update: State = {
        "head": head,
        "proposals": cast("list[Proposal]", None),
        "judged": verdicts(exploration, entries),
        "spent": spent,
        "budget_left": budget_left(settings, spent),
    }
    update |= cast("State", state_view(exploration, search))
    expanded = [p["step"]["task"] for p in proposals if p["step"]["operation"] != "generate"]
    if expanded:
        update["reviewed"] = False
    emit(runtime, events_of(entries))
    new = [entry.body["id"] for entry in entries if entry.kind == "task"]
    emit(runtime, closings(search, [*new, *expanded]))
    emit(runtime, [budget_event(state | update, search, settings)])
    return update


def _answers(
    role: Role, proposals: Sequence[Proposal], replies: Mapping[str, Reply]
) -> list[Mapping[str, Any]]:
    """Return the answers that the model of a role gave."""
    own = [one for one in proposals if role_of(one["step"]["operation"]) == role]
    return [replies[key].answer for one in own for key in one["answers"]]


def _place(proposal: Proposal) -> tuple[bool, int]:
    """Return where a proposal stands: subtasks before records, each in the order of asking."""
    step = proposal["step"]
    return step["operation"] == "generate", step["order"]


async def _replies(
    run: str,
    proposals: Sequence[Proposal],
    settings: Settings,
    resources: Resources,
    domain: Domain,
) -> Mapping[str, Reply]:
    """Return the replies of the proposals: from memory, or after a crash from the journal."""
    steps = {key: proposal["step"] for proposal in proposals for key in proposal["answers"]}
    kept = resources.calls(run, settings).take(steps)
    missing = [key for key in steps if key not in kept]
    if not missing:
        return kept
    stored = await asyncio.to_thread(resources.journal.answers, run, missing)
    reread = {
        key: Reply(key, answer, reader(steps[key], domain)(answer["text"]))
        for key, answer in stored.items()
    }
    return kept | reread
