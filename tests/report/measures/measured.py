"""Texts measured side by side, by letters for embeddings."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from record import Record
from report.analysis import Measuring, Questions
from report.measuring import analyse_all
from report.vectors import embedded
from store.files.data_set import DataSet
from tests.report.samples import Letters


def asked(texts: Sequence[str], cosine: float = 0.9) -> Questions:
    return Questions("questions.jsonl", texts, embedded(texts, Letters()), cosine)


def measured(
    *sets: Sequence[str] | DataSet, questions: Questions | None = None
) -> list[dict[str, Any]]:
    """Return the measures of each set of instructions."""
    data = [
        one if isinstance(one, DataSet) else DataSet(f"set {n}", "", [Record(t) for t in one])
        for n, one in enumerate(sets)
    ]
    how = Measuring(Fraction(7, 10), None, embeddings=Letters(), questions=questions)
    return [found.measures for found in analyse_all(data, how)]
