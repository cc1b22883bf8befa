"""Texts as vectors: in blocks as at once, of length 1, bounded."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from record import Record
from report import vectors
from report.vectors import embedded, text_of
from tests.report.samples import Letters

TEXTS = st.lists(st.text("abcdx", max_size=9), max_size=9)


@pytest.mark.parametrize("block", [1, 2, 1024])
def test_blocks_give_what_one_text_at_a_time_gives(
    block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vectors, "_AT_ONCE", block)

    @given(TEXTS)
    def check(texts: list[str]) -> None:
        found = embedded(texts, Letters())
        each = [Letters().embed_query(text) for text in texts]
        assert found.tolist() == [pytest.approx(vector, abs=1e-6) for vector in each]

    check()


def test_vectors_of_any_length_become_of_length_1() -> None:
    class Long(Letters):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [[3.0, 4.0] if text else [0.0, 0.0] for text in texts]

    found = embedded(["a", ""], Long())
    assert found.tolist() == [pytest.approx([0.6, 0.8]), [0, 0]]


def test_a_text_without_end_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "LONGEST", 3)
    assert (embedded(["aaab"], Letters()) == embedded(["aaa"], Letters())).all()


def test_what_is_asked_is_the_instruction_with_its_input() -> None:
    assert text_of(Record("Rewrite it.", "The text.", "An output")) == "Rewrite it.\nThe text."
    assert text_of(Record("Name a tree.")) == "Name a tree."
