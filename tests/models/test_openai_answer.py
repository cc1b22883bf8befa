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


@pytest.mark.parametrize("odd", [None, 7, [], {}, {"choices": None}, {"choices": []}])
def test_an_answer_without_choices_is_named(odd: object) -> None:
    with pytest.raises(ValueError, match="without choices"):
        repaired(odd)


def test_odd_choices_are_left_to_langchain() -> None:
    assert repaired({"choices": [None, 3]}) == ["", ""]


@pytest.mark.parametrize(
    ("usage", "read"),
    [
        ({"prompt_tokens": 1, "prompt_tokens_details": "none"}, {"prompt_tokens": 1}),
        ({"completion_tokens_details": {"n": 1}}, {"completion_tokens_details": {"n": 1}}),
        ([], None),
        ("5", None),
    ],
)
def test_counts_that_cannot_be_read_are_left_out(usage: object, read: object) -> None:
    given = answer() | {"usage": usage}
    repaired(given)
    assert given["usage"] == read


@pytest.mark.parametrize(
    "broken",
    [
        {"error": "out of memory"},
        {"error": {"message": "busy", "code": 503}, "choices": []},
        {"choices": [{"error": {"message": "busy", "code": 502}, "message": {"content": ""}}]},
        [{"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}}],
        {"detail": "Internal error", "code": 500},
        {"success": False, "code": 500, "msg": "404 NOT_FOUND"},
        {"choices": None, "base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}},
    ],
)
def test_an_error_in_an_answer_is_raised(broken: dict[str, Any]) -> None:
    with pytest.raises(ErrorInAnswer):
        repaired(broken)


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ('{"a": 1}', {"a": 1}),
        ('\ufeff\n\n{"a": 1}\n', {"a": 1}),
        ('{"a": "raw \0 and \t"}', {"a": "raw \0 and \t"}),
    ],
)
def test_a_body_is_read_whatever_its_type_was_said_to_be(body: str, read: object) -> None:
    assert read_body(body) == read


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<html><title>Log in</title>x</html>", "but this: Log in"),
        (" ", "but an empty body"),
        ("oh " * 9_000, "but this: oh oh"),
    ],
)
def test_what_is_no_completion_is_shown(body: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as error:
        read_body(body)
    assert len(str(error.value)) < 200
