"""Small facts about words."""

import pytest

from words import clip_at_word


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
