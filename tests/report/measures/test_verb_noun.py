"""Verb-noun pairs at equal records: rarefaction, against drawing every sample."""

from itertools import combinations
from statistics import fmean

import pytest

from report.measures.verb_noun import rarefied
from report.verb_noun import Pair

PAIRS: list[Pair | None] = [
    ("write", "poem"),
    ("write", "poem"),
    ("write", "letter"),
    None,
    ("go", None),
    ("draw", "map"),
]


@pytest.mark.parametrize("size", range(7))
def test_rarefaction_is_the_mean_over_all_samples(size: int) -> None:
    drawn = combinations(PAIRS, size)
    unique = [len({pair for pair in sample if pair and pair[1]}) for sample in drawn]
    assert rarefied(PAIRS, size) == pytest.approx(fmean(unique))
