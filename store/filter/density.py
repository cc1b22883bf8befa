"""How many texts are compared with each other at once, by how alike a sample of them is.

Of 32,768 texts from one template nearly all pairs reach the threshold, some 500 million. But one
text of them is kept: so few are compared first, and the others with what is kept of these.
"""

from collections.abc import Sequence
from math import isqrt
from random import Random

from store.filter.rouge import Threshold, lcs
from store.filter.signature import Interned

_SAMPLE = 64
_MOST_PAIRS = 1 << 20
_FEWEST = 512


def few_enough(texts: Sequence[Interned], threshold: Threshold) -> int:
    """Return how many, from the first on, have a million pairs at most that reach the threshold.

    So the sample says; it is 512 or more, or all.
    """
    count = len(texts)
    if count * count // 2 <= _MOST_PAIRS:
        return count
    sample = sampled(texts)
    among = share_alike(sample, sample, threshold)
    if among * count * count / 2 <= _MOST_PAIRS:
        return count
    return max(isqrt(int(2 * _MOST_PAIRS / among)), _FEWEST)


def are_too_alike(
    ones: Sequence[Interned], others: Sequence[Interned], threshold: Threshold
) -> bool:
    """Return whether more than a million pairs of both reach the threshold, as a sample says."""
    pairs = len(ones) * len(others)
    return pairs > _MOST_PAIRS and (
        share_alike(sampled(ones), sampled(others), threshold) * pairs > _MOST_PAIRS
    )


def sampled(texts: Sequence[Interned]) -> list[Interned]:
    """Return some of the texts, the same each time."""
    rows = Random(0).sample(range(len(texts)), min(len(texts), _SAMPLE))  # noqa: S311 - no secret
    return [texts[row] for row in rows]


def share_alike(
    ones: Sequence[Interned], others: Sequence[Interned], threshold: Threshold
) -> float:
    """Return the share of pairs of both that reach the threshold; no text is paired with itself."""
    reached = sum(
        common >= threshold.common(len(one), len(other))
        for one in ones
        for other, common in zip(others, lcs(one, others), strict=True)
        if other is not one
    )
    return reached / max(len(ones) * len(others), 1)
