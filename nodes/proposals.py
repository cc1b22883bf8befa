"""From the proposals of a superstep to journal entries, by way of `store.admission`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from asking.calls import Reply
from nodes.further_parts import with_reasoning, with_system
from nodes.questions import search_step
from nodes.resources import domain_of
from nodes.state import Proposal
from prompts.domain import Domain
from store.admission import Admission, Origin
from store.calls import call_id
from store.exploration import Exploration
from store.journal.log import Entry
from store.quality.copied import limit_of
from store.quality.rules import RecordRules

Replies = Mapping[str, Reply]


def entries_of(
    exploration: Exploration,
    proposals: Sequence[Proposal],
    replies: Replies,
    *,
    reasoning: bool = False,
) -> list[tuple[Proposal, list[Entry]]]:
    """Have the proposals judged in their order; return each with its entries, applied.

    With `reasoning` records keep what the model thought.
    """
    judged = []
    for proposal in proposals:
        answered = [replies[key] for key in proposal["answers"]]
        if answered:
            is_generate = proposal["step"]["operation"] == "generate"
            decide = partial(_record_entries, reasoning) if is_generate else _subtask_entries
            judged.append((proposal, decide(exploration, proposal, answered)))
    return judged


def _subtask_entries(
    exploration: Exploration, proposal: Proposal, replies: Sequence[Reply]
) -> list[Entry]:
    found = replies[-1].parsed.items
    unread = _unread(exploration, proposal, replies, "task", read=bool(found))
    admission = _admission(exploration, _origin(proposal, replies, read=bool(found)))
    return unread + admission.subtasks(proposal["step"]["asked"], found)


def _record_entries(
    reasoning: bool,  # noqa: FBT001 - a setting
    exploration: Exploration,
    proposal: Proposal,
    replies: Sequence[Reply],
) -> list[Entry]:
    last = replies[-1]
    items = last.parsed.items
    entries = _unread(exploration, proposal, replies, "record", read=bool(items))
    if items and last.answer["finish_reason"] == "length":
        items = (*items[:-1], replace(items[-1], cut_off=True))
    origin = _origin(proposal, replies, read=bool(items))
    tasks = [part.task for part in search_step(proposal["step"]).parts]
    of = [_admission(exploration, replace(origin, task=task)) for task in tasks]
    if reasoning:
        asked = search_step(proposal["step"]).records
        items = with_reasoning(items, asked, last.answer)
    for item in items:
        shaped = with_system(item, domain_of(exploration))
        entries += of[int(item.task or 1) - 1].records([shaped])
    return [*entries, of[0].close_call(entries, tasks)]


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


def rules_of(domain: Domain) -> RecordRules:
    """Return what the domain asks of a record, and of a task's name, in the filter's terms."""
    limits = domain.limits
    return RecordRules(
        language=domain.language,
        input=domain.input,
        instruction_lengths=(limits.instruction.min, limits.instruction.max),
        input_lengths=(limits.input.min, limits.input.max),
        output_lengths=(limits.output.min, limits.output.max),
        blocked_words=tuple(domain.blocked_words),
        output_pattern=domain.output_pattern,
        overlap=limits.overlap or limit_of(domain.language, needs_input=domain.input == "required"),
        task=domain.task,
        topics=tuple(domain.topics),
        sentences=(*domain.requirements, *(seed.reason for seed in domain.seeds)),
        checks=domain.checks,
        turns=(domain.turns[0], domain.turns[1]) if domain.turns else None,
    )


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
