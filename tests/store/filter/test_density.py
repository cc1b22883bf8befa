"""Texts of one template are compared few at a time, so that their pairs do not fill the memory."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial

import pytest

from store.filter import density, kept, part
from store.filter.density import Sample, are_too_alike, few_enough, sample
from store.filter.hits import Hits, hits
from store.filter.index import DiversityIndex
from store.filter.keys import Integers
from store.filter.part import Part
from store.filter.rouge import Threshold
from store.filter.sharded import ShardedIndex
from tests.store.filter.shards import ShardHere
from tests.store.filter.test_sharded import alone, blocks

T = Fraction(7, 10)
MOST = 1 << 12


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(density, "_MOST_PAIRS", MOST)
    monkeypatch.setattr(density, "_FEWEST", 16)


def of_one_template(count: int) -> list[str]:
    return ["".join(map(chr, [*range(100, 120), 1000 + n])) for n in range(count)]


def unlike(count: int) -> list[str]:
    return ["".join(map(chr, range(10 * n, 10 * n + 10))) for n in range(1, count + 1)]


def whole(texts: Sequence[str]) -> Sample:
    return sample(texts, range(len(texts)))


def test_few_of_one_template_are_compared_at_once_and_all_that_are_unlike() -> None:
    t = Threshold(T)
    assert few_enough(whole(unlike(1000)), t) == 1000
    assert few_enough(whole(of_one_template(80)), t) == 80
    assert few_enough(whole(of_one_template(1000)), t) == pytest.approx(90, abs=2)
    half = [text for pair in zip(of_one_template(500), unlike(500), strict=True) for text in pair]
    assert 90 < few_enough(whole(half), t) < 360


def test_texts_beside_others_are_too_alike_where_they_share_a_template() -> None:
    one, t = of_one_template(200), Threshold(T)
    assert are_too_alike(whole(one[:100]), whole(one[100:]), t)
    assert not are_too_alike(whole(one[:10]), whole(one[100:]), t)
    assert not are_too_alike(whole(unlike(200)[:100]), whole(unlike(200)[100:]), t)


def test_of_very_long_texts_the_beginning_is_looked_at() -> None:
    long = ["ab" * 50_000, "ba" * 50_000]
    assert [len(text) for text in sample(long, range(2)).texts] == [1024, 1024]


@pytest.fixture
def most(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Give how many pairs were compared at once, each time."""
    counted: list[int] = []

    def counting(pairs: Integers, *more: object) -> Hits:
        counted.append(len(pairs))
        return hits(pairs, *more)  # type: ignore[arg-type]

    for module in (kept, part):
        monkeypatch.setattr(module, "hits", counting)
    return counted


def by_one_process(texts: Sequence[str]) -> int:
    index = DiversityIndex(T)
    return sum(v.kept for v in index.admit_many(texts, [f"{n} in" for n in range(len(texts))]))


def by_shards(texts: Sequence[str]) -> int:
    index = ShardedIndex([ShardHere(partial(Part, T)) for _ in range(2)], T)
    found = [v for some in index.admit(blocks(texts, [300])) for v in some]
    assert found == alone(texts, T)
    return sum(verdict.kept for verdict in found)


@pytest.mark.parametrize("judge", [by_one_process, by_shards])
def test_templates_are_never_compared_pair_by_pair(
    judge: Callable[[Sequence[str]], int], most: list[int]
) -> None:
    others = [f"Say {' '.join(f'{n}{letter}' for letter in 'abcdefgh')}" for n in range(700)]
    lines = [f"Write a poem on topic {n} for my class please, and say why" for n in range(1500)]
    more = [f"Tell me what the capital of country {n} is, in one word" for n in range(1500)]
    assert judge([*others, *lines, *more]) == 702
    assert 0 < max(most) <= 2 * MOST
