from itertools import product
from math import prod

import pytest

from search.adaptive.zipf import chance_of_new


def expected_things(kinds: int, known: int, kept: int) -> float:
    """Return how many of the things without a task `kept` records are about, over all outcomes."""
    total = sum(1 / rank for rank in range(1, kinds + 1))
    chances = [1 / rank / total for rank in range(1, kinds + 1)]
    return sum(
        prod(chances[thing] for thing in things) * len({t for t in things if t >= known})
        for things in product(range(kinds), repeat=kept)
    )


@pytest.mark.parametrize(("kinds", "known"), [(1, 0), (3, 0), (4, 2), (4, 4)])
def test_the_chance_is_what_one_more_record_adds(kinds: int, known: int) -> None:
    for kept in range(5):
        more = expected_things(kinds, known, kept + 1) - expected_things(kinds, known, kept)
        assert chance_of_new(kinds, known, kept) == pytest.approx(more)
