"""The course of a record from its first form to its outcome.

Votes on its final answer come first, then another output to choose from, then its judge, and one
revision where that is asked for. Which questions are asked, and in which order, follows from the
answers alone.
"""

from dataclasses import dataclass, replace

from checks import Fault
from nodes.judging.case import Case
from nodes.judging.inquiry import Inquiry, UnaffordableError
from nodes.judging.outcome import Outcome
from nodes.judging.questions import judge_question, revise_question
from prompts.verdict import Verdict
from record import Record

NOT_JUDGED: Fault = ("judge", "it was not judged: the budget had no room for it")
UNREAD: Fault = ("judge", "no answer of the judge could be read")


async def outcome_of(case: Case, record: Record, place: int, inquiry: Inquiry) -> Outcome:
    """Return what becomes of the record at this place of an answer."""
    try:
        ended = await _Course(case, place, inquiry).of(record)
    except UnaffordableError:
        ended = record, NOT_JUDGED
    return Outcome(*ended, inquiry.asked)


_Ended = tuple[Record, Fault | None]


@dataclass(frozen=True, slots=True)
class _Course:
    case: Case
    place: int
    inquiry: Inquiry

    async def of(self, record: Record) -> _Ended:
        verdict = await self._verdict(record, 0)
        if verdict is None:
            return record, UNREAD
        fault = self.case.fault(verdict)
        if fault is None or not self.case.settings.revise:
            return _scored(record, verdict), fault
        return await self._revised(record, verdict, fault)

    async def _revised(self, record: Record, verdict: Verdict, fault: Fault) -> _Ended:
        question = revise_question(self.case, record, self.place, verdict.failures)
        written: Record | None = await self.inquiry.ask("write", "revise", question)
        if written is None:
            return record, fault
        better = replace(written, task=record.task)
        if self.case.is_settled(better):
            return record, fault
        again = await self._verdict(better, 1)
        if again is None:
            return record, fault
        return _scored(better, again), self.case.fault(again)

    async def _verdict(self, record: Record, turn: int) -> Verdict | None:
        question = judge_question(self.case, record, self.place, turn)
        verdict: Verdict | None = await self.inquiry.ask("judge", "judge", question)
        return verdict


def _scored(record: Record, verdict: Verdict) -> Record:
    return replace(record, more={**record.more, "score": verdict.score})
