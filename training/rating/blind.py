"""A comparison as its raters see it: a question, a left and a right answer, and never whose.

Raters say "left", "tie" or "right"; what that means is known here alone.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from training.pairs import Pair
from training.rating.lots import drawn_order, left_side
from training.rating.ratings import Choice, Model, Rating, name_of
from training.rating.ratings_file import RatingsFile

Side = Literal["left", "tie", "right"]


class Blind:
    """The questions of a comparison, and what raters say to them.

    `rater` is the only rater, where that is fixed. KeyError is raised for an unknown question,
    ValueError for an unusable name, RunError where a rating cannot be saved.
    """

    def __init__(
        self, comparison: str, pairs: Sequence[Pair], file: RatingsFile, rater: str | None = None
    ) -> None:
        self._comparison = comparison
        self._pairs = {pair.key: pair for pair in pairs}
        self._file = file
        self._rater = rater and name_of(rater)
        names = [self._rater] if self._rater else []
        self._names = {name.casefold(): name for name in [*self._rated_by(), *names]}

    def welcome(self) -> dict[str, Any]:
        """Return how many questions there are, and the names of the raters so far."""
        names = [] if self._rater else sorted(self._names.values())
        return {"total": len(self._pairs), "rater": self._rater, "raters": names}

    def begin(self, name: str) -> dict[str, Any]:
        """Return the rater's name as it is kept, and where the rater goes on."""
        name = self._known(name)
        self._names.setdefault(name.casefold(), name)
        return {"rater": name, **self._progress(name, 0)}

    def show(self, name: str, place: int) -> dict[str, Any]:
        """Return what the rater sees at a place of the order, and what was said to it before."""
        rater = self._known(name)
        key = self._order(rater)[place]
        pair, left = self._pairs[key], left_side(self._comparison, rater, key)
        answers: Mapping[Model, str] = {"a": pair.a, "b": pair.b}
        before = self._file.ratings.get((rater, key))
        return {
            "question": key,
            "place": place,
            "instruction": pair.instruction,
            "input": pair.input,
            "left": answers[left],
            "right": answers[_other(left)],
            "chosen": before and _side(before.choice, left),
        }

    def rate(self, name: str, question: str, side: Side) -> dict[str, Any]:
        """Save what a rater says to a question; return where the rater goes on."""
        rater, pair = self._known(name), self._pairs[question]
        left = left_side(self._comparison, rater, question)
        self._file.add(
            Rating(
                comparison=self._comparison,
                question=question,
                rater=rater,
                choice=_choice(side, left),
                left=left,
                at=datetime.now(UTC).replace(microsecond=0),
                instruction=pair.instruction,
                input=pair.input,
            )
        )
        return self._progress(rater, self._order(rater).index(question) + 1)

    def counts(self) -> dict[str, int]:
        """Return how many questions each rater has rated."""
        return {name: self._count(name) for name in self._rated_by()}

    def _known(self, name: str) -> str:
        """Return the name as it is kept: a rater is the same in small and capital letters."""
        name = self._rater or name_of(name)
        return self._names.get(name.casefold(), name)

    def _rated_by(self) -> list[str]:
        return list(dict.fromkeys(rater for rater, _ in self._file.ratings))

    def _count(self, rater: str) -> int:
        return sum((rater, key) in self._file.ratings for key in self._pairs)

    def _order(self, rater: str) -> list[str]:
        return drawn_order(self._comparison, rater, self._pairs)

    def _progress(self, rater: str, start: int) -> dict[str, int]:
        """Return how many are rated, and the first place from `start` on that is not."""
        order, ratings = self._order(rater), self._file.ratings
        behind = [*range(start, len(order)), *range(start)]
        waiting = (place for place in behind if (rater, order[place]) not in ratings)
        return {"rated": self._count(rater), "place": next(waiting, len(order))}


def _other(model: Model) -> Model:
    return "b" if model == "a" else "a"


def _choice(side: Side, left: Model) -> Choice:
    if side == "tie":
        return "tie"
    return left if side == "left" else _other(left)


def _side(choice: Choice, left: Model) -> Side:
    if choice == "tie":
        return "tie"
    return "left" if choice == left else "right"
