"""The simple measures, against their definitions."""

from collections import Counter
from fractions import Fraction
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.counting import (
    Spread,
    Unseen,
    growth,
    histogram,
    kept_in_order,
    kept_rate,
    lengths,
    spread,
    unseen,
)
from store.filter.tokens import tokens
from tests.store.filter.oracle import rouge_l

KINDS = st.lists(st.one_of(st.none(), st.integers(0, 30)), max_size=400)


@given(KINDS)
def test_growth_counts_what_was_met(kinds: list[int | None]) -> None:
    met = [(n, kind) for n, kind in enumerate(kinds, start=1) if kind is not None]
    curve = growth(met, len(kinds))
    assert len(curve) == min(len(kinds), 100)
    assert all(value == len(set(kinds[:n]) - {None}) for n, value in curve)
    assert not kinds or curve[-1][0] == len(kinds)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), max_size=60), st.data())
def test_growth_by_calls_counts_what_their_records_brought(
    records: list[tuple[int, int]], data: st.DataObject
) -> None:
    calls = data.draw(st.integers(max((step for step, _ in records), default=0), 12))
    curve = growth(records, calls)
    assert curve == [(n, len({kind for step, kind in records if step <= n})) for n, _ in curve]
    assert [n for n, _ in curve] == list(range(1, calls + 1))


OUTCOMES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=300)


@given(OUTCOMES)
def test_the_kept_rate_averages_to_the_whole(outcomes: list[tuple[int, int]]) -> None:
    curve = kept_rate(outcomes)
    before, total = 0, 0.0
    for end, rate in curve:
        total += rate * sum(map(sum, outcomes[before:end]))
        before = end
    assert not any(map(sum, outcomes[before:]))
    assert total == pytest.approx(sum(kept for kept, _ in outcomes))


@given(st.dictionaries(st.text(max_size=3), st.integers(1, 50), min_size=2, max_size=20))
def test_spread_is_shannons_entropy(counts: dict[str, int]) -> None:
    total = sum(counts.values())
    entropy = -sum(c / total * log2(c / total) for c in counts.values())
    found = spread(counts)
    assert found.entropy == pytest.approx(entropy)
    assert found.evenness == pytest.approx(entropy / log2(len(counts)))


def test_one_kind_has_no_evenness() -> None:
    assert spread({}) == spread({"a": 5}) == Spread(0.0, None)
    assert spread({"a": 4, "b": 4}).evenness == 1


def test_unseen_follows_the_formulas() -> None:
    found = unseen(Counter("abcdeeffggg"))  # four met once, two met twice, eleven in all
    assert found.chao1 == 7 + 4 * 3 / (2 * 3)
    assert found.next_new == 4 / 11
    assert unseen(Counter()) == Unseen(None, None)


@given(st.lists(st.text(alphabet="ab c", min_size=1, max_size=10), max_size=15))
def test_repeats_are_what_the_filter_drops(texts: list[str]) -> None:
    kept: list[str] = []
    verdicts = []
    for text in texts:
        same = [k for k in kept if " ".join(k.split()) == " ".join(text.split())]
        near = [k for k in kept if rouge_l(tokens(k), tokens(text)) >= Fraction(7, 10)]
        verdicts.append(not same and not near)
        if verdicts[-1]:
            kept.append(text)
    assert kept_in_order(texts, Fraction(7, 10)) == verdicts


def test_lengths_are_in_words() -> None:
    found = lengths(["one two, three", "", "写诗"])
    assert found.mean == pytest.approx(5 / 3)
    assert (found.median, found.longest) == (2, 3)
    assert lengths([]).longest == 0


def test_histogram_ends_are_in_the_last_bins() -> None:
    assert histogram([0.0, 0.05, 0.999, 1.0], bins=20) == [1, 1, *[0] * 17, 2]
