"""The course of a record from its first form to its outcome.

Its output comes first, where it was written without one; then votes on its final answer, another
output to choose from, its judge, and one revision where that is asked for. Which questions are
asked, and in which order, follows from the answers alone.
"""

from dataclasses import dataclass, replace

from checks import Fault
from final_answer.agreement import agreed
from nodes.further_parts import with_reasoning
from nodes.judging.case import Case
from nodes.judging.inquiry import Inquiry, UnaffordableError
from nodes.judging.outcome import Outcome
from nodes.judging.questions import (
    answer_question,
    judge_question,
    output_question,
    revise_question,
)
from prompts.verdict import Verdict
from record import Record

NOT_JUDGED: Fault = ("judge", "it was not judged: the budget had no room for it")
UNPAID: Fault = ("unanswered", "its output was not asked for: the budget had no room for it")
UNANSWERED: Fault = ("unanswered", "no answer to its instruction could be read")
UNREAD: Fault = ("judge", "no answer of the judge could be read")


async def outcome_of(case: Case, record: Record, place: int, inquiry: Inquiry) -> Outcome:
    """Return what becomes of the record at this place of an answer."""
    try:
        ended = await _Course(case, place, inquiry).of(record)
    except UnaffordableError:
        ended = record, UNPAID if case.is_unanswered(record) else NOT_JUDGED
    return Outcome(*ended, inquiry.asked)


_Ended = tuple[Record, Fault | None]

FIRST, REVISED, RIVAL = range(3)
"""The turns in which a judge is asked about a record."""


@dataclass(frozen=True, slots=True)
class _Course:
    case: Case
    place: int
    inquiry: Inquiry

    async def of(self, record: Record) -> _Ended:
        if self.case.is_unanswered(record):
            record, fault = await self._answered(record)
            if fault or self.case.is_settled(record):
                return record, fault
        votes = self.case.domain.checks.agreement
        if votes:
            chosen = await self._elected(record, votes)
            if chosen is None:
                why = f"no final answer has more than half of {votes} votes"
                return record, ("disagree", why)
            record = replace(record, output=chosen)
        return await self._judged(record) if self.case.settings.judge_model else (record, None)

    async def _answered(self, record: Record) -> _Ended:
        """Return the record with its output, and with what was thought over it."""
        question = output_question(self.case, record, self.place)
        reply = await self.inquiry.reply("write", "answer", question)
        if not reply.parsed.items:
            return record, UNANSWERED
        cut_off = reply.answer["finish_reason"] == "length"
        record = replace(record, output=reply.parsed.items[0], cut_off=cut_off)
        if self.case.settings.reasoning:
            [record] = with_reasoning([record], 1, reply.answer)
        return record, None

    async def _elected(self, record: Record, votes: int) -> str | None:
        """Return the first output whose final answer more than half of the votes give."""
        questions = [answer_question(self.case, record, self.place, n) for n in range(1, votes)]
        found = await self.inquiry.ask_each("write", "vote", questions)
        outputs = [record.output, *(output or "" for output in found)]
        elected = await agreed(outputs)
        return None if elected is None else outputs[elected]

    async def _judged(self, record: Record) -> _Ended:
        verdict = await self._verdict(record, FIRST)
        if verdict is None:
            return record, UNREAD
        if self.case.domain.alternatives > 1:
            record, verdict = await self._better(record, verdict)
        fault = self.case.fault(verdict)
        if fault is None or not self.case.settings.revise:
            return _scored(record, verdict), fault
        return await self._revised(record, verdict, fault)

    async def _better(self, record: Record, verdict: Verdict) -> tuple[Record, Verdict]:
        """Return the better of a record and one with another output; the worse is kept with it."""
        question = answer_question(self.case, record, self.place, 1)
        output: str | None = await self.inquiry.ask("write", "alternative", question)
        rival = replace(record, output=output or "")
        if output in (None, record.output) or self.case.is_settled(rival):
            return record, verdict
        other = await self._verdict(rival, RIVAL)
        ranks = [_rank(found) for found in (verdict, other) if found]
        if other is None or ranks[0] == ranks[1]:
            return record, verdict
        if ranks[1] > ranks[0]:
            return _with_loser(rival, record, verdict), other
        return _with_loser(record, rival, other), verdict

    async def _revised(self, record: Record, verdict: Verdict, fault: Fault) -> _Ended:
        question = revise_question(self.case, record, self.place, verdict.failures)
        written: Record | None = await self.inquiry.ask("write", "revise", question)
        if written is None:
            return record, fault
        better = replace(written, task=record.task)
        if self.case.is_settled(better):
            return record, fault
        again = await self._verdict(better, REVISED)
        if again is None:
            return record, fault
        return _scored(better, again), self.case.fault(again)

    async def _verdict(self, record: Record, turn: int) -> Verdict | None:
        question = judge_question(self.case, record, self.place, turn)
        verdict: Verdict | None = await self.inquiry.ask("judge", "judge", question)
        return verdict


def _rank(verdict: Verdict) -> tuple[bool, float]:
    return not verdict.failures, verdict.score


def _with_loser(record: Record, loser: Record, verdict: Verdict) -> Record:
    """Return the record with the output that was not picked, and its score."""
    rejected = {"rejected_output": loser.output, "rejected_score": verdict.score}
    return replace(record, more={**record.more, **rejected})


def _scored(record: Record, verdict: Verdict) -> Record:
    return replace(record, more={**record.more, "score": verdict.score})
