"""Compared questions, made by hand."""

from training.evaluation.contestant import Answer
from training.evaluation.pairwise import SIDES, Compared, Named, Verdict
from training.evaluation.questions import ExamQuestion


def compared(
    number: int, *winners: Named | None, kind: str = "", a: str = "one", b: str = "two"
) -> Compared:
    test = ExamQuestion(number, f"Say {number}.", "", kind, "")
    first, second = (
        Verdict(side, winner, f'{{"winner": "{winner}"}}')
        for side, winner in zip(SIDES, winners, strict=True)
    )
    return Compared(test, Answer(a), Answer(b, is_cut=b == "cut"), (first, second))
