"""Verbs and nouns against a set checked by hand."""

from pathlib import Path

import pytest

from report.parsing import pairs_of
from report.verb_noun import Pair, Parser, repetition

CHECKED = Path(__file__).with_name("verb_nouns.tsv")


def checked() -> list[tuple[str, Pair | None]]:
    rows = [line.split("\t") for line in CHECKED.read_text("utf-8").splitlines()]
    return [(t, None if v == "-" else (v, None if n == "-" else n)) for t, v, n in rows]


def test_agrees_with_people(parser: Parser) -> None:
    expected = checked()
    found = pairs_of(parser, [text for text, _ in expected])
    wrong = [
        (text, told, pair)
        for (text, told), pair in zip(expected, found, strict=True)
        if told != pair
    ]
    agreement = 1 - len(wrong) / len(expected)
    print(f"\n{agreement:.1%} of {len(expected)} instructions; not: {wrong}")  # noqa: T201 - asked for
    assert len(expected) >= 60
    assert agreement >= 0.9


def test_a_root_that_opens_the_sentence_is_a_verb(parser: Parser) -> None:
    found = pairs_of(parser, ["List three advantages", "Please list three advantages of trains."])
    assert found == [("list", "advantage")] * 2


@pytest.mark.parametrize("text", ["", " \n", "!!!", "写一首诗", "x" * 10_000, "😀" * 50, "\u202e"])
def test_texts_that_are_no_instruction_are_read(parser: Parser, text: str) -> None:
    assert len(pairs_of(parser, [text])) == 1


def test_equal_texts_get_equal_pairs_in_order(parser: Parser) -> None:
    texts = ["Fix the bug.", "Write a poem.", "Fix the bug."]
    assert pairs_of(parser, texts) == [("fix", "bug"), ("write", "poem"), ("fix", "bug")]


def test_repetition_leaves_verbs_without_object_out() -> None:
    found = repetition([("a", "b"), ("a", "b"), ("a", "c"), ("a", None), None])
    assert (found.unique, found.mean, found.deviation) == (2, 1.5, 0.5)
    assert repetition([]).unique == 0
