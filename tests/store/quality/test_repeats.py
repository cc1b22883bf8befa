import pytest
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from store.quality.repeats import repeated, same

LIFT = "Use a lift or elevator for moving personnel."
COLOURS = ("red", "blue")
SEA = "The sea was calm that day and nobody spoke."


@pytest.mark.parametrize(
    ("output", "found"),
    [
        (f"1. {LIFT}\n2. Hire a van.\n3. {LIFT}", LIFT),
        (f"- {LIFT}\n- Hire a van.", None),
        (f"{SEA} Then it rained. {SEA}", SEA),
        ("用电梯搬运办公室的人员。先租车。用电梯搬运办公室的人员。", "用电梯搬运办公室的人员。"),
        ("- Buy bread.\n- Buy milk.\n- Buy bread.", None),
        (" ".join(f"The chance of a {colour} ball is one in three." for colour in COLOURS), None),
        ("O sea, O sea, you call to me,\nso wide.\n" * 3, None),
        (f"```\n{SEA}\n{SEA}\n```", None),
        ("total = add(1, 2, 3, 4, 5)\n" * 2, None),
        ("\\quad we have seven and seven and seven\n" * 2, None),
    ],
)
def test_what_stands_twice_is_found(output: str, found: str | None) -> None:
    assert repeated(output) == found


def test_a_text_that_repeats_itself_may_stay_so() -> None:
    assert repeated(f"{SEA} So {SEA}", given=f"{SEA} {SEA}") is None


WORDS = st.lists(st.sampled_from("abcd"), min_size=1, max_size=24)


@given(WORDS, st.lists(st.integers(0, 30), max_size=3))
def test_the_same_is_one_within_the_other_at_rouge_l_of_nine_tenths(
    longer: list[str], dropped: list[int]
) -> None:
    shorter = [word for place, word in enumerate(longer) if place not in dropped]
    score = RougeScorer(["rougeL"]).score(" ".join(longer), " ".join(shorter))["rougeL"].fmeasure
    assert same(longer, shorter) == same(shorter, longer) == (round(score, 9) >= 0.9)


@given(WORDS, WORDS)
def test_the_same_never_has_a_word_of_its_own_on_both_sides(
    one: list[str], other: list[str]
) -> None:
    if same(one, other):
        score = RougeScorer(["rougeL"]).score(" ".join(one), " ".join(other))["rougeL"]
        assert max(score.precision, score.recall) == 1
