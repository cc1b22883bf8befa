"""Runs of several strategies over the same seeds: means, and paired differences with intervals.

A difference is taken seed by seed, so what a seed does to all strategies alike drops out. Its 95 %
interval is Student's, over the seeds: mean ± t(n - 1) · s / √n. With few seeds it is wide, and it
assumes that the differences are roughly normal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev

T95 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045,
)  # fmt: skip
"""The two-sided 95 % quantile of Student's t, by degrees of freedom from 1."""

Values = Sequence[float | None]
"""A figure for each seed; None where a run has none."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The mean of paired differences, and its 95 % interval; None from a single pair."""

    mean: float
    low: float | None
    high: float | None
    pairs: int


def difference(these: Values, those: Values) -> Difference | None:
    """Return how much larger these figures are than those, None where no seed has both."""
    pairs = zip(these, those, strict=True)
    found = [a - b for a, b in pairs if a is not None and b is not None]
    if not found:
        return None
    middle, number = mean(found), len(found)
    if number < 2:
        return Difference(middle, None, None, number)
    half = T95[min(number - 1, len(T95)) - 1] * stdev(found) / sqrt(number)
    return Difference(middle, middle - half, middle + half, number)


def mean_of(values: Values) -> float | None:
    """Return the mean of the figures that there are, None where there is none."""
    known = [value for value in values if value is not None]
    return mean(known) if known else None
