"""Accuracy on problems of mathematics whose answers are known, as by MATH (Hendrycks 2021).

math-verify says whether the final answer of a model is that of the reference. What is empty, cannot
be read or keeps it busy too long counts as wrong, and is told.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from asking.batch import together
from errors import InputError
from final_answer.grading import GRADES, Grade, grade, has_several, reference_of
from problems import shown
from report.agreement import Share
from training.evaluation.budget import Asked, Inquiry
from training.evaluation.contestant import Answer, Contestant, answers_of
from training.evaluation.intervals import Floats, paired_interval
from training.evaluation.questions import ExamQuestion
from training.evaluation.tally import UNTYPED, share


@dataclass(frozen=True, slots=True)
class Graded:
    """An answer to a problem, and its grade."""

    answer: Answer
    grade: Grade


@dataclass(frozen=True, slots=True)
class Solved:
    """A problem, and each model's graded answer, by side."""

    test: ExamQuestion
    by: Mapping[str, Graded]


@dataclass(frozen=True, slots=True)
class Mathematics:
    """The grading of one or two models."""

    models: Sequence[Contestant]

    def plan(self, test: ExamQuestion) -> Sequence[Asked]:
        """Return what is asked at most: every model once."""
        return [asked for one in self.models for asked in one.asked(test, boxed=True)]

    async def run(self, test: ExamQuestion, inquiry: Inquiry) -> Solved:
        """Ask every model, and grade what it answers."""
        answers = await answers_of(self.models, test, inquiry, boxed=True)
        reference = reference_of(test.reference)
        grades = await together(grade(reference, answer.text) for answer in answers)
        graded = map(Graded, answers, grades)
        return Solved(test, dict(zip((one.side for one in self.models), graded, strict=True)))


def check_references(problems: Iterable[ExamQuestion], path: object) -> None:
    """Raise InputError for a problem whose answer is not known."""
    for problem in problems:
        if not problem.reference:
            raise InputError(
                f"{path}: {shown(problem.instruction)} has no known answer: give one in each row, "
                "as answer, solution or output"
            )


def math_results(solved: Sequence[Solved], asked: int, seed: int, lost: int = 0) -> dict[str, Any]:
    """Return the accuracies, as plain JSON.

    There are `asked` problems in all; to `lost` of them an answer never arrived.
    """
    sides = list(solved[0].by) if solved else []
    columns = [[float(one.by[side].grade == "right") for one in solved] for side in sides]
    result = {
        "problems": asked,
        "graded": len(solved),
        "lost": lost,
        **{side: _accuracy(solved, side) for side in sides},
    }
    if len(columns) == 2:
        a, b = columns
        result["difference"] = round((sum(a) - sum(b)) / len(a), 4)
        result["interval"] = paired_interval(columns, _difference, seed)
    return result


def _accuracy(solved: Sequence[Solved], side: str) -> dict[str, Any]:
    found = [one.by[side] for one in solved]
    counts = Counter(one.grade for one in found)
    types = sorted({one.test.type for one in solved})
    return {
        "accuracy": share(Share(counts["right"], len(found))),
        **{grade: counts[grade] for grade in GRADES},
        "several_boxes": sum(has_several(one.answer.text) for one in found),
        "cut_off": sum(one.answer.is_cut for one in found),
        "by_type": {
            kind or UNTYPED: share(_right(solved, side, kind)) for kind in types if len(types) > 1
        },
    }


def _right(solved: Iterable[Solved], side: str, kind: str) -> Share:
    grades = [one.by[side].grade for one in solved if one.test.type == kind]
    return Share(grades.count("right"), len(grades))


def _difference(a: Floats, b: Floats) -> Floats:
    return np.asarray(a.mean(axis=1) - b.mean(axis=1))
