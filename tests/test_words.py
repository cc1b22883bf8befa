"""Small facts about words."""

import pytest

from words import clip_at_word, still_to_find


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Cut it.", "Cut it."),
        ("Shorten  a\n letter", "Shorten a letter"),
        ("Shorten this letter", "Shorten this…"),
        ("Shorten the letters", "Shorten the…"),
        ("Shortening a letter now", "Shortening a…"),
        ("Shorten a letterhead", "Shorten a…"),
        ("One wordlongerthanallthatisshown", "One wordlongert…"),
        ("缩短一封写给邻居的信，他的狗每天夜里都叫", "缩短一封写给邻居的信，他的狗每…"),
        ("", ""),
    ],
)
def test_a_text_is_cut_after_a_word_or_inside_a_long_one(text: str, shown: str) -> None:
    assert clip_at_word(text, 16) == shown
    assert len(shown) <= 16


@pytest.mark.parametrize(
    ("expected", "low", "high", "said"),
    [
        (0, 0, 7, "about 0 still to be found (90 %: 0 to 7)"),
        (99, 14, 995, "about 99 still to be found (90 %: 14 to 1,000)"),
        (12_345, 1_049, 104_999, "about 12,000 still to be found (90 %: 1,000 to 100,000)"),
    ],
)
def test_an_estimate_is_no_more_exact_than_two_digits(
    expected: int, low: int, high: int, said: str
) -> None:
    assert still_to_find(expected, low, high) == said
