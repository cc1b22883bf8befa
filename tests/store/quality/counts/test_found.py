import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.quality.counts.asked import Asked
from store.quality.counts.found import (
    characters,
    fits,
    items,
    lines,
    nearest,
    paragraphs,
    sentences,
    words,
)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("He came. He sat.", 2, 2),
        ("Mr. Smith came. He sat.", 2, 3),
        ("It costs 3.50 euros, e.g. today.", 1, 4),
        ('"Come in!" she said. "Sit down."', 2, 3),
        ("no end", 1, 1),
        ("1. Buy bread.\n2. Eat it.", 2, 2),
        ("Das Boot legt ab. Über dem Hafen kreist eine Möwe.", 2, 2),
        ("大海涨上来。月亮拉着它！你看见了吗？", 3, 3),
        ("“来吧。”他说。", 1, 2),
    ],
)
def test_sentences_have_a_least_and_a_most(text: str, least: int, most: int) -> None:
    assert sentences(text) == [(least, most)]


def test_a_title_is_a_line_or_none() -> None:
    assert lines("Autumn\n\nRed leaves,\ngrey sky.") == [(2, 3)]
    assert lines("Red leaves, / grey sky.") == [(1, 2)]


def test_a_paragraph_ends_with_an_empty_line_or_with_a_line() -> None:
    assert paragraphs("One.\nTwo.\n\nThree.") == [(1, 3)]


def test_a_word_with_a_hyphen_is_one_or_two() -> None:
    assert words("A well-known - and old - song") == [(5, 6)]
    assert characters("你好，世界。") == [(4, 6)]


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("1. tea\n2. milk\n3. bread", {3}),
        ("- tea\n- milk", {2}),
        ("1. Drinks\n  - tea\n  - milk\n2. Food\n  - bread", {2, 3, 5}),
        ("a) tea\nb) milk", {2}),
        ("Tea, milk and bread.", set()),
    ],
)
def test_items_are_counted_by_each_kind_of_mark(text: str, counts: set[int]) -> None:
    assert {most for _, most in items(text)} == counts


@given(st.lists(st.sampled_from(["Ann came home", "Then Bo sat down"]), min_size=1, max_size=9))
def test_plain_sentences_are_counted_exactly(parts: list[str]) -> None:
    assert sentences(" ".join(f"{part}." for part in parts)) == [(len(parts), len(parts))]


@given(st.text(max_size=80), st.integers(1, 9), st.integers(0, 5))
def test_a_count_that_does_not_fit_is_told_by_what_is_nearest(
    text: str, least: int, more: int
) -> None:
    for count in (Asked("sentences", least, least + more), Asked("words", least, None)):
        number = None if fits(count, text) else nearest(count, text)
        assert number is None or not (
            count.least <= number and (count.most is None or number <= count.most)
        )
