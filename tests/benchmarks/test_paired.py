"""Paired differences over seeds."""

import pytest

from benchmarks.paired import Difference, difference, mean_of


def test_a_difference_is_taken_seed_by_seed() -> None:
    found = difference([11.0, 21.0, 32.0], [10.0, 20.0, 30.0])
    # differences 1, 1, 2: mean 4/3, deviation 0.57735, t(2) = 4.303
    assert found is not None
    assert found.mean == pytest.approx(4 / 3)
    assert found.high == pytest.approx(4 / 3 + 4.303 * 0.57735 / 3**0.5, rel=1e-4)
    assert found.low == pytest.approx(4 / 3 - 4.303 * 0.57735 / 3**0.5, rel=1e-4)


def test_a_seed_that_one_has_no_figure_for_does_not_count() -> None:
    assert difference([1.0, None, 3.0], [0.0, 5.0, 2.0]) == Difference(1.0, 1.0, 1.0, 2)
    assert difference([1.0], [0.5]) == Difference(0.5, None, None, 1)
    assert difference([None], [0.5]) is None
    assert mean_of([None, 2.0, 4.0]) == 3.0
    assert mean_of([None]) is None
