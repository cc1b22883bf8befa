"""The conversation that writes records: they are written, then each is judged, all at once."""

import asyncio
from collections.abc import Callable, Sequence

from asking.calls import Reply
from asking.conversation import converse
from asking.purse import Purse
from asking.request import Question
from nodes.judging.case import Case
from nodes.judging.course import outcome_of
from nodes.judging.inquiry import Inquiry, Line, Lines
from nodes.judging.outcome import Brought, Outcome
from nodes.judging.reserve import reserved_for
from nodes.spending import cost_of_answers
from record import Record


async def brought(
    question: Question, line: Line, on_start: Callable[[], None] = lambda: None
) -> Brought:
    """Ask a question about which nothing further is asked."""
    return Brought(await converse(question, line.channel, on_start))


async def judged(case: Case, lines: Lines, on_start: Callable[[], None] = lambda: None) -> Brought:
    """Ask for the records of a case, and have each judged where that is wanted."""
    replies = await converse(case.question, lines("write").channel, on_start)
    return Brought(replies, await outcomes(case, replies, lines))


async def outcomes(case: Case, replies: Sequence[Reply], lines: Lines) -> dict[int, Outcome]:
    """Return by place what becomes of the records in the last reply that are worth a question.

    They may spend what was reserved for the conversation and is left.
    """
    records = case.records(replies[-1]) if replies and case.asks_more else ()
    open_cases = await asyncio.to_thread(_open, case, records)
    if not open_cases:
        return {}
    price = lines("write").rates.price
    spent = cost_of_answers([reply.answer for reply in replies], price)
    whole = reserved_for(case.step, case.settings, lambda role: lines(role).rates)
    purse = Purse(case.settings.caps, whole + spent.times(-1))
    courses = [
        outcome_of(case, record, place, Inquiry(lines, own))
        for (place, record), own in zip(
            open_cases.items(), purse.shared(len(open_cases)), strict=True
        )
    ]
    ended = await asyncio.gather(*courses, return_exceptions=True)
    for one in ended:
        if isinstance(one, BaseException):
            raise one
    return dict(zip(open_cases, [one for one in ended if isinstance(one, Outcome)], strict=True))


def _open(case: Case, records: Sequence[Record]) -> dict[int, Record]:
    """Return by place the records whose fate is open."""
    return {n: record for n, record in enumerate(records) if not case.is_settled(record)}
