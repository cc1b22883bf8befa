"""Admission: what is kept and what is rejected, with the rule and the nearest neighbour.

Whatever a model proposes is judged here, in order, each proposal against everything admitted before
it. Every decision becomes a journal entry that the exploration takes in at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from checks import Fault
from record import Record, Subtask, content_of
from store.exploration import Exploration
from store.filter.verdict import Verdict
from store.journal.log import Entry
from store.quality.names import broken_name_rule
from store.quality.rules import RecordRules, broken_request, broken_rule


@dataclass(frozen=True, slots=True)
class Origin:
    """Where proposals came from: the task, and what goes into every kept record beside its text.

    `calls` says of every call that led to them how it was asked and what it cost; see store.calls.
    """

    task: str
    provenance: dict[str, Any]
    calls: Sequence[dict[str, Any]] = ()


class Admission:
    """Judges what was proposed for one task, each against everything admitted before it."""

    def __init__(self, exploration: Exploration, origin: Origin, rules: RecordRules) -> None:
        self._known = exploration
        self._origin = origin
        self._rules = rules

    def subtasks(self, asked: int, proposals: Sequence[Subtask]) -> list[Entry]:
        """Take the subtasks that are kept into the tree; return all entries, the round's last."""
        entries = list[Entry]()
        for proposal in proposals:
            admitted = sum(entry.kind == "task" for entry in entries)
            entries.append(self._applied(self._judge_subtask(proposal, full=admitted >= asked)))
        admitted = sum(entry.kind == "task" for entry in entries)
        counts = {"asked": asked, "proposed": len(proposals), "admitted": admitted}
        return [*entries, self._close("round", counts)]

    def record(self, proposal: Record, fault: Fault | None = None) -> Entry:
        """Take the record in if it is kept; return its entry.

        `fault` is what else is wrong with it; it counts where no rule is broken and nothing
        repeated.
        """
        return self._applied(self._judge_record(proposal, fault))

    def close_call(self, entries: Sequence[Entry], tasks: Sequence[str] = ()) -> Entry:
        """Count what a call for records brought; return the entry that says so.

        Where it was of several `tasks`, it is counted for each of them.
        """
        counts = _counts(entries)
        if len(tasks) < 2:
            return self._close("call", counts)
        of = {task: [e for e in entries if e.body["task"] == task] for task in tasks}
        parts = [{"task": task, **_counts(brought)} for task, brought in of.items()]
        return self._close("call", {**counts, "parts": parts})

    def reject(self, kind: str, text: str, fault: Fault) -> Entry:
        """Reject a text by a rule that needs no neighbour; return the entry."""
        return self._applied(self._rejection(kind, text, fault))

    def _judge_subtask(self, proposal: Subtask, *, full: bool) -> Entry:
        name, tree, rules = proposal.name, self._known.tree, self._rules
        parent = tree.task(self._origin.task)
        fault = broken_name_rule(
            name, parent.name, language=rules.language, blocked_words=rules.blocked_words
        )
        if fault is None and full:
            fault = ("surplus", "more subtasks than were asked for")
        if fault is not None:
            return self._rejection("task", name, fault)
        if not (ban := self._known.bans.judge(name)).kept:
            return self._rejection("task", name, ("banned", "a person does not want it"), ban)
        verdict = self._known.names.judge(name, nearest=True)
        if (twin := tree.find(name)) is not None:
            verdict = Verdict(kept=False, rule="duplicate", score=Fraction(1), nearest=twin)
        if not verdict.kept:
            return self._rejection("task", name, _overlap(verdict), verdict)
        place = {"id": tree.next_id, "parent": parent.id, "depth": parent.depth + 1}
        text = {"name": name, "reason": proposal.reason}
        return Entry("task", place | text | _neighbour(verdict) | self._origin.provenance)

    def _judge_record(self, proposal: Record, fault: Fault | None) -> Entry:
        instruction = proposal.instruction
        broken = broken_rule if proposal.output else broken_request
        if (found := broken(proposal, self._rules)) is not None:
            return self._rejection("record", instruction, found)
        index = self._known.instructions(self._origin.task)
        verdict = index.judge(instruction, nearest=True)
        if not verdict.kept:
            return self._rejection("record", instruction, _overlap(verdict), verdict)
        if fault is None and not proposal.output:
            fault = "empty", "the output is empty"
        if fault is not None:
            return self._rejection("record", instruction, fault)
        return kept_record(self._known.next_record, self._origin, proposal, verdict)

    def _rejection(
        self, kind: str, text: str, fault: Fault, verdict: Verdict | None = None
    ) -> Entry:
        nearest = verdict.nearest if verdict else None
        body = {
            "kind": kind,
            "rule": fault[0],
            "why": fault[1],
            "score": _rounded(verdict.score) if verdict else None,
            "nearest_id": nearest,
            "nearest_text": self._known.text_of(nearest),
            "text": text,
            "task": self._origin.task,
            "call": self._origin.provenance.get("call"),
        }
        return Entry("rejection", body)

    def _close(self, kind: str, counts: Mapping[str, Any]) -> Entry:
        """Return the entry that ends a round or a call, applied."""
        origin = self._origin
        about = origin.provenance | {"calls": list(origin.calls)}
        return self._applied(Entry(kind, {"task": origin.task, **counts, **about}))

    def _applied(self, entry: Entry) -> Entry:
        self._known.apply(entry)
        return entry


def kept_record(record_id: str, origin: Origin, record: Record, verdict: Verdict) -> Entry:
    """Return the entry of a record that is kept: its content, and where it comes from."""
    place = {"id": record_id, "task": origin.task}
    return Entry("record", content_of(record) | place | _neighbour(verdict) | origin.provenance)


def _counts(entries: Sequence[Entry]) -> dict[str, Any]:
    kept = sum(entry.kind == "record" for entry in entries)
    return {"kept": kept, "rejected": len(entries) - kept}


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
