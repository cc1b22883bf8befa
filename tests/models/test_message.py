"""A message's text is found wherever it stands."""

import json
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from langchain_openai.chat_models.base import _convert_dict_to_message

from models.message import message_text, reasoning_of, standard_message

RECORDS = {"records": [{"instruction": "a", "output": "b"}]}
JSON = json.dumps(RECORDS)
CALL = {"name": "answer", "args": RECORDS, "id": "1", "type": "tool_call"}
FUNCTION = {"name": "answer", "arguments": RECORDS}
CUT = {"name": "answer", "args": '{"na', "id": "1", "error": None, "type": "invalid_tool_call"}


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (AIMessage("Plum"), "Plum"),
        (AIMessage([{"type": "text", "text": "Pl"}, {"type": "text", "text": "um"}]), "Plum"),
        (AIMessage(["Pl", {"type": "output_text", "text": "um"}, {"text": "!"}]), "Plum!"),
        (AIMessage([{"type": "thinking", "thinking": "Hm"}, {"type": "text", "text": "P"}]), "P"),
        (AIMessage([{"instruction": "a"}, {"instruction": "b"}]), '{"instruction": "a"}\n'),
        (AIMessage("", tool_calls=[CALL]), JSON),
        (AIMessage("I will now answer.", tool_calls=[CALL]), JSON),
        (AIMessage("", tool_calls=[CALL, CALL]), f"{JSON}\n{JSON}"),
        (AIMessage("Plum", tool_calls=[CALL | {"args": {}}]), "Plum"),
        (AIMessage("I will.", invalid_tool_calls=[CUT]), '{"na'),
        (AIMessage("", additional_kwargs={"function_call": {"arguments": RECORDS}}), JSON),
        (AIMessage("", additional_kwargs={"function_call": {"arguments": JSON}}), JSON),
        (
            AIMessage("", additional_kwargs={"tool_calls": [{"function": {"arguments": JSON}}]}),
            JSON,
        ),
        (AIMessage("", additional_kwargs={"tool_calls": None, "function_call": 5}), ""),
    ],
)
def test_text_comes_from_arguments_or_content(message: AIMessage, text: str) -> None:
    assert message_text(message).startswith(text)


@pytest.mark.parametrize("field", ["reasoning_content", "reasoning", "thinking"])
@pytest.mark.parametrize("content", ["", "\n\n", []])
@pytest.mark.parametrize(
    ("reasoning", "text"),
    [
        (JSON, JSON),
        (f"\n```json\n{JSON}\n```", f"\n```json\n{JSON}\n```"),
        (json.dumps(JSON), json.dumps(JSON)),
        ('{"records": [{"ins', '{"records": [{"ins'),
        (f"I might write {JSON} so.\n</think>\n{JSON}", f"\n{JSON}"),
        (f"I might write {JSON} but better:", ""),
        ("[Plan] {think}", ""),
        (None, ""),
        ({"text": JSON}, ""),
    ],
)
def test_json_in_the_field_for_reasoning_is_the_answer_without_another(
    field: str, content: str | list[str | dict[str, Any]], reasoning: object, text: str
) -> None:
    assert message_text(AIMessage(content, additional_kwargs={field: reasoning})) == text
    assert message_text(AIMessage("Plum", additional_kwargs={field: reasoning})) == "Plum"


def called(function: object) -> dict[str, Any]:
    return {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "function": function}]}


@pytest.mark.parametrize(
    "message",
    [
        called({"name": "answer", "arguments": RECORDS}),
        called({"name": "answer", "arguments": JSON}),
        called({"arguments": JSON}),
        called({"name": "answer", "arguments": json.dumps([RECORDS])}),
        called({"name": None, "arguments": [RECORDS]}),
        {"role": "assistant", "tool_calls": {"id": "1", "function": {"arguments": RECORDS}}},
        {"role": "assistant", "tool_calls": [None, {"name": "answer", "arguments": RECORDS}]},
        {"role": "assistant", "function_call": {"name": "answer", "arguments": RECORDS}},
        {"role": "assistant", "content": RECORDS},
        {"role": "assistant", "content": [{"type": "text", "text": JSON}], "tool_calls": [7]},
    ],
)
def test_objects_in_place_of_text_are_read(message: dict[str, Any]) -> None:
    read = _convert_dict_to_message(standard_message(message))
    assert isinstance(read, AIMessage)
    assert message_text(read) in {JSON, f"[{JSON}]"}


def test_a_message_that_is_as_it_should_be_stays() -> None:
    message = {"role": "assistant", "content": "Plum", "reasoning_content": "Hm."}
    assert standard_message(message) == message
    assert reasoning_of(message) == "Hm."
    assert reasoning_of({"reasoning": ["x"], "thinking": "Hm."}) == "Hm."
