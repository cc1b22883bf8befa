"""The conversation that writes records: they are written, then each is judged, all at once."""

import asyncio
from collections.abc import Callable, Sequence

from asking.budget import Caps
from asking.calls import Reply
from asking.conversation import converse
from asking.line import Line
from asking.purse import Purse
from asking.request import Question
from nodes.judging.case import Case
from nodes.judging.course import outcome_of
from nodes.judging.inquiry import Inquiry, Lines, ended
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

    They may spend what was reserved for the conversation and is left: one after the other, so that
    each has what those before it left, or all at once where no cap is to be kept.
    """
    records = case.records(replies[-1]) if replies and case.asks_more else ()
    if not records:
        return {}
    open_cases = await asyncio.to_thread(_open, case, records)
    purse = _purse(case, replies, lines)
    courses = (
        outcome_of(case, record, place, Inquiry(lines, purse))
        for place, record in open_cases.items()
    )
    return dict(zip(open_cases, await ended(courses, at_once=purse.caps == Caps()), strict=True))


def _purse(case: Case, replies: Sequence[Reply], lines: Lines) -> Purse:
    """Return what is left of the whole that was reserved, once the records are written."""
    price = lines("write").rates.price
    spent = cost_of_answers([reply.answer for reply in replies], price)
    whole = reserved_for(case.step, case.settings, lambda role: lines(role).rates)
    return Purse(case.settings.caps, whole + spent.times(-1))


def _open(case: Case, records: Sequence[Record]) -> dict[int, Record]:
    """Return by place the records whose fate is open."""
    return {n: record for n, record in enumerate(records) if not case.is_settled(record)}
