import pytest

from store.quality.pasted import pasted

TOPICS = ("a cooking recipe", "a travel diary", "a nurse's note", "家常菜的做法")
RULES = ("The output keeps every fact of the input.", "Be kind.")


@pytest.mark.parametrize(
    ("instruction", "found"),
    [
        ("Rewrite the note, set in this situation: a nurse's note", "a nurse's note"),
        ("Shorten it. Situation: a cooking recipe.", "a cooking recipe"),
        ("改写这段话，情境是：家常菜的做法", "家常菜的做法"),
        (
            "Turn a travel diary, a nurse's note and a cooking recipe into one.",
            "a cooking recipe, a travel diary, a nurse's note",
        ),
        ("Rewriting of texts > Shorten a letter for Ada.", "Rewriting of texts >"),
        ("Shorten it; the output keeps every fact of the input!", RULES[0]),
        ("Turn a cooking recipe into a travel diary.", None),
        ("Explain this situation: my neighbour is loud.", None),
        ("Write a reply. Be kind.", None),
    ],
)
def test_parts_of_the_prompt_are_found(instruction: str, found: str | None) -> None:
    assert pasted(instruction, TOPICS, RULES, "Rewriting of texts") == found


def test_a_domain_without_topics_is_not_checked() -> None:
    assert pasted("Shorten it. Situation: a cooking recipe.", (), (), "") is None
