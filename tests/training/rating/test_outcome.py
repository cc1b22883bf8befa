"""What ratings say, against figures worked out by hand."""

from collections.abc import Sequence
from itertools import permutations
from math import isclose
from pathlib import Path
from typing import cast

import pytest

from errors import InputError
from tests.training.rating.samples import lines, rating_row
from training.rating.outcome import Outcome, Rated, Score, alpha, leading, read_rated

QUESTIONS = [f"{n:016x}" for n in range(12)]


def rated(**raters: str) -> Rated:
    """Return ratings written as "wtl": what each rater says to each question, "." to none."""
    words: dict[str, Outcome] = {"w": "win", "t": "tie", "l": "lose"}
    return Rated(
        "0" * 16,
        {
            rater: {q: words[mark] for q, mark in zip(QUESTIONS, said, strict=False) if mark != "."}
            for rater, said in raters.items()
        },
    )


def alpha_by_hand(found: Rated) -> float:
    """Krippendorff's formula: one less the observed over the expected share of unequal pairs."""
    units = [said for said in found.by_question.values() if len(said) > 1]
    values = [value for unit in units for value in unit]
    size = len(values)
    observed = sum(
        sum(one != other for one, other in permutations(unit, 2)) / (len(unit) - 1)
        for unit in units
    )
    expected = sum(one != other for one, other in permutations(values, 2)) / (size - 1)
    return 1 - observed / expected


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (["win"], "win"),
        (["win", "lose"], "tie"),
        (["win", "tie"], "tie"),
        (["win", "win", "lose"], "win"),
        (["lose", "tie", "lose", "win"], "lose"),
        (["win", "tie", "lose"], "tie"),
        (["win", "win", "lose", "lose", "tie"], "tie"),
    ],
)
def test_the_outcome_is_what_most_raters_chose(said: Sequence[Outcome], outcome: Outcome) -> None:
    assert leading(said) == outcome
    assert leading(said[::-1]) == outcome


def test_a_score_counts_and_gives_the_beat_rate() -> None:
    score = Score.of(rated(Ann="wwwttl").by_rater["Ann"].values())
    assert score == Score(3, 2, 1)
    assert score.beat_rate == 0.75
    assert score.interval is not None
    low, high = score.interval
    assert low < 0.75 <= high
    assert Score(0, 4, 0).beat_rate is None
    assert Score(0, 4, 0).interval is None


def test_alpha_is_that_of_the_literature() -> None:
    """The nominal example of Krippendorff (2011): four observers, twelve units, some not rated."""
    rows = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
    observed = {
        str(n): {q: cast("Outcome", v) for q, v in zip(QUESTIONS, row, strict=True) if v != "."}
        for n, row in enumerate(rows)
    }
    value, why = alpha(Rated("0" * 16, observed))
    assert value is not None
    assert isclose(value, 0.743, abs_tol=5e-4)
    assert not why


@pytest.mark.parametrize(
    "raters",
    [
        {"Ann": "wwttllwtlwtl", "Bo": "wwttllwtlwtl"},
        {"Ann": "wwttllwtlwtl", "Bo": "lttwlwltwltw"},
        {"Ann": "wwwwwwwwwwwl", "Bo": "lwwwwwwwwwww"},
        {"Ann": "wt.l.wtl", "Bo": "..wlttwl", "Cy": "wwwl....", "Di": "....w..."},
    ],
)
def test_alpha_is_that_of_its_formula(raters: dict[str, str]) -> None:
    found = rated(**raters)
    assert isclose(alpha(found)[0] or 0, alpha_by_hand(found), abs_tol=1e-12)


@pytest.mark.parametrize(
    ("raters", "why"),
    [
        ({"Ann": "wtl"}, "one rater alone"),
        ({"Ann": "wt..", "Bo": "..lw"}, "no question has two ratings"),
        ({"Ann": "ww.l", "Bo": "wwt."}, "every shared rating is a win"),
    ],
)
def test_alpha_is_null_where_it_is_not_defined(raters: dict[str, str], why: str) -> None:
    assert alpha(rated(**raters)) == (None, why)


def test_the_last_row_of_a_rater_on_a_question_counts_over_files(tmp_path: Path) -> None:
    first = lines(
        tmp_path / "1.jsonl",
        [
            rating_row(QUESTIONS[0], "Ann", "a"),
            rating_row(QUESTIONS[1], "Ann", "b", left="b"),
            rating_row(QUESTIONS[0], "Ann", "tie"),
        ],
    )
    second = lines(tmp_path / "2.jsonl", [rating_row(QUESTIONS[1], "Bo", "a")])
    with second.open("a") as file:
        file.write('{"comparison": "000')
    found = read_rated([first, second])
    assert found.by_rater == {
        "Ann": {QUESTIONS[0]: "tie", QUESTIONS[1]: "lose"},
        "Bo": {QUESTIONS[1]: "win"},
    }
    assert found.majority == {QUESTIONS[0]: "tie", QUESTIONS[1]: "tie"}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([[]], "1.jsonl holds no ratings: rate some answers first"),
        ([["0"], []], "2.jsonl holds no ratings"),
        ([["0"], ["1"]], "2.jsonl and 1.jsonl: ratings of different comparisons (0000"),
        ([["0", "1"]], "1.jsonl: ratings of different comparisons"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[list[str]], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    files = [
        lines(
            Path(f"{number}.jsonl"),
            [rating_row(QUESTIONS[0], "Ann", "a", comparison=id_ * 16) for id_ in ids],
        )
        for number, ids in enumerate(rows, start=1)
    ]
    with pytest.raises(InputError) as refused:
        read_rated(files)
    assert str(refused.value).startswith(told)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_rated([tmp_path / "none.jsonl"])


def test_the_later_choice_counts_whatever_the_order_of_files_and_the_case_of_names(
    tmp_path: Path,
) -> None:
    old = rating_row(QUESTIONS[0], "Anna", "a", at="2026-01-02T03:04:05Z")
    new = rating_row(QUESTIONS[0], "anna", "b", at="2026-01-02T04:04:05Z")
    files = [lines(tmp_path / f"{n}.jsonl", [row]) for n, row in enumerate((old, new))]
    for order in (files, files[::-1]):
        assert read_rated(order).by_rater == {"Anna": {QUESTIONS[0]: "lose"}}


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = lines(tmp_path / "r.jsonl", [rating_row(QUESTIONS[0], "Ann", "a")])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_rated([path]).by_rater == {"Ann": {QUESTIONS[0]: "win"}}
