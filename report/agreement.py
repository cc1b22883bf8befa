"""How well verdicts agree with labels that people gave.

A fault is what a person labels bad. Sensitivity is the share of faults that the judge finds,
specificity the share of good records that it passes, each with Wilson's 95 % interval (Wilson 1927,
JASA 22); kappa is Cohen's (1960), the agreement beyond what chance brings, with the percentile
interval of 2,000 samples of the records with replacement. Kappa takes more classes than two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

SAMPLES, SEED = 2_000, 0
_Z = 1.959964

Interval = tuple[float, float]
_Classes = npt.NDArray[np.int_]


@dataclass(frozen=True, slots=True)
class Share:
    """`found` of `of`, as a share with its interval; None and no interval of nothing."""

    found: int
    of: int

    @property
    def value(self) -> float | None:
        """The share."""
        return self.found / self.of if self.of else None

    @property
    def interval(self) -> Interval | None:
        """Wilson's interval, 95 %."""
        if not self.of:
            return None
        share, about = self.found / self.of, _Z**2 / self.of
        middle = (share + about / 2) / (1 + about)
        half = _Z * sqrt(share * (1 - share) / self.of + about / (4 * self.of)) / (1 + about)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement of a judge with labels over `records`."""

    records: int
    sensitivity: Share
    specificity: Share
    kappa: float
    kappa_interval: Interval


def agreement(good: Sequence[bool], passed: Sequence[bool]) -> Agreement:
    """Return how verdicts agree with labels, record by record; both hold one at least."""
    pairs = list(zip(good, passed, strict=True))
    faults = [not verdict for label, verdict in pairs if not label]
    passes = [verdict for label, verdict in pairs if label]
    kappa, interval = cohens_kappa(good, passed)
    return Agreement(
        len(pairs),
        Share(sum(faults), len(faults)),
        Share(sum(passes), len(passes)),
        kappa,
        interval,
    )


def cohens_kappa(one: Sequence[int], other: Sequence[int]) -> tuple[float, Interval]:
    """Return the kappa of two lists of classes, as numbers from 0, and its interval."""
    ours, theirs = np.array(one, dtype=int), np.array(other, dtype=int)
    draw = np.random.default_rng(SEED).integers(0, len(ours), (SAMPLES, len(ours)))
    low, high = np.percentile(_kappa(ours[draw], theirs[draw]), [2.5, 97.5]).tolist()
    return float(_kappa(ours[None], theirs[None])[0]), (low, high)


def _kappa(one: _Classes, other: _Classes) -> npt.NDArray[np.float64]:
    """Return the kappa of each row; 0 where both name one class alone."""
    observed = (one == other).mean(axis=1)
    classes = range(int(max(one.max(), other.max())) + 1)
    chance = sum((one == c).mean(axis=1) * (other == c).mean(axis=1) for c in classes)
    kappa: npt.NDArray[np.float64] = np.where(
        chance < 1, (observed - chance) / np.where(chance < 1, 1 - chance, 1), 0.0
    )
    return kappa
