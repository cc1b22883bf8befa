"""Raters see the same again, each in their own order, and nothing tells whose answer is whose."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.training.rating.samples import pairs, rows_of
from training.pairs import comparison_id
from training.rating.blind import Blind, Side
from training.rating.lots import drawn_order, left_side
from training.rating.ratings_file import RatingsFile, held

ASKED = pairs(40)
COMPARISON = comparison_id(ASKED)
KEYS = [pair.key for pair in ASKED]
SIDES: tuple[Side, ...] = ("left", "tie", "right")


@pytest.fixture
def file(tmp_path: Path) -> Iterator[RatingsFile]:
    with held(tmp_path / "r.jsonl", COMPARISON) as ratings:
        yield ratings


def test_lots_are_even_and_the_same_again() -> None:
    many = [f"{n:016x}" for n in range(2000)]
    left = [left_side("c", "Ann", key) for key in many]
    assert 900 < left.count("a") < 1100
    assert left == [left_side("c", "Ann", key) for key in many]
    assert left != [left_side("c", "Bo", key) for key in many]
    assert left != [left_side("d", "Ann", key) for key in many]
    order = drawn_order("c", "Ann", many)
    assert sorted(order) == many
    assert order == drawn_order("c", "Ann", reversed(many))
    assert len({tuple(drawn_order("c", name, many)) for name in ("Ann", "Bo", "Cy")}) == 3
    first = [left_side("c", "Ann", key) for key in order[:200]]
    assert 60 < first.count("a") < 140, "the order says nothing of the side"


def test_a_choice_is_booked_to_the_model_on_that_side(file: RatingsFile) -> None:
    blind = Blind(COMPARISON, ASKED, file)
    blind.begin("Ann")
    for place, side in enumerate(SIDES * 3):
        shown = blind.show("Ann", place)
        blind.rate("Ann", shown["question"], side)
        row = rows_of(file.path)[-1]
        better = "tie" if side == "tie" else shown[side][0]  # answers are "a 12" and "b 12"
        assert (row["question"], row["choice"]) == (shown["question"], better)
        assert row["left"] == shown["left"][0]
        assert blind.show("Ann", place)["chosen"] == side


def test_nothing_that_is_shown_tells_the_side(file: RatingsFile) -> None:
    same = [type(p)(p.instruction, p.input, "the same", "the same") for p in ASKED]
    blind, swapped = (
        Blind(COMPARISON, asked, file)
        for asked in (same, [type(p)(p.instruction, p.input, p.b, p.a) for p in same])
    )
    for place in range(len(ASKED)):
        assert blind.show("Ann", place) == swapped.show("Ann", place)
    assert {*blind.show("Ann", 0)} == {
        "question", "place", "instruction", "input", "left", "right", "chosen",
    }  # fmt: skip
    assert file.path.name not in json.dumps([blind.welcome(), blind.begin("Ann")])


def test_a_rater_goes_on_at_the_first_question_without_a_rating(file: RatingsFile) -> None:
    blind = Blind(COMPARISON, ASKED, file)
    for place in (0, 1, 3):
        blind.rate("Ann", blind.show("Ann", place)["question"], "tie")
    again = Blind(COMPARISON, ASKED, file)
    assert again.begin("Ann") == {"rater": "Ann", "rated": 3, "place": 2}
    assert again.begin("Bo") == {"rater": "Bo", "rated": 0, "place": 0}
    assert again.rate("Ann", again.show("Ann", 2)["question"], "left")["place"] == 4
    assert again.rate("Ann", again.show("Ann", 39)["question"], "left")["place"] == 4
    assert again.counts() == {"Ann": 5}


def test_at_the_end_no_place_is_left(file: RatingsFile) -> None:
    blind = Blind(COMPARISON, ASKED, file)
    ends = [blind.rate("Ann", key, "tie") for key in KEYS]
    assert ends[-1] == {"rated": 40, "place": 40}
    assert blind.rate("Ann", KEYS[3], "left") == {"rated": 40, "place": 40}


def test_a_rater_is_the_same_in_small_letters(file: RatingsFile) -> None:
    blind = Blind(COMPARISON, ASKED, file)
    assert blind.begin("Ann")["rater"] == "Ann"
    assert blind.begin("  ann ")["rater"] == "Ann"
    blind.rate("ANN", KEYS[0], "tie")
    assert Blind(COMPARISON, ASKED, file).begin("aNN")["rater"] == "Ann"
    assert blind.welcome() == {"total": 40, "rater": None, "raters": ["Ann"]}


def test_a_rater_that_is_named_is_the_only_one(file: RatingsFile) -> None:
    blind = Blind(COMPARISON, ASKED, file, "Ann")
    assert blind.welcome() == {"total": 40, "rater": "Ann", "raters": []}
    blind.rate("Bo", KEYS[0], "tie")
    assert blind.counts() == {"Ann": 1}
