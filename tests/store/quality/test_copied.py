import pytest

from store.quality.copied import COPY, REWRITTEN_COPY, is_edit, limit_of, overlap


@pytest.mark.parametrize(
    ("instruction", "edit"),
    [
        ("Correct the comma in this note.", True),
        ("Rewrite the sentence in the past tense.", True),
        ("Shorten the letter to Ada.", True),
        ("Rewrite it without redundant words.", True),
        ("Use a conjunction to join the two sentences.", True),
        ("Kürze den Brief.", True),
        ("改正病句。", True),
        ("精简这封信。", True),
        ("Make the letter friendlier.", False),
        ("Rewrite the club's note about joining for children.", False),
        ("Put the rental agreement in plain words, in order to help tenants.", False),
        ("Mach den Brief freundlicher.", False),
        ("把这封信改得客气一些。", False),
    ],
)
def test_an_edit_is_told_by_its_words(instruction: str, *, edit: bool) -> None:
    assert is_edit(instruction) == edit


def test_the_limit_is_lower_where_a_text_is_to_be_changed_and_edits_can_be_told() -> None:
    assert limit_of("en-GB", needs_input=True) == REWRITTEN_COPY
    assert limit_of("en", needs_input=False) == COPY
    assert limit_of("fr", needs_input=True) == COPY


def test_overlap_counts_words_signs_and_single_characters() -> None:
    assert overlap("a b c d", "a b c d") == 1
    assert overlap("a b c d", "a b c e") == 0.75
    assert overlap("明天开会", "明天开会。") == pytest.approx(8 / 9)
