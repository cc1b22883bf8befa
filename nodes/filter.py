"""Filter: admits what the model proposed, in the order it was asked for.

What a superstep admits and rejects becomes one commit of the journal, and the state's new head.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, cast

from langgraph.runtime import Runtime

from nodes.brought import brought_by
from nodes.judging.outcome import Brought
from nodes.proposals import entries_of
from nodes.resources import Resources
from nodes.roles import ROLES, Role, as_role, role_of
from nodes.settings import Settings
from nodes.show.emit import budget_event, closings, emit, events_of
from nodes.show.trace import trace_verdicts
from nodes.show.verdicts import verdicts
from nodes.show.view import state_view
from nodes.spending import budget_left, with_answers
from nodes.state import Proposal, Spent, State


async def filter_proposals(state: State, runtime: Runtime[Settings], resources: Resources) -> State:
    """Judge all proposals of the superstep; return the new head and what changed with it."""
    settings = runtime.context
    proposals = sorted(state["proposals"], key=_place)
    exploration = await asyncio.to_thread(resources.take, state["head"], settings)
    found = [await brought_by(one, state["run"], runtime, resources) for one in proposals]
    judged = await asyncio.to_thread(entries_of, exploration, proposals, found, settings)
    entries = [entry for _, decided in judged for entry in decided]
    head = state["head"]
    if entries:
        head = await asyncio.to_thread(resources.journal.commit, head, entries)
    await trace_verdicts(exploration, judged)
    resources.put(head, exploration)
    spent = _spent(state["spent"], proposals, found, settings, resources)
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


def _spent(
    spent: Spent,
    proposals: Sequence[Proposal],
    found: Sequence[Brought],
    settings: Settings,
    resources: Resources,
) -> Spent:
    """Return what has been spent once all that these calls brought is counted, role by role."""
    answers: dict[Role, list[Mapping[str, Any]]] = {role: [] for role in ROLES}
    for proposal, one in zip(proposals, found, strict=True):
        own = role_of(proposal["step"]["operation"])
        answers[own] += [reply.answer for reply in one.replies]
        for asked in one.asked:
            answers[asked.role] += [reply.answer for reply in asked.replies]
    for role, counted in answers.items():
        if counted:
            price = resources.price(as_role(settings, role))
            spent = with_answers(spent, counted, price, role)
    return spent


def _place(proposal: Proposal) -> tuple[bool, int]:
    """Return where a proposal stands: subtasks before records, each in the order of asking."""
    step = proposal["step"]
    return step["operation"] == "generate", step["order"]
