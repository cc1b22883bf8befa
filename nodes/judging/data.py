"""The verdicts on records of any data, by a model that is asked for nothing else."""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from asking.batch import ask_all
from asking.budget import Cost
from asking.calls import Reply
from asking.line import Line
from asking.purse import Purse
from asking.request import Question
from nodes.judging.questions import verdict_asked
from nodes.settings import TRIES, Settings
from nodes.spending import cost_of_answers
from prompts.rubric_file import Judging
from prompts.verdict import Verdict
from record import Record

Row = TypeVar("Row")

AHEAD = 3
"""For each call in flight so many records are under way, since one may be asked again."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A record's verdict, None where no answer could be read, and all replies."""

    verdict: Verdict | None
    replies: list[Reply]


async def verdicts(
    records: Iterable[tuple[Row, Record]],
    judging: Judging,
    settings: Settings,
    line: Line,
    spent: Cost,
) -> AsyncIterator[tuple[Row, Judged]]:
    """Yield every row with the verdict on its record, until the caps allow no further one.

    `spent` is what was spent before.
    """
    asked = _questions(records, judging, settings)
    async for row, replies in ask_all(
        asked,
        line.channel,
        line.rates,
        Purse.below(settings.caps, spent),
        lambda answers: cost_of_answers(answers, line.rates.price),
        ahead=AHEAD * settings.parallel,
    ):
        items = replies[-1].parsed.items
        yield row, Judged(items[0] if items else None, replies)


def _questions(
    records: Iterable[tuple[Row, Record]], judging: Judging, settings: Settings
) -> Iterator[tuple[Row, Question]]:
    rubric, language = judging
    reasons = settings.judge_gives_reasons
    for number, (row, record) in enumerate(records):
        yield (
            row,
            Question(
                **verdict_asked(rubric, record, record.path, language, reasons=reasons),
                seed=(settings.seed, "judge"),
                order=number,
                tries=TRIES,
                language=language,
                label=f"judge: {record.id or number}",
                tags=["judge"],
                metadata={"record": record.id},
            ),
        )
