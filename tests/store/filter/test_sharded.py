"""The filter over shards beside the filter in one process."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.filter import signature
from store.filter.index import DiversityIndex
from store.filter.part import Part
from store.filter.sharded import Asked, ShardedIndex
from store.filter.verdict import Verdict
from tests.store.filter.shards import ShardHere
from tests.store.filter.test_index import texts, thresholds


def blocks(given_texts: Sequence[str], sizes: Sequence[int], file: str = "in") -> Iterator[Asked]:
    rest = iter(enumerate(given_texts))
    turn = 0
    while block := list(islice(rest, sizes[turn % len(sizes)])):
        yield Asked([text for _, text in block], [(file, line) for line, _ in block])
        turn += 1


def sharded(
    given_texts: Sequence[str],
    t: Fraction,
    shards: int,
    sizes: Sequence[int],
    foreign: Sequence[str] = (),
) -> list[Verdict]:
    index = ShardedIndex(t, [ShardHere(partial(Part, t)) for _ in range(shards)])
    assert index.add_foreign(blocks(foreign, sizes, "test")) == len(foreign)
    return [v for verdicts in index.admit(blocks(given_texts, sizes)) for v in verdicts]


def alone(given_texts: Sequence[str], t: Fraction, foreign: Sequence[str] = ()) -> list[Verdict]:
    against = DiversityIndex(t)
    for line, text in enumerate(foreign):
        against.add(text, f"{line} test")
    index = DiversityIndex(t, against=against)
    return index.admit_many(given_texts, [f"{line} in" for line in range(len(given_texts))])


several = st.lists(texts, min_size=1, max_size=4).map(lambda parts: [t for p in parts for t in p])
sizes = st.lists(st.integers(1, 12), min_size=1, max_size=4)


@given(several, texts, thresholds, st.sampled_from([1, 2, 3, 7]), sizes)
def test_any_number_of_shards_and_blocks_of_any_size_give_the_verdicts_of_one_process(
    given_texts: list[str], foreign: list[str], t: Fraction, shards: int, sizes: list[int]
) -> None:
    expected = alone(given_texts, t, foreign)
    assert sharded(given_texts, t, shards, sizes, foreign) == expected


@given(texts)
def test_more_tokens_than_there_are_characters_change_nothing(given_texts: list[str]) -> None:
    numbers = signature.Vocabulary.numbers
    with pytest.MonkeyPatch.context() as patch:
        great = lambda self, tokens: numbers(self, tokens) + 0x10FFFE  # noqa: E731
        patch.setattr(signature.Vocabulary, "numbers", great)
        found = sharded(given_texts, Fraction(7, 10), 2, [5])
    assert found == alone(given_texts, Fraction(7, 10))
