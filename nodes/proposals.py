"""From the proposals of a superstep to journal entries, by way of `store.admission`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from asking.calls import Reply
from checks import Fault
from nodes.further_parts import with_system
from nodes.judging.outcome import Brought, Outcome, records_in
from nodes.questions import search_step
from nodes.resources import domain_of
from nodes.rules import rules_of
from nodes.settings import Settings
from nodes.state import Proposal
from store.admission import Admission, Origin
from store.calls import call_id
from store.exploration import Exploration
from store.journal.log import Entry

NOT_JUDGED: Fault = ("judge", "it was not judged")
"""Why a record is not kept that its judge has not seen; another one reached it first."""


def entries_of(
    exploration: Exploration,
    proposals: Sequence[Proposal],
    found: Sequence[Brought],
    settings: Settings,
) -> list[tuple[Proposal, list[Entry]]]:
    """Have the proposals judged in their order; return each with its entries, applied.

    `found` is what their calls brought.
    """
    judged = []
    for proposal, one in zip(proposals, found, strict=True):
        if one.replies and proposal["step"]["operation"] == "generate":
            entries = _record_entries(exploration, proposal, one, settings)
            judged.append((proposal, entries))
        elif one.replies:
            judged.append((proposal, _subtask_entries(exploration, proposal, one.replies)))
    return judged


def _subtask_entries(
    exploration: Exploration, proposal: Proposal, replies: Sequence[Reply]
) -> list[Entry]:
    found = replies[-1].parsed.items
    unread = _unread(exploration, proposal, replies, "task", read=bool(found))
    admission = _admission(exploration, _origin(proposal, replies, read=bool(found)))
    return unread + admission.subtasks(proposal["step"]["asked"], found)


def _record_entries(
    exploration: Exploration, proposal: Proposal, found: Brought, settings: Settings
) -> list[Entry]:
    replies = found.replies
    asked = search_step(proposal["step"]).records
    items = records_in(replies[-1], asked, reasoning=settings.reasoning)
    entries = _unread(exploration, proposal, replies, "record", read=bool(items))
    origin = _origin(proposal, replies, read=bool(items))
    origin = replace(origin, calls=[*origin.calls, *_calls_beside(found)])
    tasks = [part.task for part in search_step(proposal["step"]).parts]
    of = [_admission(exploration, replace(origin, task=task)) for task in tasks]
    unasked = NOT_JUDGED if settings.judge_model else None
    for place, item in enumerate(items):
        outcome = found.outcomes.get(place, Outcome(item, unasked))
        record = with_system(outcome.record, domain_of(exploration))
        entries.append(of[int(item.task or 1) - 1].record(record, outcome.fault))
    return [*entries, of[0].close_call(entries, tasks)]


def _calls_beside(found: Brought) -> list[dict[str, Any]]:
    """Return what calls.jsonl says of what was asked about the records, one by one."""
    return [
        _call(reply, read=bool(reply.parsed.items)) | {"purpose": one.purpose, "passed": one.passed}
        for one in found.asked
        for reply in one.replies
    ]


def _unread(
    exploration: Exploration, proposal: Proposal, replies: Sequence[Reply], kind: str, *, read: bool
) -> list[Entry]:
    """Reject, verbatim, the answers that could not be read: all tries, or all but the last."""
    entries = []
    for reply in replies[: -1 if read else None]:
        origin = Origin(proposal["step"]["task"], {"call": call_id(reply.key)})
        admission = _admission(exploration, origin)
        entries.append(
            admission.reject(kind, reply.answer["text"], ("malformed", reply.why_unread))
        )
    return entries


def _admission(exploration: Exploration, origin: Origin) -> Admission:
    return Admission(exploration, origin, rules_of(domain_of(exploration)))


def _origin(proposal: Proposal, replies: Sequence[Reply], *, read: bool) -> Origin:
    """Return where a proposal came from; `read` says whether its last answer could be read."""
    step, last = proposal["step"], replies[-1]
    provenance = {
        "operation": step["operation"],
        "model": last.answer["model"],
        "call": call_id(last.key),
    }
    calls = [_call(reply, read=read and reply is last) for reply in replies]
    return Origin(step["task"], provenance, calls)


def _call(reply: Reply, *, read: bool) -> dict[str, Any]:
    """Return what calls.jsonl says of a call beside what it was for."""
    names = ("model", "prompt_version", "seed", "prompt_tokens", "completion_tokens", "estimated")
    parts = {name: reply.answer.get(name) for name in names}
    ended = reply.answer["finish_reason"]
    return {"call": call_id(reply.key), **parts, "ended": ended, "read": read}
