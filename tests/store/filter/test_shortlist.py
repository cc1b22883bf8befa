"""The shortlist leaves out nothing that reaches the threshold, in whatever order pairs are."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.filter import shortlist
from store.filter.batch import batch_of
from store.filter.rouge import Threshold
from store.filter.shortlist import Shortlist
from store.filter.signature import Vocabulary
from tests.store.filter.oracle import rouge_l

few = st.lists(st.sampled_from("abcdefghij"), max_size=16)
long = st.tuples(st.integers(0, 6), st.integers(1, 3), st.integers(10, 50)).map(
    lambda p: [str(n // p[1]) for n in range(p[0], p[2])]
)
texts = st.lists(st.one_of(few, long), max_size=20)
thresholds = st.fractions(Fraction(1, 10), 1, max_denominator=20)


@pytest.fixture(params=[(3, 2, 1), (2, 3, 2), (5, 100, 512)])
def _small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the order anew after few texts; divide all lists, some, or none."""
    for name, value in zip(("_PENDING", "_GROWTH", "_OFTEN"), request.param, strict=True):
        monkeypatch.setattr(shortlist, name, value)


@pytest.mark.usefixtures("_small")
@given(texts, texts, thresholds, st.integers(1, 9))
def test_all_that_reach_the_threshold_are_found(
    added: list[list[str]], asked: list[list[str]], t: Fraction, size: int
) -> None:
    vocabulary, found = Vocabulary(), Shortlist(Threshold(t))
    queries = vocabulary.sign_many(asked)
    for start in range(0, len(added), size):
        for text in vocabulary.sign_many(added[start : start + size]):
            found.add(text)
        so_far = added[: start + size]
        many = found.of_many(batch_of(queries))
        for row, query in enumerate(queries):
            needed = {n for n, other in enumerate(so_far) if rouge_l(asked[row], other) >= t}
            assert needed <= set(many.get(row, ()))
            assert needed <= set(found.of(query))
            assert many.get(row, []) == sorted(set(many.get(row, [])))


@pytest.mark.usefixtures("_small")
@given(texts, texts, thresholds, st.data())
def test_members_of_a_batch_are_found_by_those_after_them(
    added: list[list[str]], asked: list[list[str]], t: Fraction, data: st.DataObject
) -> None:
    vocabulary, found = Vocabulary(), Shortlist(Threshold(t))
    for text in vocabulary.sign_many(added):
        found.add(text)
    chosen = st.sets(st.sampled_from(range(len(asked)))) if asked else st.just(set[int]())
    members = sorted(data.draw(chosen))
    within = found.within(batch_of(vocabulary.sign_many(asked)), members)
    for row, query in enumerate(asked):
        needed = {n for n in members if n < row and rouge_l(query, asked[n]) >= t}
        assert needed <= set(within.get(row, ())) <= set(members)
