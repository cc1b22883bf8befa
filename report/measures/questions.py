"""The share of real people's questions that the records cover.

A question is covered by a record whose embedding's cosine with its own reaches a threshold. What
this share is at every threshold says more than any one of them: it is drawn as a curve.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from report.analysis import Analysis, Questions
from report.equal import Places, missed
from report.measure import Measure, Measures, Row, TileFigure
from report.measures.equal import EXACT, at_equal, rows_at_equal
from report.vectors import Vectors, text_of
from words import clip

LEAST = 10
"""Questions that are written out, those covered least."""

LONGEST = 300
"""Characters of a question or a record that are written out."""

THRESHOLDS = 100
"""Steps of the curve from 0 to 1."""

_QUESTIONS, _RECORDS = 1024, 4096  # a block of pairs takes 16 MB
_DIGITS = 6  # the digits behind them depend on the order in which a machine adds


@dataclass(frozen=True, slots=True)
class Nearest:
    """By question: its highest cosine with a record, and the first record that has it.

    Without records the cosine is 0 and the place -1. `near` counts the records that cover the
    question.
    """

    cosine: npt.NDArray[np.float64]
    place: npt.NDArray[np.int64]
    near: npt.NDArray[np.int64]


def nearest(questions: Questions, records: Vectors) -> Nearest:
    """Return what is nearest to each question, of records by their vectors."""
    size = len(questions.texts)
    found = Nearest(np.full(size, -1.0), np.full(size, -1), np.zeros(size, dtype=np.int64))
    for left in range(0, len(records), _RECORDS):
        block = records[left : left + _RECORDS].T
        for top in range(0, size, _QUESTIONS):
            rows = slice(top, top + _QUESTIONS)
            cosines = (questions.vectors[rows] @ block).astype(np.float64).round(_DIGITS)
            found.near[rows] += (cosines >= questions.cosine).sum(axis=1)
            _raise(found, rows, cosines, left)
    np.maximum(found.cosine, 0.0, out=found.cosine)
    return found


def _raise(found: Nearest, rows: slice, cosines: npt.NDArray[np.float64], first: int) -> None:
    """Take in the cosines of these questions with the records from position `first` on."""
    best = cosines.argmax(axis=1)
    highest = cosines[np.arange(len(best)), best]
    better = highest > found.cosine[rows]
    found.cosine[rows][better] = highest[better]
    found.place[rows][better] = best[better] + first


def _questions(found: Analysis) -> dict[str, Any] | None:
    questions, vectors = found.questions, found.vectors
    if questions is None or vectors is None:
        return None
    near = nearest(questions, vectors)
    covered = int((near.near > 0).sum())

    def of_sample(size: int) -> float:
        chances = [1 - missed(count, len(vectors), size) for count in near.near.tolist()]
        return sum(chances) / len(chances)

    def of_records(places: Places) -> float:
        return float((nearest(questions, vectors[places]).near > 0).mean())

    return {
        "file": questions.name,
        "count": len(questions.texts),
        "cosine": questions.cosine,
        "covered": covered,
        "share": covered / len(questions.texts),
        **at_equal(found, of_sample, of_records),
        "curve": _curve(near),
        "least": _least(found, questions, near),
    }


def _curve(near: Nearest) -> list[tuple[float, float]]:
    """Return the share that is covered at every threshold."""
    thresholds = [step / THRESHOLDS for step in range(THRESHOLDS + 1)]
    return [(cosine, float((near.cosine >= cosine).mean())) for cosine in thresholds]


def _least(found: Analysis, questions: Questions, near: Nearest) -> list[dict[str, Any]]:
    """Return the questions that are covered least, each with its nearest record."""
    return [
        {
            "question": clip(questions.texts[at], LONGEST),
            "nearest": clip(text_of(found.data.records[near.place[at]]), LONGEST)
            if near.place[at] >= 0
            else "",
            "cosine": float(near.cosine[at]),
        }
        for at in np.argsort(near.cosine, kind="stable")[:LEAST].tolist()
    ]


def _tile(measures: Measures) -> TileFigure | None:
    found = measures["questions"]
    if found is None:
        return None
    beside = f"{found['covered']:,} of {found['count']:,} at cosine {found['cosine']:g}"
    return TileFigure(f"{found['share']:.1%}", beside)


def _words(measures: Measures) -> str:
    figure = _tile(measures)
    return f"{figure.value} ({figure.beside})" if figure else ""


QUESTIONS = Measure(
    "questions",
    _questions,
    rows=(
        Row(
            "Questions covered",
            _words,
            "Questions of real people that have a record near to them in meaning: the cosine of "
            "the embeddings of instruction and input reaches the threshold.",
        ),
        *rows_at_equal("Questions covered", "questions", ".1%", EXACT),
    ),
    tiles={"Questions covered": _tile},
)
