"""Whether data holds the questions of an evaluation: the exact filter's word on each record."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from errors import InputError
from record import Record
from report.vectors import text_of
from store.filter.index import DiversityIndex
from turns import exchanges_of
from words import clip_at_word, several

THRESHOLD = Fraction(7, 10)
"""ROUGE-L F1 at or above which a record holds a question."""

NAMED = 3


@dataclass(frozen=True, slots=True)
class Overlap:
    """A record that repeats a question, its place in the data, how nearly it does (ROUGE-L F1)."""

    place: int
    record: Record
    question: Record
    score: float


def overlaps(records: Sequence[Record], questions: Sequence[Record]) -> list[Overlap]:
    """Return the records that repeat a question, in their order.

    What is asked is compared whole, the instruction with its input: evaluations often hold both in
    one text. Of a conversation all that the user says is compared, turn by turn.
    """
    index = DiversityIndex(THRESHOLD)
    for place, question in enumerate(questions):
        index.add(text_of(question), str(place))
    asked = [(place, text) for place, one in enumerate(records) for text in _asked(one)]
    verdicts = index.judge_many([text for _, text in asked])
    found: dict[int, Overlap] = {}
    for (place, _), verdict in zip(asked, verdicts, strict=True):
        if not verdict.kept:
            question, score = questions[int(str(verdict.nearest))], float(verdict.score)
            found.setdefault(place, Overlap(place, records[place], question, score))
    return list(found.values())


def _asked(record: Record) -> list[str]:
    """Return what a record asks: one text, of a conversation one a turn."""
    return [text_of(record), *(exchange.user for exchange in exchanges_of(record)[1:])]


def overlap_error(found: Sequence[Overlap], of: int, named: str) -> InputError:
    """Return why data that holds questions is not trained on; `named` is the questions' file."""
    examples = "; ".join(
        f"record {one.record.id} repeats question {one.question.id} (ROUGE-L {one.score:.2f}): "
        f"{clip_at_word(one.record.instruction, 60)!r}"
        for one in found[:NAMED]
    )
    more = f"; and {len(found) - NAMED:,} more" if len(found) > NAMED else ""
    return InputError(
        f"{len(found):,} of {several(of, 'record')} repeat a question of {named}: "
        f"{examples}{more}: "
        "--drop-overlap leaves them out, --allow-overlap trains on them"
    )
