"""The nearest other of every text from a floor on, against the comparison of all pairs."""

import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.filter import join, neighbours
from store.filter.neighbours import nearest
from store.filter.ragged import Ragged, ragged
from store.filter.signature import intern_numbers
from store.filter.tokens import tokens
from tests.shared_data import CODE, shared
from tests.store.filter.oracle import rouge_l

TEXTS = st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=9), max_size=24)
FLOORS = st.sampled_from([Fraction(1, 2), Fraction(7, 10), Fraction(1, 3), Fraction(1)])


def slow(texts: list[list[str]], floor: Fraction) -> tuple[list[float], list[int]]:
    scores, places = [], []
    for place, text in enumerate(texts):
        others = [n for n in range(len(texts)) if n != place]
        best = max(others, key=lambda n: (rouge_l(text, texts[n]), -n), default=-1)
        score = rouge_l(text, texts[best]) if others else Fraction(0)
        reaches = bool(others) and score >= floor
        scores.append(float(score) if reaches else 0.0)
        places.append(best if reaches else -1)
    return scores, places


def check(texts: list[list[str]], floor: Fraction) -> None:
    found = nearest(ragged(texts), float(floor))
    scores, places = slow(texts, floor)
    assert found.score.tolist() == scores
    assert found.place.tolist() == places


@pytest.mark.parametrize(("block", "orders"), [(3, 0), (5, 2), (1 << 17, 10)])
def test_pieces_give_what_all_pairs_give(
    block: int, orders: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "BLOCK", block)
    monkeypatch.setattr(neighbours, "ORDERS", orders)
    monkeypatch.setattr(neighbours, "SIDE_BY_SIDE", 4)
    settings(deadline=None)(given(TEXTS, FLOORS)(check))()


@pytest.mark.parametrize("dense", [0.0, 1.0])
def test_few_lengths_alone_and_all_pairs_at_once(
    dense: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(join, "_DENSE", dense)
    monkeypatch.setattr(join, "_EXACT", 2)
    monkeypatch.setattr(join, "_ROWS", 4)
    monkeypatch.setattr(neighbours, "ORDERS", 0)
    settings(deadline=None)(given(TEXTS, FLOORS)(check))()


def test_real_instructions_with_long_ones() -> None:
    lines = shared(CODE).read_text("utf-8").splitlines()[:120]
    texts = [tokens(json.loads(line)["instruction"]) for line in lines]
    texts += [
        [*one, *two, *three] for one, two, three in zip(texts, texts[1:], texts[2:], strict=False)
    ]
    texts += [texts[4] * 12, texts[4] * 11 + texts[5], texts[7], texts[4]]
    check(texts, Fraction(1, 2))


def test_more_words_than_code_points(monkeypatch: pytest.MonkeyPatch) -> None:
    above = lambda told: intern_numbers(told.lengths, told.numbers + 0x10FFFE)  # noqa: E731
    monkeypatch.setattr(Ragged, "interned", above)
    texts = [list("abcd"), list("abce"), list("xbce"), list("zzzz")]
    check(texts, Fraction(1, 2))


def test_no_text_and_one() -> None:
    assert nearest(ragged([]), 0.5).score.tolist() == []
    assert nearest(ragged([["a"]]), 0.5).place.tolist() == [-1]
    assert np.isclose(nearest(ragged([["a"], ["a"], []]), 0.5).score, [1, 1, 0]).all()
