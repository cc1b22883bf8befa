"""Conversations: how many there are, how long, and how long their answers."""

from dataclasses import asdict
from typing import Any

from report.analysis import Analysis
from report.counting import lengths
from report.measure import Measure, Measures, Row
from turns import exchanges_of


def _conversations(found: Analysis) -> dict[str, Any] | None:
    talks = [talk for record in found.data.records if (talk := exchanges_of(record))]
    if not talks:
        return None
    turns = [len(talk) for talk in talks]
    return {
        "count": len(talks),
        "mean": sum(turns) / len(turns),
        "fewest": min(turns),
        "most": max(turns),
        "answers": asdict(lengths([said.assistant for talk in talks for said in talk])),
        "later_questions": asdict(lengths([said.user for talk in talks for said in talk[1:]])),
    }


def _turns(measures: Measures) -> str:
    found = measures["turns"]
    return f"{found['mean']:.1f} / {found['fewest']} to {found['most']}, in {found['count']:,}"


def _words(part: str, measures: Measures) -> str:
    found = measures["turns"][part]
    median = f"{found['median']:,.1f}".removesuffix(".0")
    return f"{found['mean']:,.1f} / {median} / {found['longest']:,}"


TURNS = Measure(
    "turns",
    _conversations,
    rows=(
        Row("User turns of a conversation", _turns, "Mean / least to most, in how many."),
        Row("Words in an answer of one", lambda m: _words("answers", m), "Of all its turns."),
        Row("Words in a later question", lambda m: _words("later_questions", m)),
    ),
)
