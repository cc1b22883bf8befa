"""Agreement with labels, against figures worked out by hand."""

from math import isclose

import pytest

from report.agreement import Share, agreement


def test_kappa_is_the_agreement_beyond_chance() -> None:
    good = [True] * 25 + [False] * 25
    passed = [True] * 20 + [False] * 5 + [True] * 10 + [False] * 15
    found = agreement(good, passed)
    assert (found.specificity, found.sensitivity) == (Share(20, 25), Share(15, 25))
    assert isclose(found.kappa, 0.4)  # observed .7, by chance .5
    low, high = found.kappa_interval
    assert low < 0.4 < high
    assert found == agreement(good, passed)


@pytest.mark.parametrize(
    ("good", "passed", "kappa"),
    [
        ([True, False], [True, False], 1),
        ([True, False], [False, True], -1),
        ([True] * 3, [True] * 3, 0),
    ],
)
def test_the_ends_of_kappa(good: list[bool], passed: list[bool], kappa: float) -> None:
    assert agreement(good, passed).kappa == kappa


def test_a_share_has_wilsons_interval() -> None:
    low, high = Share(9, 10).interval or (0, 0)
    assert (round(low, 4), round(high, 4)) == (0.5958, 0.9821)
    assert Share(0, 0).value is None
    assert Share(0, 0).interval is None
    assert (Share(0, 5).interval or (1, 1))[0] == 0
