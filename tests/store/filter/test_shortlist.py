"""The shortlist leaves out nothing that reaches the threshold, in whatever order pairs are."""

from contextlib import closing
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.filter import hits as hits_module
from store.filter import inverted, shortlist
from store.filter.batch import batch_of
from store.filter.hits import Side, hits, nearest, nearest_hits
from store.filter.inverted import InvertedFile
from store.filter.keys import Integers, first_of, joined, second_of
from store.filter.order import LATEST_FIRST
from store.filter.rouge import Threshold
from store.filter.shortlist import Shortlist
from store.filter.signature import Signed, Vocabulary
from store.filter.threads import Threads
from tests.store.filter.oracle import rouge_l

few = st.lists(st.sampled_from("abcdefghij"), max_size=16)
long = st.tuples(st.integers(0, 6), st.integers(1, 3), st.integers(10, 50)).map(
    lambda p: [str(n // p[1]) for n in range(p[0], p[2])]
)
texts = st.lists(st.one_of(few, long), max_size=20)
thresholds = st.fractions(Fraction(1, 10), 1, max_denominator=20)


@pytest.fixture(params=[(3, 2, 1, 1), (2, 3, 2, 5), (5, 100, 512, 1 << 20)])
def _small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the order anew after few texts; divide all lists, some, or none; find few at once."""
    names = ("_PENDING", "_GROWTH", "_OFTEN", "_MOST")
    for name, value in zip(names, request.param, strict=True):
        monkeypatch.setattr(shortlist, name, value)
    monkeypatch.setattr(inverted, "_READ", request.param[-1])
    monkeypatch.setattr(shortlist, "_FEW_PAIRS", request.param[0] ** 2)
    monkeypatch.setattr(shortlist, "_SCANNED", request.param[1])


def signed(vocabulary: Vocabulary, these: list[list[str]]) -> list[Signed]:
    return [vocabulary.sign(text) for text in these]


def by_row(keys: Integers) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row, place in zip(first_of(keys).tolist(), second_of(keys).tolist(), strict=True):
        found.setdefault(row, []).append(place)
    return found


def add(found: Shortlist, some: list[Signed], *, at_once: bool) -> None:
    if at_once:
        found.extend(batch_of(some), [text.interned for text in some])
    else:
        for text in some:
            found.add(text)


@pytest.mark.usefixtures("_small")
@given(
    texts,
    texts,
    thresholds,
    st.integers(1, 9),
    st.lists(st.booleans(), min_size=20),
    st.integers(1, 3),
)
def test_all_that_reach_the_threshold_are_found(
    added: list[list[str]],
    asked: list[list[str]],
    t: Fraction,
    size: int,
    at_once: list[bool],
    threads: int,
) -> None:
    vocabulary, found = Vocabulary(), Shortlist(Threshold(t))
    queries = signed(vocabulary, asked)
    for start in range(0, len(added), size):
        some = signed(vocabulary, added[start : start + size])
        add(found, some, at_once=at_once[start])
        so_far = added[: start + size]
        with closing(Threads(threads)) as side_by_side:
            near = found.of_many(batch_of(queries), side_by_side if threads > 1 else None)
            many = by_row(joined(some.keys for some in near))
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
    add(found, signed(vocabulary, added), at_once=False)
    chosen = st.sets(st.sampled_from(range(len(asked)))) if asked else st.just(set[int]())
    members = sorted(data.draw(chosen))
    within = by_row(found.within(batch_of(signed(vocabulary, asked)), members))
    for row, query in enumerate(asked):
        needed = {n for n in members if n < row and rouge_l(query, asked[n]) >= t}
        assert needed <= set(within.get(row, ())) <= set(members)


@given(texts, st.data())
def test_some_rows_of_a_batch_are_a_batch(some: list[list[str]], data: st.DataObject) -> None:
    whole = signed(Vocabulary(), some)
    rows = sorted(data.draw(st.sets(st.sampled_from(range(len(some))))) if some else [])
    taken = batch_of(whole).taken(np.array(rows, dtype=np.int64))
    chosen = batch_of([whole[row] for row in rows])
    assert (taken.lengths == chosen.lengths).all()
    assert (taken.signatures == chosen.signatures).all()
    assert (taken.folded == chosen.folded).all()
    groups = zip(taken.groups(LATEST_FIRST), chosen.groups(LATEST_FIRST), strict=True)
    for found, wanted in groups:
        assert found.length == wanted.length
        assert (found.rows == wanted.rows).all()
        assert (found.places == wanted.places).all()


def test_texts_that_share_nearly_all_are_compared_with_all_instead_of_list_by_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each of their lists would give every pair once more."""
    vocabulary, found = Vocabulary(), Shortlist(Threshold(Fraction(7, 10)))
    shared = [f"shared {n}" for n in range(20)]
    add(found, signed(vocabulary, [[*shared, f"a{n}"] for n in range(300)]), at_once=True)
    asked = batch_of(signed(vocabulary, [[*shared, f"b{n}"] for n in range(200)]))
    monkeypatch.setattr(InvertedFile, "found", lambda *_: pytest.fail("read list by list"))
    assert [len(some.keys) for some in found.of_many(asked)] == [200 * 300]


@given(st.lists(few, min_size=1), st.lists(few, min_size=1), thresholds, st.integers(1, 9))
def test_the_nearest_is_found_without_comparing_all(
    asked: list[list[str]], added: list[list[str]], t: Fraction, at_once: int
) -> None:
    vocabulary, threshold, found = Vocabulary(), Threshold(t), Shortlist(Threshold(t))
    queries, others = signed(vocabulary, asked), signed(vocabulary, added)
    add(found, others, at_once=True)
    batch = batch_of(queries)
    one = Side([text.interned for text in queries], batch.lengths)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hits_module, "_AT_ONCE", at_once)
        for some in found.of_many(batch):
            every = hits(some.keys, one, found.side, threshold)
            quick = nearest_hits(some, one, found.side, threshold)
            slow = nearest(every, batch.lengths)
            assert all((a == b).all() for a, b in zip(quick, slow, strict=True))
