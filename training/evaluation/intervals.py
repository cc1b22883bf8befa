"""Percentile intervals, 95 %, of samples drawn with replacement (Efron 1979), from a seed."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from report.agreement import Share

SAMPLES = 2_000

Interval = tuple[float, float]
Floats = npt.NDArray[np.float64]
_BLOCK = 4_000_000
"""Numbers that are drawn at once."""


def beat_rate(wins: int, losses: int) -> float | None:
    """Return the share of the decided questions that are won, None where none is decided."""
    return wins / (wins + losses) if wins + losses else None


def beat_interval(wins: int, ties: int, losses: int, seed: int) -> Interval | None:
    """Return the interval of the beat rate, over questions; None where none is decided.

    Samples in which nothing is decided count for nothing. Where all decided questions went one way,
    no sample differs: the interval is then Wilson's (1927).
    """
    one_sided = Share(wins, wins + losses).interval
    if one_sided is None:
        return None
    if not (wins and losses):
        return _rounded(one_sided)
    counts = np.array([wins, ties, losses], dtype=float)
    shares = counts / counts.sum()
    drawn = np.random.default_rng(seed).multinomial(int(counts.sum()), shares, SAMPLES)
    decided = drawn[:, 0] + drawn[:, 2]
    return _middle(drawn[decided > 0, 0] / decided[decided > 0])


def paired_interval(
    values: Sequence[npt.ArrayLike], measure: Callable[..., Floats], seed: int
) -> Interval | None:
    """Return the interval of a measure of columns of numbers, whose rows are drawn together.

    None of a single row, which says nothing of others.

    `measure` gets an array of each column, with a row a sample, and returns a number a sample.
    """
    columns = [np.array(column, dtype=float) for column in values]
    size, draw = len(columns[0]), np.random.default_rng(seed)
    if size < 2:
        return None
    found: list[Floats] = []
    while (left := SAMPLES - sum(map(len, found))) > 0:
        rows = draw.integers(0, size, (min(left, max(1, _BLOCK // size)), size))
        found.append(measure(*(column[rows] for column in columns)))
    return _middle(np.concatenate(found))


def _middle(samples: Floats) -> Interval:
    low, high = np.percentile(samples, [2.5, 97.5]).tolist()
    return _rounded((low, high))


def _rounded(interval: Interval) -> Interval:
    low, high = interval
    return round(low, 4), round(high, 4)
