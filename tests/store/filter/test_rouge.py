from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score import rouge_scorer

from errors import InputError
from store.filter.rouge import Threshold, closest
from store.filter.tokens import tokens
from tests.store.filter.oracle import rouge_l, rouge_l_f1

words = st.lists(st.sampled_from("abcde"), max_size=12)
numbers = st.lists(st.integers(0, 5), max_size=12)


@given(words, words)
def test_it_is_the_textbook_formula(a: list[str], b: list[str]) -> None:
    assert rouge_l(a, b) == rouge_l_f1(a, b)


@given(st.text(st.characters(max_codepoint=127)), st.text(st.characters(max_codepoint=127)))
def test_ascii_scores_are_rouge_scores(a: str, b: str) -> None:
    theirs = rouge_scorer.RougeScorer(["rougeL"]).score(a, b)["rougeL"].fmeasure
    assert float(rouge_l(tokens(a), tokens(b))) == pytest.approx(theirs, abs=1e-12)


@given(numbers, st.lists(numbers, min_size=1, max_size=40))
def test_closest_is_the_first_of_the_highest(text: list[int], others: list[list[int]]) -> None:
    scores = [rouge_l_f1([*map(str, text)], [*map(str, other)]) for other in others]
    if text:
        place, lcs = closest(text, others)
        assert place == scores.index(max(scores))
        assert Fraction(2 * lcs, len(text) + len(others[place])) == scores[place]


thresholds = st.fractions(Fraction(1, 10), 1, max_denominator=40)


@given(thresholds, st.integers(1, 60), st.integers(1, 60), st.integers(0, 60))
def test_common_is_exactly_what_reaches_the_threshold(
    value: Fraction, m: int, n: int, lcs: int
) -> None:
    assert (lcs >= Threshold(value).common(m, n)) == (Fraction(2 * lcs, m + n) >= value)


@given(thresholds, st.integers(1, 60), st.integers(1, 800))
def test_partners_are_the_lengths_that_can_reach_it(value: Fraction, m: int, n: int) -> None:
    least, most = Threshold(value).partners(m)
    assert (least <= n <= most) == (Fraction(2 * min(m, n), m + n) >= value)


@given(thresholds, st.integers(1, 60), st.integers(0, 500))
def test_slack_is_what_may_stay_unmatched(value: Fraction, m: int, longest: int) -> None:
    threshold = Threshold(value)
    least, most = threshold.partners(m)
    slack = threshold.slack(m, longest)
    assert len(slack) == min(most, longest) + 2
    for n, left in enumerate(slack.tolist()):
        partner = least <= n <= min(most, longest)
        assert left == (m + n - 2 * threshold.common(m, n) if partner else -1)


@pytest.mark.parametrize("value", [Fraction(0), Fraction(-1, 2), Fraction(11, 10)])
def test_a_threshold_out_of_range_is_named(value: Fraction) -> None:
    with pytest.raises(InputError, match=str(value)):
        Threshold(value)
