import pytest

from store.quality.given_away import given_away

SLOGAN = "We bake all night so that you wake to bread."


@pytest.mark.parametrize(
    ("instruction", "given", "output", "language", "found"),
    [
        (f"Write a slogan for a bakery, such as '{SLOGAN}'", "", SLOGAN, "en", True),
        (f"Make it an advertisement that says  '{SLOGAN}'", "Fresh bread.", SLOGAN, "fr", True),
        (f"Choose the better slogan: '{SLOGAN}' or 'Buy bread.'", "", SLOGAN, "en", False),
        (f"Quel slogan est le meilleur : '{SLOGAN}' ?", "", SLOGAN, "fr", False),
        ("Is the sea warm?", "", "the sea", "en", False),
        (f"Debug this line: {SLOGAN}", "", SLOGAN.replace(".", "!"), "en", False),
        ("请写一条标语，例如整夜烘烤只为你的早晨。", "", "整夜烘烤只为你的早晨。", "zh", True),
        ("选出更好的标语：整夜烘烤只为你的早晨。", "", "整夜烘烤只为你的早晨。", "zh", False),
    ],
)
def test_an_answer_stands_in_its_instruction(
    instruction: str, given: str, output: str, language: str, *, found: bool
) -> None:
    assert given_away(instruction, given, output, language) == found
