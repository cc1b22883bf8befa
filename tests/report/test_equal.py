"""Comparing at equal records and at equal tokens, against the definitions."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from record import Record
from report.equal import DRAWS, Equal, early, equal_effort, missed, samples
from store.files.data_set import Call, DataSet


def run(calls: dict[str, int], records: str) -> DataSet:
    """Return a run by the tokens of its calls, and a record for each call that is named."""
    told = [
        Call(call=name, kept=1, rejected=0, prompt_tokens=cost - 1, completion_tokens=1)
        for name, cost in calls.items()
    ]
    return DataSet("d", "d", [Record("x", call=name) for name in records], calls=told)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_the_chance_to_miss_is_that_of_the_formula(of: int, count: int, size: int) -> None:
    count, size = min(count, of), min(size, of)
    exact = comb(of - count, size) / comb(of, size)
    assert missed(count, of, size) == pytest.approx(exact, rel=1e-9, abs=0)


def test_the_chance_to_miss_is_a_share_of_all_samples() -> None:
    drawn = list(combinations(range(7), 3))
    assert missed(2, 7, 3) == pytest.approx(sum(not {0, 1} & set(s) for s in drawn) / len(drawn))
    assert missed(50_000, 100_000, 10) == pytest.approx(2**-10, rel=1e-3)


def test_samples_are_the_same_every_time_and_differ_from_each_other() -> None:
    found = [places.tolist() for places in samples(100, 20)]
    assert found == [places.tolist() for places in samples(100, 20)]
    assert len({tuple(places) for places in found}) == DRAWS
    assert all(len(set(places)) == 20 and places == sorted(places) for places in found)
    assert [places.tolist() for places in samples(3, 3)] == [[0, 1, 2]]


def test_the_effort_that_all_have_in_common() -> None:
    small, large = run({"a": 30}, "a"), run({"a": 50, "b": 50}, "abb")
    assert equal_effort([small]) is None
    assert equal_effort([small, large]) == Equal(1, 30)
    assert equal_effort([small, large, DataSet("none", "none", [])]) == Equal(1, 30)
    file = DataSet("file", "file", [Record("x")] * 2)
    assert equal_effort([file, large]) == Equal(2, None)
    assert equal_effort([DataSet("none", "none", []), large]) == Equal(None, None)


@pytest.mark.parametrize(
    ("tokens", "places"),
    [(9, [3]), (10, [0, 3]), (29, [0, 3]), (30, [0, 1, 3]), (60, [0, 1, 2, 3])],
)
def test_early_records_are_those_of_the_calls_that_were_paid(
    tokens: int, places: list[int]
) -> None:
    data = run({"a": 10, "b": 20, "c": 30}, "abc?")  # the last one came from elsewhere
    found = early(data, tokens)
    assert found is not None
    assert found.tolist() == places
    assert early(DataSet("file", "file", [Record("x")]), 5) is None


def test_early_records_of_nothing_are_positions_still() -> None:
    found = early(run({"a": 10}, ""), 10)
    assert found is not None
    assert found.dtype == np.int64
