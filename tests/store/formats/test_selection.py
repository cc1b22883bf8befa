from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from errors import InputError
from store.formats.format import Row
from store.formats.selection import sample, split
from tests.store.formats.test_table import NAMES, a_row

paths = st.lists(st.tuples(st.just("R")) | st.tuples(st.just("R"), st.sampled_from(NAMES)))
placed = paths.map(lambda all_: [a_row(at, path[-1], path) for at, path in enumerate(all_)])


def fair_shares(supply: Counter[str], size: int) -> list[int]:
    """Deal one record a round to every task that has one left: the slow, obvious way."""
    dealt = dict.fromkeys(supply, 0)
    while sum(dealt.values()) < min(size, supply.total()):
        lowest = min(dealt[task] for task in supply if dealt[task] < supply[task])
        task = next(t for t in supply if dealt[t] == lowest and dealt[t] < supply[t])
        dealt[task] += 1
    return sorted(dealt.values())


@given(rows=placed, size=st.integers(0, 20), seed=st.integers(0, 5))
def test_a_sample_is_as_even_over_tasks_as_their_supply_allows(
    rows: list[Row], size: int, seed: int
) -> None:
    drawn = sample(rows, size, seed)
    supply = Counter(row["task"] for row in rows)
    shares = Counter(row["task"] for row in drawn)
    assert sorted(shares[task] for task in supply) == fair_shares(supply, size)
    positions = [int(row["id"][1:]) for row in drawn]
    assert positions == sorted(set(positions))
    assert all(row in sample(rows, size + 1, seed) for row in drawn)


def test_a_sample_follows_from_seed_and_ids_not_from_order() -> None:
    rows = [a_row(position, f"T{position % 3}") for position in range(60)]
    ids = {row["id"] for row in sample(rows, 12, 1)}
    assert {row["id"] for row in sample(rows[::-1], 12, 1)} == ids
    assert {row["id"] for row in sample(rows, 12, 2)} != ids


@given(rows=placed, share=st.floats(0.01, 0.99), seed=st.integers(0, 5))
def test_a_split_never_cuts_a_branch(rows: list[Row], share: float, seed: int) -> None:
    branches = {row["path"][1] for row in rows if len(row["path"]) > 1}
    if len(branches) < 2:
        with pytest.raises(InputError, match="fewer than two branches"):
            split(rows, share, seed)
        return
    train, validation = split(rows, share, seed)
    assert sorted(row["id"] for row in train + validation) == sorted(row["id"] for row in rows)
    held_out = {row["path"][1] for row in validation}
    assert held_out
    assert held_out < branches
    assert all(len(row["path"]) == 1 or row["path"][1] not in held_out for row in train)
    assert split(rows, share, seed) == (train, validation)


def test_a_split_comes_near_the_share() -> None:
    rows = [a_row(i, path=("R", f"B{i % 20}", f"T{i}")) for i in range(400)]
    for share, expected in ((0.05, 20), (0.1, 40), (0.5, 200)):
        assert len(split(rows, share, seed=3)[1]) == expected


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5, float("nan")])
def test_an_impossible_share_is_named(share: float) -> None:
    with pytest.raises(InputError, match="name one between 0 and 1"):
        split([a_row()], share, seed=0)
