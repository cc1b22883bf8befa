"""ROUGE-L of every instruction with all others of its data set: the mean, and the highest.

F = 2·LCS/(m+n) over tokens. Every pair is compared once: in blocks, so that memory does not grow
with the square, by rapidfuzz's bit-parallel LCS over tokens interned as code points.

Of very many texts the highest is found from a floor on, exactly (store/filter/neighbours.py), and
the means are those of a sample (report/sampling.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import LCSseq

from report.sampling import DRAWS, Drawn, drawn_overlaps
from store.filter.neighbours import nearest
from store.filter.ragged import ragged
from store.filter.signature import Vocabulary
from store.filter.tokens import tokens
from work.team import Team

BLOCK = 1024
"""Texts of a block; a block of pairs takes 8 MB."""

LONGEST = 10_000
"""Tokens of a text that are compared: a pair takes as long as the product of its lengths."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Overlaps:
    """By position: the mean F and the highest F with the others, and who has it.

    `nearest` is the first of equals, -1 where there is no other text. With a `floor` a highest F
    below it is not told: it is 0, and `nearest` -1. Then `drawn` are the texts that were compared
    with all others, and `mean` is theirs alone.
    """

    mean: Floats
    highest: Floats
    nearest: npt.NDArray[np.int64]
    floor: float | None = None
    drawn: Drawn | None = None


def overlaps(texts: Sequence[str], advance: Callable[[float], None] = lambda _: None) -> Overlaps:
    """Return the overlaps of the texts; a text without tokens overlaps with nothing.

    `advance` is called with the share of the work that was done.
    """
    vocabulary = Vocabulary()
    interned = [vocabulary.sign(tokens(text)[:LONGEST]).interned for text in texts]
    lengths = np.array([len(text) for text in interned], dtype=np.float64)
    size = len(texts)
    found = Overlaps(np.zeros(size), np.full(size, -1.0), np.full(size, -1))
    all_scores = sum(min(BLOCK, size - top) * (size - top) for top in range(0, size, BLOCK))
    for top in range(0, size, BLOCK):
        rows = slice(top, min(top + BLOCK, size))
        for left in range(top, size, BLOCK):
            columns = slice(left, min(left + BLOCK, size))
            scores = _scores(interned, lengths, rows, columns)
            if left == top:
                np.fill_diagonal(scores, 0.0)
                found.mean[rows] += scores.sum(axis=1)
                np.fill_diagonal(scores, -1.0)
            else:
                found.mean[rows] += scores.sum(axis=1)
                found.mean[columns] += scores.sum(axis=0)
                _raise(found, columns, scores.T, top)
            _raise(found, rows, scores, left)
            advance(scores.size / all_scores)
    found.mean[:] /= max(size - 1, 1)
    np.maximum(found.highest, 0.0, out=found.highest)
    return found


def overlaps_from(
    floor: float,
    texts: Sequence[str],
    *,
    draws: int = DRAWS,
    team: Team | None = None,
    advance: Callable[[float], None] = lambda _: None,
) -> Overlaps:
    """Return the highest overlaps from a floor on, and the means of so many texts.

    `advance` is called as in `overlaps`.
    """
    read = ragged(tokens(text)[:LONGEST] for text in texts)
    found = nearest(read, floor, team, advance)
    drawn = drawn_overlaps(read, draws, team=team)
    return Overlaps(drawn.mean, found.score, found.place, floor, drawn)


def _scores(
    interned: Sequence[str | tuple[int, ...]], lengths: Floats, rows: slice, columns: slice
) -> Floats:
    common = process.cdist(
        interned[rows], interned[columns], scorer=LCSseq.similarity, dtype=np.int32, workers=2
    )
    total = lengths[rows, None] + lengths[None, columns]
    return 2.0 * common / np.maximum(total, 1.0)


def _raise(found: Overlaps, rows: slice, scores: Floats, first: int) -> None:
    """Take in the scores of these texts with those from position `first` on."""
    best = scores.argmax(axis=1)
    highest = scores[np.arange(len(best)), best]
    better = highest > found.highest[rows]
    found.highest[rows][better] = highest[better]
    found.nearest[rows][better] = best[better] + first
