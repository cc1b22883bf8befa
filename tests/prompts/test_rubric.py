"""What a person writes for a judge, and what stands there where nobody wrote anything."""

from typing import Any

import pytest

from errors import InputError
from prompts.domain import load_preset, parse_domain
from prompts.judging import domain_rubric
from prompts.rubric import LONGEST_NAME, LONGEST_SENTENCE, MOST_CRITERIA, usual_rubric


def with_rubric(rubric: object) -> dict[str, Any]:
    return load_preset("rewriting").model_dump(mode="json") | {"rubric": rubric}


def test_a_domain_is_judged_by_its_own_rubric_else_by_the_usual_one_and_its_requirements() -> None:
    own = parse_domain(with_rubric({" done ": " All is done. "}), "own.yaml")
    assert [(one.name, one.asks) for one in domain_rubric(own)] == [("done", "All is done.")]
    none = parse_domain(with_rubric(None), "own.yaml")
    names = [one.name for one in domain_rubric(none)]
    assert names[: len(usual_rubric("en"))] == [one.name for one in usual_rubric("en")]
    asked = [one.asks for one in domain_rubric(none)]
    assert all(text in asked for text in none.requirements)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_usual_criteria_are_few_however_many_requirements_there_are(language: str) -> None:
    assert all(len(one.name) <= LONGEST_NAME for one in usual_rubric(language))
    assert len(usual_rubric(language, ["x"] * 50)) == MOST_CRITERIA


@pytest.mark.parametrize(
    ("rubric", "told"),
    [
        ({}, "rubric: there is no criterion: write one or more, each a name and a sentence"),
        ([], "rubric: a list holds no criteria: write one or more"),
        (["done", "clean"], "rubric: a list holds no criteria"),
        ("be good", "rubric: 'be good' holds no criteria"),
        (True, "rubric: True holds no criteria"),
        ({f"c{n}": "It holds." for n in range(13)}, "rubric: 13 criteria: give 12 at most"),
        ({"done": 3}, "rubric: done: 3 is no sentence: write what it asks"),
        ({"done": None}, "rubric: done: empty is no sentence"),
        ({"done": {"asks": "x"}}, "rubric: done: a dict is no sentence"),
        ({"done": "  "}, "rubric: done has no sentence: write one"),
        ({"": "x"}, "rubric: a criterion has no name: write one"),
        ({True: "x"}, "rubric: True is no name: put it into quotation marks"),
        ({1: "x"}, "rubric: 1 is no name: put it into quotation marks"),
        ({"done": "x", "Done": "y"}, "rubric: two criteria are named 'done': give each its own"),
        ({"done": "x", " done": "y"}, "rubric: two criteria are named 'done'"),
        ({"done: all": "x"}, "'done: all': a name without a colon and a semicolon"),
        ({"n" * 41: "x"}, "a name of 41 characters: 40 at most"),
        ({"done": "x" * (LONGEST_SENTENCE + 1)}, "a sentence of 301 characters: 300 at most"),
    ],
)
def test_a_wrong_rubric_is_told_in_a_line_with_its_place_and_the_fix(
    rubric: object, told: str
) -> None:
    with pytest.raises(InputError) as refused:
        parse_domain(with_rubric(rubric), "own.yaml")
    assert str(refused.value).startswith("own.yaml: rubric: ")
    assert told in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 250
