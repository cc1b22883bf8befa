"""What a domain's checks let pass, and which of them can never be used."""

import json
from datetime import date
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from checks import Checks, failed_check
from record import Record

OBJECT = {
    "type": "object",
    "properties": {
        "n": {"type": "integer"},
        "words": {"type": "array", "items": {"$ref": "#/$defs/word"}},
    },
    "required": ["n"],
    "$defs": {"word": {"type": "string", "pattern": "^[a-z]+$"}},
}
NUMBERED, NO_AI = {"pattern": {"output": r"^\d+\."}}, {"forbid": {"output": "(?i)as an ai"}}
FITS = {"json_schema": OBJECT}


def fault(checks: dict[str, Any], output: str = "", instruction: str = "Do it.") -> str | None:
    """Return "rule: why" of the first check that fails."""
    found = failed_check(Record(instruction, "", output), Checks.model_validate(checks))
    return found and ": ".join(found)


@pytest.mark.parametrize(
    ("checks", "output", "said"),
    [
        ({}, "anything", None),
        (NUMBERED, "1. Go", None),
        (NUMBERED, "Go", r"pattern: the output does not match ^\d+\."),
        ({"pattern": {"output": ["a", "b"]}}, "a", "pattern: the output does not match b"),
        ({"pattern": {"output": "^只"}}, "只有一句。", None),
        (NO_AI, "As an AI, I", "forbid: the output holds 'As an AI', which (?i)as an ai forbids"),
        (NO_AI, "as any", None),
        ({"forbid": {"input": "x"}}, "x", None),
        (FITS, '{"n": 1, "words": ["a"]}', None),
        (FITS, "n = 1", "json_schema: the output is no JSON: Expecting value: line 1"),
        (FITS, '{"n": NaN}', "json_schema: the output is no JSON: NaN"),
        (FITS, '{"n": 1e999}', "json_schema: the output is no JSON: 1e999 is too large a number"),
        (FITS, r'{"n": "\ud83d"}', "json_schema: the output is no JSON: "),
        (FITS, '{"n": ' + "[" * 400 + "]" * 400 + "}", "json_schema: the output is no JSON: "),
        ({"forbid": {"output": "abc"}}, "\ud800abc", "forbid: the output holds 'abc'"),
        ({"final_answer": True}, r"So \boxed{\frac12}.", None),
        ({"final_answer": True}, r"\boxed{5}", None),
        ({"final_answer": True}, "no idea", "final_answer: no final answer can be read in the"),
        ({"final_answer": True}, r"\boxed{\frac{1}{}", "final_answer: no final answer can be read"),
        ({"final_answer": False}, "no idea", None),
        ({"agreement": 3}, "no idea", None),
        (FITS, '{"n": 1.5}', "json_schema: the output['n'] does not fit the schema: 1.5 is not"),
        (FITS, '{"n": 1, "words": ["B"]}', "json_schema: the output['words'][0] does not fit"),
    ],
)
def test_what_fails_says_which_check_and_why(
    checks: dict[str, Any], output: str, said: str | None
) -> None:
    found = fault(checks, output)
    assert found == said if said is None else str(found).startswith(said)


def test_a_part_may_be_checked_by_several_expressions_and_the_first_fault_is_told() -> None:
    checks = {"pattern": {"output": "."}, "forbid": {"instruction": ["image", "sound"]}}
    said = "forbid: the instruction holds 'sound', which sound forbids"
    assert fault(checks, "x", "Play a sound.") == said


@pytest.mark.parametrize(
    ("checks", "told"),
    [
        ({"pattern": {"output": "a("}}, "missing )"),
        ({"pattern": {"output": "(?=a)"}}, "knows no lookaround"),
        ({"forbid": {"output": r"(a)\1"}}, "no back references"),
        ({"forbid": {"output": "x" * 301}}, "300 characters"),
        ({"forbid": {"output": ["x"] * 21}}, "20 items"),
        ({"forbid": {"output": []}}, "1 item"),
        ({"pattern": {"outputs": "x"}}, "'instruction', 'input' or 'output'"),
        ({"patern": {"output": "x"}}, "patern"),
        ({"json_schema": {"type": "strng"}}, "this is no JSON schema"),
        ({"json_schema": {"type": "string", "pattern": "a("}}, "this is no JSON schema"),
        ({"json_schema": {"$ref": "#/$defs/none"}}, "this is no JSON schema"),
        ({"json_schema": {"$ref": "http://127.0.0.1:9/x"}}, "write what is meant under $defs"),
        ({"json_schema": {"items": [{"$ref": "file:///etc/passwd"}]}}, "file:///etc/passwd"),
        ({"json_schema": {"$id": "http://x.example/", "$ref": "other"}}, "it refers to 'other'"),
        ({"json_schema": {"title": "x" * 20_001}}, "20000 at most"),
        ({"json_schema": "object"}, "dictionary"),
        ({"json_schema": {"const": date(2020, 1, 1)}}, "quote what YAML reads as a date"),
        ({"json_schema": {"properties": {1: {}}}}, "quote keys such as 1"),
        ({"forbid": {"output": "\bimage"}}, "single quotes"),
        ({"final_answer": "yes"}, "valid boolean"),
        ({"agreement": True}, "valid integer"),
        ({"agreement": 3.0}, "valid integer"),
        ({"agreement": -3}, "odd number from 3 to 15"),
        ({"agreement": 1}, "odd number from 3 to 15"),
        ({"agreement": 2}, "more than half of 2 answers must be equal: give an odd number"),
        ({"agreement": 4}, "two camps are never of one size"),
        ({"agreement": 17}, "odd number from 3 to 15"),
    ],
)
def test_what_could_never_be_checked_is_refused(checks: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Checks.model_validate(checks)
    assert told in str(refused.value)


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+$", "(.*a){20}$", "^(([a-z])+.)+[A-Z]([a-z])+$"]
)
def test_no_expression_takes_long(pattern: str) -> None:
    text = "a" * 20_000 + "!"
    began = process_time()
    assert fault({"pattern": {"output": pattern}}, text) is not None
    schema = {"json_schema": {"type": "string", "pattern": pattern}}
    assert fault(schema, json.dumps(text)) is not None
    assert process_time() - began < 5  # a backtracking matcher takes longer than the universe


plain = st.none() | st.booleans() | st.integers() | st.text(max_size=9)
anything = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=9,
)


@given(anything)
def test_every_json_passes_a_schema_that_asks_for_nothing(value: object) -> None:
    assert fault({"json_schema": {}}, json.dumps(value)) is None


def test_an_output_nested_without_end_is_rejected_and_breaks_nothing() -> None:
    assert str(fault({"json_schema": {}}, "[" * 50_000)).startswith("json_schema: ")
