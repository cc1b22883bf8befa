"""Answers of the OpenAI protocol as endpoints really send them."""

from typing import Any

import pytest

from models.failure import ErrorInAnswer
from models.openai_answer import read_body, repaired


def answer(**message: object) -> dict[str, Any]:
    return {"choices": [{"index": 0, "message": {"content": None, **message}}]}


def test_a_role_is_put_right_and_arguments_become_text() -> None:
    call = {"id": "1", "function": {"name": "answer", "arguments": {"a": "ü"}}}
    given = answer(role="bot", tool_calls=[call])
    assert repaired(given) == [""]
    message = given["choices"][0]["message"]
    assert message == {"role": "assistant", "content": '{"a": "ü"}'}


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning", "thinking"])
def test_reasoning_is_found_in_whatever_field(field: str) -> None:
    assert repaired(answer(**{field: "first I look"})) == ["first I look"]
    assert repaired(answer(**{field: {"no": "text"}})) == [""]


@pytest.mark.parametrize("odd", [None, 7, [], "text", {"choices": None}, {"choices": [None, 3]}])
def test_what_is_no_answer_is_left_to_langchain(odd: object) -> None:
    assert set(repaired(odd)) <= {""}


@pytest.mark.parametrize(
    "broken",
    [
        {"error": "out of memory"},
        {"error": {"message": "busy", "code": 503}, "choices": []},
        {"choices": [{"error": {"message": "busy", "code": 502}, "message": {"content": ""}}]},
    ],
)
def test_an_error_in_an_answer_is_raised(broken: dict[str, Any]) -> None:
    with pytest.raises(ErrorInAnswer):
        repaired(broken)


def test_a_body_is_read_whatever_its_type_was_said_to_be() -> None:
    assert read_body('{"a": 1}') == {"a": 1}
    assert read_body("<html>") == "<html>"
    assert read_body({"a": 1}) == {"a": 1}
