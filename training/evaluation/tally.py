"""What the comparison of pairs shows: win : tie : lose, the beat rate, and how far the judge holds.

A judge without a position bias names the first answer as often as the second, and its verdicts
survive the swap of the two.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from report.agreement import Share
from training.evaluation.intervals import Interval, beat_interval, beat_rate
from training.evaluation.pairwise import Compared, is_shortened

UNTYPED = "without a type"
"""What stands for the type of questions that have none."""


@dataclass(frozen=True, slots=True)
class Tally:
    """The questions that A won, tied and lost, and the beat rate, None where none is decided."""

    win: int
    tie: int
    lose: int
    beat_rate: float | None
    interval: Interval | None

    @classmethod
    def of(cls, compared: Iterable[Compared], seed: int) -> "Tally":
        """Count the outcomes."""
        counts = Counter(one.outcome for one in compared)
        win, tie, lose = (counts[outcome] for outcome in ("win", "tie", "lose"))
        rate = beat_rate(win, lose)
        return cls(
            win,
            tie,
            lose,
            None if rate is None else round(rate, 4),
            beat_interval(win, tie, lose, seed),
        )

    @property
    def told(self) -> dict[str, Any]:
        """The same as plain JSON."""
        return {
            "win": self.win,
            "tie": self.tie,
            "lose": self.lose,
            "beat_rate": self.beat_rate,
            "interval": self.interval,
        }


def consistency(compared: Iterable[Compared]) -> Share:
    """Return the share of the questions, both verdicts read, in which these name one winner."""
    winners = [[verdict.winner for verdict in one.verdicts] for one in compared]
    whole = [pair for pair in winners if None not in pair]
    return Share(sum(one == other for one, other in whole), len(whole))


def first_chosen(compared: Iterable[Compared]) -> Share:
    """Return the share of the verdicts, ties left out, that name the answer which stood first."""
    verdicts = [v for one in compared for v in one.verdicts if v.winner in {"a", "b"}]
    return Share(sum(v.winner == v.first for v in verdicts), len(verdicts))


def unread(compared: Iterable[Compared]) -> int:
    """Return how many verdicts could not be read."""
    return sum(v.winner is None for one in compared for v in one.verdicts)


def pairwise_results(
    compared: Sequence[Compared], asked: int, seed: int, lost: int = 0
) -> dict[str, Any]:
    """Return all that the comparison shows, as plain JSON.

    There are `asked` questions in all; to `lost` of them an answer or a verdict never arrived.
    """
    types = sorted({one.test.type for one in compared})
    named = {kind: [one for one in compared if one.test.type == kind] for kind in types}
    by_type = {kind or UNTYPED: Tally.of(ones, seed).told for kind, ones in named.items()}
    return {
        "questions": asked,
        "compared": len(compared),
        "lost": lost,
        **Tally.of(compared, seed).told,
        "consistency": share(consistency(compared)),
        "first_chosen": share(first_chosen(compared)),
        "same_answers": sum(one.a.text == one.b.text for one in compared),
        "undecided": sum(None in [v.winner for v in one.verdicts] for one in compared),
        "unread_verdicts": unread(compared),
        "answers": {side: _answers(compared, side) for side in ("a", "b")},
        "by_type": by_type if len(types) > 1 else {},
    }


def share(of: Share) -> dict[str, Any]:
    """Return a share as plain JSON, with its interval."""
    interval = of.interval and tuple(round(end, 4) for end in of.interval)
    value = None if of.value is None else round(of.value, 4)
    return {"found": of.found, "of": of.of, "share": value, "interval": interval}


def _answers(compared: Iterable[Compared], side: str) -> dict[str, int]:
    """Count the answers of a side that are not whole."""
    answers = [getattr(one, side) for one in compared]
    return {
        "empty": sum(not answer.text for answer in answers),
        "cut_off": sum(answer.is_cut for answer in answers),
        "shortened": sum(map(is_shortened, answers)),
    }
