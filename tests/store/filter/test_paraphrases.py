from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.embeddings import Embeddings

from errors import InputError
from store.filter import index as diversity
from store.filter.index import DiversityIndex
from store.filter.paraphrases import Paraphrases
from store.filter.verdict import Verdict

SIGHTS = {"far": (0.0, 1.0), "near": (1.0, 0.0), "nearby": (0.9, 0.1), "close": (0.95, -0.05)}


class Senses(Embeddings):
    """The sum of what its words mean; a word without a meaning adds nothing."""

    def embed_query(self, text: str) -> list[float]:
        vectors = [SIGHTS.get(word, (0.0, 0.0)) for word in text.split()]
        return [float(sum(vector[n] for vector in vectors)) for n in range(2)]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]


def index(threshold: float = 0.9) -> DiversityIndex:
    return DiversityIndex(Fraction(7, 10), paraphrases=Paraphrases(Senses(), threshold))


def slow(texts: Sequence[str], threshold: float) -> list[str | None]:
    """The rule for every text, for texts of different words only: a double loop over cosines."""
    senses, kept = Senses(), list[npt.NDArray[np.float64]]()
    rules: list[str | None] = []
    words: set[str] = set()
    for text in texts:
        vector = np.array(senses.embed_query(text))
        if text in words:
            rules.append("duplicate")
            continue
        lengths = [np.linalg.norm(vector) * np.linalg.norm(other) for other in kept]
        cosines = [v @ vector / n if n else 0 for v, n in zip(kept, lengths, strict=True)]
        if any(cosine >= threshold for cosine in cosines):
            rules.append("semantic")
            continue
        rules.append(None)
        kept.append(vector)
        words.add(text)
    return rules


@given(st.lists(st.sampled_from([*SIGHTS, "nothing"]), max_size=12))
def test_it_rejects_what_lies_within_the_cosine(texts: list[str]) -> None:
    one, many = index(), index()
    keys = [str(n) for n in range(len(texts))]
    found = [one.admit(text, key) for text, key in zip(texts, keys, strict=True)]
    assert [verdict.rule for verdict in found] == slow(texts, 0.9)
    assert many.admit_many(texts, keys) == found


@given(st.lists(st.sampled_from([*SIGHTS, "nothing", "near close"]), max_size=12))
def test_blocks_decide_as_one_at_a_time(texts: list[str]) -> None:
    keys = [str(n) for n in range(len(texts))]
    one, many = index(), index()
    expected = [one.admit(text, key) for text, key in zip(texts, keys, strict=True)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(diversity, "_IN_TURN", 2)
        assert many.admit_many(texts, keys) == expected


def test_the_verdict_names_the_nearest_and_its_cosine() -> None:
    kept = index()
    kept.add("near", "a")
    kept.add("far", "b")
    cosine = Fraction(str(round(0.9 / np.hypot(0.9, 0.1), 6)))
    assert kept.judge("nearby") == Verdict(kept=False, rule="semantic", score=cosine, nearest="a")
    assert kept.judge("nearby far").kept


def test_foreign_texts_are_paraphrased_neither() -> None:
    foreign = index()
    foreign.add("near", "test 1")
    kept = DiversityIndex(Fraction(7, 10), against=foreign)
    assert (kept.judge("close").rule, kept.judge("close").nearest) == ("against", "test 1")
    assert kept.judge("far").kept


@pytest.mark.parametrize("threshold", [0.0, -0.5, 1.1])
def test_a_threshold_out_of_range_is_named(threshold: float) -> None:
    with pytest.raises(InputError, match=str(threshold)):
        Paraphrases(Senses(), threshold)
