import pytest

from store.quality.names import broken_name_rule


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("Shorten a letter", None),
        ("Explain C++", None),
        ("", "empty"),
        ("?!", "empty"),
        ("x" * 81, "length"),
        ("a b c d e f g h i j k l m", "length"),
        ("rewriting of  TEXTS", "copy"),
        ("Create an image of a town", "blocked_word"),
        ("Sell weapons online", "blocked_word"),
        ("Evaluate each idea", "step"),
        ("缩短一封信", "language"),
    ],
)
def test_a_name_is_checked(name: str, broken: str | None) -> None:
    fault = broken_name_rule(name, "Rewriting of texts", language="en", blocked_words=("weapons",))
    assert (fault[0] if fault else None) == broken


def test_a_chinese_name_may_hold_foreign_words() -> None:
    assert broken_name_rule("编写Python函数的说明", "编程", language="zh") is None
    fault = broken_name_rule("Write a Python function", "编程", language="zh")
    assert fault == ("language", "the name is not written in zh")
