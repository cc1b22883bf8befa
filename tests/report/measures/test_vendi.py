"""The Vendi score, against its definition on the matrix of all pairs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.measures import vendi
from report.measures.vendi import VENDI, vendi_score
from report.vectors import Vectors, embedded
from tests.report.measures.measured import measured
from tests.report.samples import Letters

TEXTS = st.lists(st.text("abcdx", max_size=6), max_size=12)


def slow(vectors: Vectors) -> float | None:
    """Return exp of the entropy of the eigenvalues of the cosines of all pairs, over n."""
    known = np.array([vector for vector in vectors.astype(np.float64) if vector.any()])
    if not len(known):
        return None
    values = np.linalg.eigvalsh(known @ known.T / len(known))
    return float(np.exp(-sum(value * np.log(value) for value in values if value > 1e-12)))


@pytest.mark.parametrize("block", [1, 5, 4096])
def test_it_is_what_the_slow_twin_gives(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendi, "_AT_ONCE", block)

    @given(TEXTS)
    def check(texts: list[str]) -> None:
        vectors = embedded(texts, Letters())
        expected = slow(vectors)
        assert vendi_score(vectors) == (expected and pytest.approx(expected, abs=1e-4))

    check()


@pytest.mark.parametrize("size", [20, 400])
def test_real_widths_give_what_the_slow_twin_gives(size: int) -> None:
    drawn = np.random.default_rng(size).normal(size=(size, 64)).astype(np.float32)
    vectors = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)
    assert vendi_score(vectors) == pytest.approx(slow(vectors), rel=1e-4)


def test_it_counts_what_has_nothing_in_common() -> None:
    assert vendi_score(embedded("abcd", Letters())) == 4
    assert vendi_score(embedded(["a", "aa", "b", "bb"], Letters())) == 2
    assert vendi_score(embedded("aaaa", Letters())) == 1
    assert vendi_score(embedded(["a", "b", "unknown", ""], Letters())) == pytest.approx(2, abs=0.5)
    assert vendi_score(embedded(["", "?"], Letters())) is None


def test_at_equal_records_it_is_the_mean_of_samples() -> None:
    small, large = measured(["a", "b"], [*"abcd" * 5])
    assert small["vendi"] == {"score": 2, "at_equal_records": 2, "at_equal_tokens": None}
    assert 1 < large["vendi"]["at_equal_records"] < 2 < large["vendi"]["score"] == 4
    (alone,) = measured(["a", "b"])
    assert alone["vendi"] == {"score": 2, "at_equal_records": None, "at_equal_tokens": None}


def test_texts_that_nobody_knows_have_no_score() -> None:
    unknown, known = measured(["?", "!"], ["a", "b"])
    assert unknown["vendi"] == dict.fromkeys(unknown["vendi"])
    assert VENDI.rows[0].words(known) == "2.00"
