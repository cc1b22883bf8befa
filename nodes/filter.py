"""Filter: the one place that admits anything, in the order it was asked for.

What a superstep admits and rejects becomes one commit of the journal, and the state's new head.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from langgraph.runtime import Runtime

from asking.allowance import budget_left
from asking.retries import billed_calls
from nodes.questions import reader
from nodes.resources import Resources, domain_of
from nodes.settings import Settings
from nodes.show.emit import budget_event, closings, tell, told_of
from nodes.show.trace import tell_verdicts
from nodes.show.verdicts import verdicts
from nodes.show.view import state_view
from nodes.state import Proposal, Spent, State
from prompts.domain import Domain
from record import Subtask
from store.admission import (
    Origin,
    admit_records,
    admit_subtasks,
    close_call,
    reject,
)
from store.calls import call_id
from store.exploration import Exploration
from store.journal.log import Entry
from store.quality.rules import RecordRules

Answers = dict[str, dict[str, Any]]


async def filter_proposals(state: State, runtime: Runtime[Settings], resources: Resources) -> State:
    """Judge all proposals of the superstep; return the new head and what changed with it."""
    settings = runtime.context
    proposals = sorted(state["proposals"], key=lambda p: p["step"]["order"])
    keys = [key for proposal in proposals for key in proposal["answers"]]
    answers = await asyncio.to_thread(resources.journal.answers, state["run"], keys)
    exploration = await asyncio.to_thread(resources.take, state["head"], settings)
    judged = await asyncio.to_thread(_judge, exploration, proposals, answers)
    entries = [entry for _, decided in judged for entry in decided]
    head = state["head"]
    if entries:
        head = await asyncio.to_thread(resources.journal.commit, head, entries)
    await tell_verdicts(exploration, judged)
    resources.put(head, exploration)
    spent = add_costs(state["spent"], [answers[key] for key in keys], resources, settings)
    update: State = {
        "head": head,
        "proposals": cast("list[Proposal]", None),
        "judged": verdicts(exploration, entries),
        "spent": spent,
        "budget_left": budget_left(settings, spent),
    }
    update |= cast("State", state_view(exploration, settings.limits))
    expanded = [p["step"]["task"] for p in proposals if p["step"]["operation"] != "generate"]
    if expanded:
        update["reviewed"] = False
    tell(runtime, told_of(entries))
    new = [entry.body["id"] for entry in entries if entry.kind == "task"]
    tell(runtime, closings(exploration, settings.limits, [*new, *expanded]))
    tell(runtime, [budget_event(state | update, exploration, settings)])
    return update


def _judge(
    exploration: Exploration, proposals: Sequence[Proposal], answers: Answers
) -> list[tuple[Proposal, list[Entry]]]:
    judged = []
    for proposal in filter(lambda proposal: proposal["answers"], proposals):
        is_generate = proposal["step"]["operation"] == "generate"
        judge = _judge_records if is_generate else _judge_subtasks
        judged.append((proposal, judge(exploration, proposal, answers)))
    return judged


def _judge_subtasks(exploration: Exploration, proposal: Proposal, answers: Answers) -> list[Entry]:
    step = proposal["step"]
    read = bool(proposal["subtasks"])
    unread = _unread(exploration, proposal, answers, "task", read=read)
    origin = _origin(proposal, answers, read=read)
    subtasks = [Subtask(s["name"], s["reason"]) for s in proposal["subtasks"]]
    rules = rules_of(domain_of(exploration))
    return unread + admit_subtasks(exploration, origin, step["asked"], subtasks, rules)


def _judge_records(exploration: Exploration, proposal: Proposal, answers: Answers) -> list[Entry]:
    step = proposal["step"]
    answer = answers[proposal["answers"][-1]]
    items = reader(step)(answer["text"]).items
    entries = _unread(exploration, proposal, answers, "record", read=bool(items))
    origin = _origin(proposal, answers, read=bool(items))
    if items and answer["finish_reason"] == "length":
        items = (*items[:-1], replace(items[-1], cut_off=True))
    entries += admit_records(exploration, origin, items, rules_of(domain_of(exploration)))
    return [*entries, close_call(exploration, origin, entries)]


def _unread(
    exploration: Exploration, proposal: Proposal, answers: Answers, kind: str, *, read: bool
) -> list[Entry]:
    """Reject, verbatim, the answers that could not be read: all tries, or all but the last."""
    tries = proposal["answers"][: -1 if read else None]
    task = proposal["step"]["task"]
    parse = reader(proposal["step"])
    entries = []
    for key in tries:
        text = answers[key]["text"]
        why = answers[key]["refusal"] or "; ".join(parse(text).problems)
        origin = Origin(task, {"call": call_id(key)})
        entries.append(reject(exploration, kind, origin, text, ("malformed", why)))
    return entries


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
    )


def _origin(proposal: Proposal, answers: Answers, *, read: bool) -> Origin:
    """Return where a proposal came from; `read` says whether its last answer could be read."""
    step, keys = proposal["step"], proposal["answers"]
    last = keys[-1]
    provenance = {
        "operation": step["operation"],
        "model": answers[last]["model"],
        "call": call_id(last),
    }
    calls = [_call(key, answers[key], read=read and key == last) for key in keys]
    return Origin(step["task"], provenance, calls)


def _call(key: str, answer: dict[str, Any], *, read: bool) -> dict[str, Any]:
    """Return what calls.jsonl tells of a call beside what it was for."""
    asked = ("model", "prompt_version", "seed", "prompt_tokens", "completion_tokens")
    told = {part: answer.get(part) for part in asked}
    return {"call": call_id(key), **told, "ended": answer["finish_reason"], "read": read}


def add_costs(
    spent: Spent, answers: Sequence[dict[str, Any]], resources: Resources, settings: Settings
) -> Spent:
    """Return what has been spent once these answers are counted."""
    prompt = sum(a["prompt_tokens"] + a["lost_prompt_tokens"] for a in answers)
    completion = sum(a["completion_tokens"] + a["lost_completion_tokens"] for a in answers)
    usd = resources.price(settings)(prompt, completion)
    return Spent(
        calls=spent["calls"] + sum(map(billed_calls, answers)),
        lost_calls=spent["lost_calls"] + sum(answer["lost"] for answer in answers),
        prompt_tokens=spent["prompt_tokens"] + prompt,
        completion_tokens=spent["completion_tokens"] + completion,
        usd=None if usd is None or spent["usd"] is None else spent["usd"] + usd,
        seconds=spent["seconds"],
    )
