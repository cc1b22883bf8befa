"""Overlaps of all with all, against the obvious recomputation."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from report import overlap
from report.overlap import overlaps
from store.filter.tokens import tokens
from tests.shared_data import CODE, shared
from tests.store.filter.oracle import rouge_l

TEXTS = st.lists(st.text(alphabet="ab c写Я!", max_size=12), max_size=14)


def slow(texts: list[str]) -> tuple[list[float], list[float], list[int]]:
    read = [tokens(text) for text in texts]
    means, highest, nearest = [], [], []
    for place, text in enumerate(read):
        scores = [rouge_l(text, other) for other in read]
        others = [n for n in range(len(read)) if n != place]
        means.append(float(sum(scores[n] for n in others)) / max(len(others), 1))
        best = max(others, key=lambda n: (scores[n], -n), default=-1)
        nearest.append(best)
        highest.append(float(scores[best]) if others else 0.0)
    return means, highest, nearest


@pytest.mark.parametrize("block", [3, 1024])
def test_blocks_give_what_the_slow_twin_gives(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlap, "BLOCK", block)

    @given(TEXTS)
    def check(texts: list[str]) -> None:
        found = overlaps(texts)
        means, highest, nearest = slow(texts)
        np.testing.assert_allclose(found.mean, means, atol=1e-12)
        np.testing.assert_allclose(found.highest, highest, atol=1e-12)
        assert found.nearest.tolist() == nearest

    check()


def test_real_instructions_give_what_the_slow_twin_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlap, "BLOCK", 64)
    lines = shared(CODE).read_text("utf-8").splitlines()[:150]
    texts = [json.loads(line)["instruction"] for line in lines]
    found, (means, highest, nearest) = overlaps(texts), slow(texts)
    np.testing.assert_allclose(found.mean, means, atol=1e-12)
    np.testing.assert_allclose(found.highest, highest, atol=1e-12)
    assert found.nearest.tolist() == nearest


def test_more_words_than_code_points_are_compared_as_numbers() -> None:
    interned: list[str | tuple[int, ...]] = ["ab", (98, 1_200_000), (98, 1_200_000, 97)]
    lengths = np.array([2.0, 2.0, 3.0])
    found = overlap._scores(interned, lengths, slice(0, 3), slice(0, 3))
    np.testing.assert_allclose(found, [[1, 1 / 2, 2 / 5], [1 / 2, 1, 4 / 5], [2 / 5, 4 / 5, 1]])


def test_texts_without_end_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overlap, "LONGEST", 3)
    assert overlaps(["a b c d e", "a b c f"]).highest.tolist() == [1.0, 1.0]
