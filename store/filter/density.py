"""How many texts are compared with each other at once, by how alike a sample of them is.

Of 32,768 texts from one template nearly all pairs reach the threshold, some 500 million. But one
text of them is kept: so few are compared first, and the others with what is kept of these.
"""

from collections.abc import Sequence
from math import isqrt
from random import Random
from typing import NamedTuple

import numpy as np

from store.filter.rouge import Threshold, lcs_of_all
from store.filter.signature import Interned

_SAMPLE = 64
_TOKENS = 1024
"""So many tokens of a text are looked at: the LCS of two of 160,000 takes seconds."""
_MOST_PAIRS = 1 << 20
_FEWEST = 512


class Sample(NamedTuple):
    """The beginnings of some of so many texts, the same each time."""

    among: int
    texts: Sequence[Interned]


def sample(texts: Sequence[Interned], rows: Sequence[int]) -> Sample:
    """Return a sample of the texts in these rows."""
    chosen = Random(0).sample(rows, min(len(rows), _SAMPLE))  # noqa: S311 - no secret
    return Sample(len(rows), [texts[row][:_TOKENS] for row in chosen])


def few_enough(of: Sample, threshold: Threshold) -> int:
    """Return how many texts, from the first on, have a million pairs at most that are alike.

    So the sample says; it is 512 or more, or all.
    """
    pairs = of.among * of.among // 2
    if pairs <= _MOST_PAIRS:
        return of.among
    alike = _alike(of, of, threshold) - len(of.texts)  # each is like itself
    share = alike / len(of.texts) ** 2
    if share * pairs <= _MOST_PAIRS:
        return of.among
    return max(isqrt(int(2 * _MOST_PAIRS / share)), _FEWEST)


def are_too_alike(ones: Sample, others: Sample, threshold: Threshold) -> bool:
    """Return whether more than a million pairs of both are alike, as the samples say."""
    pairs = ones.among * others.among
    if pairs <= _MOST_PAIRS:
        return False
    share = _alike(ones, others, threshold) / (len(ones.texts) * len(others.texts))
    return share * pairs > _MOST_PAIRS


def _alike(ones: Sample, others: Sample, threshold: Threshold) -> int:
    """Return how many pairs of both samples reach the threshold."""
    lengths, others_lengths = (np.array([*map(len, some.texts)]) for some in (ones, others))
    totals = lengths[:, np.newaxis] + others_lengths
    common = lcs_of_all(ones.texts, others.texts)
    return int((totals - 2 * common <= threshold.slack_of(totals)).sum())
