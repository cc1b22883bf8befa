"""What people's ratings say: win : tie : lose as seen from A, and how far the raters agree.

The outcome of a question is what more raters chose than anything else; where nothing leads it is a
tie. Agreement is Krippendorff's alpha (Krippendorff 2011) of nominal data: 1 is perfect, 0 what
chance brings. Raters need not have rated the same questions.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from nltk.metrics.agreement import AnnotationTask

from errors import InputError
from training.evaluation.intervals import Interval, beat_interval, beat_rate
from training.rating.ratings import Choice, Rating, counting, read_ratings

Outcome = Literal["win", "tie", "lose"]

SEED = 0
_AS_SEEN_FROM_A: Mapping[Choice, Outcome] = {"a": "win", "tie": "tie", "b": "lose"}


@dataclass(frozen=True, slots=True)
class Score:
    """How many questions A won, tied and lost."""

    win: int
    tie: int
    lose: int

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> "Score":
        """Count the outcomes."""
        counts = Counter(outcomes)
        return cls(counts["win"], counts["tie"], counts["lose"])

    @property
    def beat_rate(self) -> float | None:
        """The share of the decided questions that A won, None where none is decided."""
        return beat_rate(self.win, self.lose)

    @property
    def interval(self) -> Interval | None:
        """The beat rate's bootstrap interval over questions, 95 %."""
        return beat_interval(self.win, self.tie, self.lose, SEED)


@dataclass(frozen=True, slots=True)
class Rated:
    """The ratings of one comparison that count: by rater, then by question."""

    comparison: str
    by_rater: Mapping[str, Mapping[str, Outcome]]

    @property
    def by_question(self) -> dict[str, list[Outcome]]:
        """What the raters say to each question."""
        found: dict[str, list[Outcome]] = {}
        for outcomes in self.by_rater.values():
            for question, outcome in outcomes.items():
                found.setdefault(question, []).append(outcome)
        return found

    @property
    def majority(self) -> dict[str, Outcome]:
        """The outcome of each question."""
        return {question: leading(said) for question, said in self.by_question.items()}


def read_rated(files: Sequence[Path]) -> Rated:
    """Return the ratings of all files. Raises InputError where there are none, or several kinds."""
    ratings: list[Rating] = []
    for path in files:
        found = read_ratings(path).ratings
        if not found:
            raise InputError(f"{path} holds no ratings: rate some answers first")
        first = (ratings or found)[0].comparison
        other = next((rating for rating in found if rating.comparison != first), None)
        if other:
            beside = f" and {files[0]}" if ratings else ""
            raise InputError(
                f"{path}{beside}: ratings of different comparisons ({first}, {other.comparison}): "
                "name files of one"
            )
        ratings += found
    ratings.sort(key=lambda rating: rating.at)  # of several files the later change of mind counts
    names: dict[str, str] = {}
    named = [
        rating.model_copy(update={"rater": names.setdefault(rating.rater.casefold(), rating.rater)})
        for rating in ratings
    ]
    by_rater: dict[str, dict[str, Outcome]] = {}
    for (rater, question), rating in counting(named).items():
        by_rater.setdefault(rater, {})[question] = _AS_SEEN_FROM_A[rating.choice]
    return Rated(ratings[0].comparison, by_rater)


def leading(said: Iterable[Outcome]) -> Outcome:
    """Return what is said most often, a tie where nothing leads."""
    (first, most), *others = Counter(said).most_common(2)
    return "tie" if others and others[0][1] == most else first


def alpha(rated: Rated) -> tuple[float | None, str]:
    """Return Krippendorff's alpha, or None and why it is not defined.

    Questions with one rating say nothing of agreement.
    """
    if len(rated.by_rater) < 2:
        return None, "one rater alone"
    shared = {question: said for question, said in rated.by_question.items() if len(said) > 1}
    if not shared:
        return None, "no question has two ratings"
    said = {outcome for outcomes in shared.values() for outcome in outcomes}
    if len(said) == 1:
        return None, f"every shared rating is a {said.pop()}"
    rows = [
        (rater, question, outcome)
        for rater, outcomes in rated.by_rater.items()
        for question, outcome in outcomes.items()
        if question in shared
    ]
    return float(AnnotationTask(rows).alpha()), ""
