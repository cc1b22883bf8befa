"""Means over seeds, their intervals, and paired differences."""

from itertools import product
from statistics import fmean

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sweep.estimates import Estimate, difference, estimate, tail

FIGURES = st.lists(st.floats(-100, 100), min_size=2, max_size=5)


def quantiles(values: list[float], *shares: float) -> list[float]:
    """Return quantiles of the mean over all ways to draw as many seeds: the slow twin."""
    means = sorted(fmean(drawn) for drawn in product(values, repeat=len(values)))
    return [means[min(int(share * len(means)), len(means) - 1)] for share in shares]


@given(FIGURES)
def test_an_interval_is_that_of_all_samples_but_for_chance(values: list[float]) -> None:
    found = estimate(values)
    out = tail(len(values))
    shares = out / 4, 3 * out, 1 - 3 * out, 1 - out / 4
    outer_low, inner_low, inner_high, outer_high = quantiles(values, *shares)
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    assert found.mean == fmean(values)
    assert outer_low - 1e-3 <= found.low <= inner_low + 1e-3
    assert inner_high - 1e-3 <= found.high <= outer_high + 1e-3
    assert estimate(values) == found


def test_a_difference_is_taken_seed_by_seed() -> None:
    assert difference([11.0, 21.0, 31.0], [10.0, 20.0, 30.0]) == Estimate(1.0, 1.0, 1.0, 3)


def test_an_interval_holds_the_true_mean_in_some_95_of_100_cases() -> None:
    draw = np.random.default_rng(0)
    held = 0
    for _ in range(400):
        found = estimate(draw.normal(size=8).tolist())
        assert found is not None
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0 <= found.high
    assert 0.91 <= held / 400 <= 0.97


def test_a_seed_that_one_has_no_figure_for_does_not_count() -> None:
    assert difference([1.0, None, 3.0], [0.0, 5.0, 2.0]) == Estimate(1.0, 1.0, 1.0, 2)
    assert difference([1.0], [0.5]) == Estimate(0.5, None, None, 1)
    assert difference([None], [0.5]) is None
    assert estimate([None, 2.0, 4.0]) == Estimate(3.0, 2.0, 4.0, 2)
