"""Figures of a data set that need no parser: lengths, spread, growth, and what was not yet seen."""

import statistics
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from math import log2

from store.filter.index import DiversityIndex
from store.filter.tokens import tokens

POINTS = 100
"""Points of a curve that grows."""

STRETCHES = 25
"""Stretches of records, each with a kept rate of its own."""

_AT_ONCE = 1024  # data that repeats itself makes larger blocks slow

Curve = list[tuple[int, float]]


@dataclass(frozen=True, slots=True)
class Lengths:
    """Words a text, as the filter counts them (a character each in scripts without spaces)."""

    mean: float
    median: float
    longest: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How evenly counts lie: Shannon's entropy in bits, and its share of the most possible.

    One kind has no evenness (Pielou 1966): None.
    """

    entropy: float
    evenness: float | None


@dataclass(frozen=True, slots=True)
class Unseen:
    """What a sample says of the kinds it did not meet.

    `chao1` is the bias-corrected lower bound of how many kinds there are, S + f1(f1-1)/(2(f2+1))
    (Chao 1984). `next_new` is the Good-Turing chance that the next one is of a new kind, f1/n
    (Good 1953). f1 and f2 are the kinds met once and twice. Both suppose independent draws. The
    draws of a model that is shown what exists are not: Chao1 is then far off, and Good-Turing
    overstates.
    An empty sample says nothing: None.
    """

    chao1: float | None
    next_new: float | None


def lengths(texts: Sequence[str]) -> Lengths:
    """Return the lengths of one or more texts."""
    counted = [len(tokens(text)) for text in texts] or [0]
    return Lengths(statistics.fmean(counted), statistics.median(counted), max(counted))


def kept_in_order(texts: Sequence[str], threshold: Fraction) -> list[bool]:
    """Return for each text whether the filter keeps it after those before it."""
    index = DiversityIndex(threshold)
    kept: list[bool] = []
    for start in range(0, len(texts), _AT_ONCE):
        block = texts[start : start + _AT_ONCE]
        kept += (verdict.kept for verdict in index.admit_many(block, [""] * len(block)))
    return kept


def spread(counts: Mapping[str, int]) -> Spread:
    """Return how evenly things lie over kinds."""
    total = sum(counts.values())
    shares = [count / total for count in counts.values() if count]
    if len(counts) < 2:
        return Spread(0.0, None)
    entropy = sum(share * log2(1 / share) for share in shares)
    return Spread(entropy, entropy / log2(len(counts)))


def by_count(names: Iterable[str]) -> Mapping[str, int]:
    """Return how often each name was met, the most frequent first; "" is none."""
    met = Counter(name for name in names if name)
    return dict(sorted(met.items(), key=lambda item: (-item[1], item[0])))


def growth(met: Iterable[tuple[int, Hashable]], steps: int) -> Curve:
    """Return how many kinds had been met after n steps, at some POINTS values of n.

    `met` says in which step, counted from 1, a kind was met.
    """
    first: dict[Hashable, int] = {}
    for step, kind in met:
        first[kind] = min(step, first.get(kind, step))
    new = Counter(first.values())
    known = list(accumulate((new[step] for step in range(1, steps + 1)), initial=new[0]))
    return [(step, known[step]) for step in _points(steps, POINTS)]


def kept_rate(outcomes: Sequence[tuple[int, int]]) -> Curve:
    """Return the share kept of the last stretch before n, at the ends of STRETCHES stretches.

    An outcome is how many a step kept and rejected; a stretch that proposed nothing has no rate.
    """
    curve: Curve = []
    for start, end in pairwise([0, *_points(len(outcomes), STRETCHES)]):
        kept = sum(outcome[0] for outcome in outcomes[start:end])
        proposed = kept + sum(outcome[1] for outcome in outcomes[start:end])
        if proposed:
            curve.append((end, kept / proposed))
    return curve


def unseen(counts: Counter[Hashable]) -> Unseen:
    """Return the estimates of what was not met; `counts` says how often each kind was."""
    if not counts:
        return Unseen(None, None)
    times = Counter(counts.values())
    once, twice = times[1], times[2]
    chao1 = len(counts) + once * (once - 1) / (2 * (twice + 1))
    return Unseen(chao1, once / counts.total())


def histogram(values: Sequence[float], bins: int = 20) -> list[int]:
    """Return how many values lie in each of the equal bins of [0, 1]; 1 lies in the last."""
    counted = Counter(min(int(value * bins), bins - 1) for value in values)
    return [counted[place] for place in range(bins)]


def _points(size: int, most: int) -> list[int]:
    return sorted({-(-size * step // most) for step in range(1, most + 1)} - {0})
