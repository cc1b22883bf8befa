"""Admission: what is kept and what is rejected, with the rule and the nearest neighbour.

The only place that decides. Proposals are judged in order, each against everything admitted
before it; every decision becomes a journal entry that the exploration takes in at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from record import Record, Subtask, content_of
from store.exploration import Exploration
from store.filter.verdict import Verdict
from store.journal.log import Entry
from store.quality.names import broken_name_rule
from store.quality.rules import Fault, RecordRules, broken_rule


@dataclass(frozen=True, slots=True)
class Origin:
    """Where proposals came from: the task, and what goes into every kept record beside its text.

    `calls` says of every call that led to them how it was asked and what it cost; see store.calls.
    """

    task: str
    provenance: dict[str, Any]
    calls: Sequence[dict[str, Any]] = ()


def admit_subtasks(
    exploration: Exploration,
    origin: Origin,
    asked: int,
    proposals: Sequence[Subtask],
    rules: RecordRules,
) -> list[Entry]:
    """Judge proposed subtasks of a task, take the kept ones into the tree; return the entries."""
    entries: list[Entry] = []
    admitted = 0
    for proposal in proposals:
        entry = _judge_subtask(exploration, origin, proposal, rules, full=admitted >= asked)
        admitted += entry.kind == "task"
        exploration.apply(entry)
        entries.append(entry)
    body = {"task": origin.task, "asked": asked, "proposed": len(proposals), "admitted": admitted}
    closing = body | origin.provenance | {"calls": list(origin.calls)}
    entries.append(_applied(exploration, Entry("round", closing)))
    return entries


def admit_records(
    exploration: Exploration, origin: Origin, proposals: Sequence[Record], rules: RecordRules
) -> list[Entry]:
    """Judge proposed records of a task, take the kept ones in; return the entries."""
    return [
        _applied(exploration, _judge_record(exploration, origin, proposal, rules))
        for proposal in proposals
    ]


def close_call(exploration: Exploration, origin: Origin, entries: Sequence[Entry]) -> Entry:
    """Count what a record call brought; return the entry that says so."""
    kept = sum(entry.kind == "record" for entry in entries)
    body = {"task": origin.task, "kept": kept, "rejected": len(entries) - kept}
    closing = body | origin.provenance | {"calls": list(origin.calls)}
    return _applied(exploration, Entry("call", closing))


def reject(exploration: Exploration, kind: str, origin: Origin, text: str, fault: Fault) -> Entry:
    """Reject a text by a rule that needs no neighbour; return the entry."""
    return _applied(exploration, _rejection(exploration, kind, origin, text, fault))


def _judge_subtask(
    exploration: Exploration,
    origin: Origin,
    proposal: Subtask,
    rules: RecordRules,
    *,
    full: bool,
) -> Entry:
    name, tree = proposal.name, exploration.tree
    parent = tree.task(origin.task).name
    fault = broken_name_rule(
        name, parent, language=rules.language, blocked_words=rules.blocked_words
    )
    if fault is None and full:
        fault = ("surplus", "more subtasks than were asked for")
    if fault is not None:
        return _rejection(exploration, "task", origin, name, fault)
    if not (ban := exploration.bans.judge(name)).kept:
        fault = ("banned", "a person does not want it")
        return _rejection(exploration, "task", origin, name, fault, verdict=ban)
    verdict = exploration.names.judge(name, nearest=True)
    if (twin := tree.find(name)) is not None:
        verdict = Verdict(kept=False, rule="duplicate", score=Fraction(1), nearest=twin)
    if not verdict.kept:
        fault = _overlap(verdict)
        return _rejection(exploration, "task", origin, name, fault, verdict=verdict)
    body = {
        "id": tree.next_id,
        "parent": origin.task,
        "depth": tree.task(origin.task).depth + 1,
        "name": name,
        "reason": proposal.reason,
    }
    return Entry("task", body | _neighbour(verdict) | origin.provenance)


def _judge_record(
    exploration: Exploration, origin: Origin, proposal: Record, rules: RecordRules
) -> Entry:
    instruction = proposal.instruction
    if (fault := broken_rule(proposal, rules)) is not None:
        return _rejection(exploration, "record", origin, instruction, fault)
    verdict = exploration.instructions(origin.task).judge(instruction, nearest=True)
    if not verdict.kept:
        fault = _overlap(verdict)
        return _rejection(exploration, "record", origin, instruction, fault, verdict=verdict)
    return kept_record(exploration.next_record, origin, proposal, verdict)


def kept_record(record_id: str, origin: Origin, record: Record, verdict: Verdict) -> Entry:
    """Return the entry of a record that is kept: its content, and where it comes from."""
    place = {"id": record_id, "task": origin.task}
    return Entry("record", content_of(record) | place | _neighbour(verdict) | origin.provenance)


def _rejection(
    exploration: Exploration,
    kind: str,
    origin: Origin,
    text: str,
    fault: Fault,
    *,
    verdict: Verdict | None = None,
) -> Entry:
    nearest = verdict.nearest if verdict else None
    return Entry(
        "rejection",
        {
            "kind": kind,
            "rule": fault[0],
            "why": fault[1],
            "score": _rounded(verdict.score) if verdict else None,
            "nearest_id": nearest,
            "nearest_text": exploration.text_of(nearest),
            "text": text,
            "task": origin.task,
            "call": origin.provenance.get("call"),
        },
    )


def _overlap(verdict: Verdict) -> Fault:
    measure = "cosine" if verdict.rule == "semantic" else "ROUGE-L"
    return (
        verdict.rule or "rouge_l",
        f"{measure} {float(verdict.score):.2f} with {verdict.nearest}",
    )


def _neighbour(verdict: Verdict) -> dict[str, Any]:
    return {"nearest_id": verdict.nearest, "nearest_rouge_l": _rounded(verdict.score)}


def _rounded(score: Fraction) -> float:
    return round(float(score), 4)


def _applied(exploration: Exploration, entry: Entry) -> Entry:
    exploration.apply(entry)
    return entry
