"""Means of a sample with their error, against those of all."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from report import sampling
from report.overlap import Overlaps, overlaps, overlaps_from
from report.sampling import Estimate, drawn_overlaps, estimated_highest, estimated_mean
from store.filter.ragged import ragged
from store.filter.tokens import tokens

TEXTS = st.lists(st.text(alphabet="ab c写!", max_size=12), max_size=14)


def told(found: Overlaps) -> list[Sequence[float]]:
    return [found.mean.tolist(), found.highest.tolist(), found.nearest.tolist()]


@pytest.mark.parametrize(("rows", "columns"), [(3, 4), (512, 1024)])
def test_a_sample_of_all_is_the_comparison_of_all(
    rows: int, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "_ROWS", rows)
    monkeypatch.setattr(sampling, "_COLUMNS", columns)

    @given(TEXTS)
    def check(texts: list[str]) -> None:
        found = drawn_overlaps(ragged(map(tokens, texts)), len(texts))
        slow = overlaps(texts)
        np.testing.assert_allclose(found.mean, slow.mean, atol=1e-12)
        np.testing.assert_allclose(found.highest, slow.highest, atol=1e-12)

    check()


@given(TEXTS, st.sampled_from([0.3, 0.5, 1.0]))
def test_from_the_floor_on_the_highest_are_those_of_all_pairs(
    texts: list[str], floor: float
) -> None:
    found, slow = overlaps_from(floor, texts), overlaps(texts)
    reaches = slow.highest >= floor
    assert found.highest.tolist() == np.where(reaches, slow.highest, 0).tolist()
    assert found.nearest.tolist() == np.where(reaches, slow.nearest, -1).tolist()


def test_the_same_seed_draws_the_same_texts() -> None:
    texts = ragged([["a", str(n)] for n in range(50)])
    one, other = (drawn_overlaps(texts, 5).places.tolist() for _ in range(2))
    assert one == other
    assert drawn_overlaps(texts, 5, seed=1).places.tolist() != one


def test_errors_hold_the_truth_in_about_95_of_100_samples() -> None:
    draw = np.random.default_rng(0)
    values = draw.beta(2, 15, size=3000)
    held = 0
    for _ in range(400):
        found = estimated_mean(draw.choice(values, 300, replace=False), len(values))
        held += abs(found.value - values.mean()) <= found.error
    assert 365 <= held <= 393


def test_a_sample_of_all_has_no_error_and_one_alone_the_most() -> None:
    assert estimated_mean(np.array([0.1, 0.3]), 2) == Estimate(0.2, 0.0)
    assert estimated_mean(np.array([0.1]), 2) == Estimate(0.1, 1.0)
    assert estimated_mean(np.zeros(0), 2).error == 1
    assert estimated_mean(np.zeros(0), 0) == Estimate(0, 0)


def test_only_what_lies_below_the_floor_is_estimated() -> None:
    known = np.array([0.9, 0.0, 0.7, 0.0])
    drawn = sampling.Drawn(np.array([0, 1]), np.zeros(2), np.array([0.9, 0.2]))
    found = estimated_highest(known, drawn, 0.5)
    assert found.value == pytest.approx((0.9 + 0.7) / 4 + 0.2 / 2)
    assert found.error == pytest.approx(0.5 / 2), "one drawn text tells no error: the floor is it"
