"""Rows as real data sets hold them: what each asks, what it answers, and what is not read."""

from collections.abc import Mapping

import pytest

from store.files.records import record_from
from store.files.shapes import asked_in

Row = Mapping[str, object]

ASK, SAID = "Say hi", "Hi"
CHAT = [{"role": "user", "content": ASK}, {"role": "assistant", "content": SAID}]
SHAREGPT = [{"from": "human", "value": ASK}, {"from": "gpt", "value": SAID}]
SYSTEM = {"role": "system", "content": "Be kind"}
SPOKEN = "\n\nHuman: Say hi\n\nAssistant: {}"

TEXTS: dict[str, tuple[Row, str | None]] = {
    "Alpaca": ({"instruction": ASK, "input": "", "output": SAID, "text": "Below"}, None),
    "Dolly": ({"instruction": ASK, "context": "", "response": SAID, "category": "x"}, None),
    "GSM8K": ({"question": ASK, "answer": SAID}, "question"),
    "OpenOrca": ({"system_prompt": "x", "question": ASK, "response": SAID}, "question"),
    "MetaMath": ({"query": ASK, "response": SAID, "original_question": "x"}, "query"),
    "MATH": ({"problem": ASK, "solution": SAID, "level": "1"}, "problem"),
    "prompts": ({"prompt": ASK, "completion": SAID}, "prompt"),
    "Aya": ({"inputs": ASK, "targets": SAID}, "inputs"),
    "P3": (
        {
            "inputs": [3, 5],
            "targets": [1],
            "inputs_pretokenized": ASK,
            "targets_pretokenized": SAID,
        },
        "inputs_pretokenized",
    ),
    "Firefly": ({"kind": "x", "input": ASK, "target": SAID}, "input"),
    "pairs": ({"user": ASK, "assistant": SAID}, "user"),
    "HumanEval": ({"task_id": "1", "prompt": ASK, "canonical_solution": SAID}, "prompt"),
    "MBPP": ({"text": ASK, "code": SAID}, "text"),
    "counselling": ({"Context": ASK, "Response": SAID}, "context"),
    "capitals": ({" Question ": ASK, "ANSWER": SAID}, "question"),
    "LangSmith": ({"inputs": {"question": ASK}, "outputs": {"answer": SAID}}, "inputs.question"),
    "nulls": ({"instruction": None, "prompt": ASK, "response": SAID}, "prompt"),
}
CHATS: dict[str, tuple[Row, str]] = {
    "messages": ({"messages": CHAT}, "messages"),
    "ShareGPT": ({"id": "1", "conversations": SHAREGPT}, "conversations"),
    "LIMA": ({"conversations": [ASK, SAID]}, "conversations"),
    "MOSS": ({"conversation": [{"human": ASK, "assistant": SAID}]}, "conversation"),
    "Capybara": ({"conversation": [{"input": ASK, "output": SAID}]}, "conversation"),
    "Gemini": (
        {
            "contents": [
                {"role": "user", "parts": [{"text": ASK}]},
                {"role": "model", "parts": [{"text": SAID}]},
            ]
        },
        "contents",
    ),
    "UltraChat": ({"prompt": ASK, "prompt_id": "1", "messages": CHAT}, "messages"),
    "TRL": ({"prompt": CHAT[:1], "completion": CHAT[1:]}, "prompt"),
    "Nemotron": ({"input": CHAT[:1], "output": SAID}, "input"),
    "a batch": ({"body": {"messages": CHAT[:1]}, "response": SAID}, "body.messages"),
    "LangChain": (
        {"messages": [{"type": "human", "content": ASK}, {"type": "ai", "content": SAID}]},
        "messages",
    ),
    "as JSON": ({"messages": '[{"role": "user", "content": "Say hi"}]', "a": SAID}, "messages"),
    "columns": ({"messages": {"role": ["user", "assistant"], "content": [ASK, SAID]}}, "messages"),
}
PAIRS: dict[str, tuple[Row, tuple[str, bool]]] = {
    "texts": ({"prompt": ASK, "chosen": SAID, "rejected": "x"}, ("prompt", False)),
    "Orca": ({"question": ASK, "chosen": SAID, "rejected": "x"}, ("question", False)),
    "Alpaca's": ({"instruction": ASK, "chosen": SAID, "rejected": "x"}, ("instruction", False)),
    "lists": (
        {
            "prompt": ASK,
            "chosen": CHAT,
            "rejected": [CHAT[0], {"role": "assistant", "content": "x"}],
        },
        ("prompt", False),
    ),
    "turns": (
        {"conversations": SHAREGPT[:1], "chosen": SHAREGPT[1], "rejected": SHAREGPT[1]},
        ("conversations", True),
    ),
    "OpenAI": (
        {
            "input": {"messages": CHAT[:1]},
            "preferred_output": CHAT[1:],
            "non_preferred_output": [1],
        },
        ("input.messages", True),
    ),
    "two chats": ({"chosen": CHAT, "rejected": [CHAT[0], SYSTEM]}, ("chosen", True)),
    "HH": ({"chosen": SPOKEN.format(SAID), "rejected": SPOKEN.format("x")}, ("chosen", True)),
}


def read(row: Row, field: str | None = None) -> tuple[str, str]:
    record, _ = record_from(row, field)
    return record.instruction, record.output


@pytest.mark.parametrize(("row", "field"), TEXTS.values(), ids=TEXTS.keys())
def test_texts_under_common_names(row: Row, field: str | None) -> None:
    asked = asked_in(row)
    assert (asked.text, asked.origin.field) == (ASK, field or "instruction")
    assert (asked.origin.is_chat, asked.origin.unread) == (False, ())
    assert read(row) == (ASK, SAID)


@pytest.mark.parametrize(("row", "field"), CHATS.values(), ids=CHATS.keys())
def test_chats(row: Row, field: str) -> None:
    asked = asked_in(row)
    assert (asked.text, asked.origin.field, asked.origin.is_chat) == (ASK, field, True)
    assert read(row) == (ASK, SAID)


@pytest.mark.parametrize(("row", "place"), PAIRS.values(), ids=PAIRS.keys())
def test_the_prompt_of_a_preference_is_read_and_the_rejected_answer_is_not(
    row: Row, place: tuple[str, bool]
) -> None:
    asked = asked_in(row)
    assert asked.text == ASK
    assert (asked.origin.field, asked.origin.is_chat) == place
    assert "rejected answer" in asked.origin.unread
    assert read(row) == (ASK, SAID)


def test_texts_that_begin_alike_ask_what_they_begin_with() -> None:
    row = {"chosen": "The sky is blue.", "rejected": "The sky is green."}
    assert asked_in(row).text == "The sky is"
    assert read(row) == ("The sky is", "The sky is blue.")


@pytest.mark.parametrize(
    "row",
    [
        {"chosen": "A", "rejected": "B"},
        {"chosen": CHAT, "rejected": [{"role": "user", "content": "Say bye"}, CHAT[1]]},
        {"chosen": SPOKEN.format("x"), "rejected": SPOKEN.replace("hi", "bye")},
        {"chosen": CHAT, "rejected": "text"},
    ],
)
def test_answers_to_different_questions_are_refused(row: Row) -> None:
    with pytest.raises(ValueError, match=r"begin|no user's turn"):
        asked_in(row)


def test_context_and_passage_are_what_the_instruction_works_on() -> None:
    for name in ("context", "passage"):
        record, _ = record_from({"question": ASK, name: "In 1999.", "answer": True})
        assert (record.input, record.output) == ("In 1999.", "True")
    kept, _ = record_from({"instruction": ASK, "input": "", "context": "x", "output": ""})
    assert (kept.input, kept.more) == ("", {"context": "x"})
    nested, _ = record_from({"question": ASK, "context": {"text": ["x"]}, "answers": ["y"]})
    assert (nested.input, nested.output) == ("", "")


def test_other_turns_are_counted() -> None:
    asked = asked_in({"messages": [SYSTEM, *CHAT, {"role": "tool", "content": "1"}, *CHAT]})
    assert asked.origin.unread == ("system turn", *["further turn"] * 3)


FIELDS: dict[str, tuple[Row, str, str]] = {
    "chats": ({"log": CHAT}, "log", ASK),
    "index": ({"messages": [SYSTEM, *CHAT]}, "messages.0.content", "Be kind"),
    "from the end": ({"messages": CHAT}, "messages.-1.content", SAID),
    "dots": ({"a.b": ASK, "a": {"b": "x"}}, "a.b", ASK),
    "nested": ({"meta": {"ask": ASK}, "instruction": "x"}, "meta.ask", ASK),
    "in JSON": ({"meta": '{"ask": ["x", "Say hi"]}'}, "meta.ask.1", ASK),
    "texts": ({"data": [ASK, SAID]}, "data", ASK),
}


@pytest.mark.parametrize(("row", "field", "text"), FIELDS.values(), ids=FIELDS.keys())
def test_a_field_is_named(row: Row, field: str, text: str) -> None:
    assert asked_in(row, field).text == text
    assert read(row, field)[0] == text


FAULTS: dict[str, tuple[Row, str | None, str]] = {
    "nothing": ({}, None, "'instruction' is missing.*it has none"),
    "unknown": ({"ask": "x", "b\n": 1}, None, r"it has ask, 'b\\n'$"),
    "many": (dict.fromkeys("abcdefghij"), None, "g, h and 2 more"),
    "null": ({"instruction": None}, None, "'instruction' is null, no string"),
    "wrapped": ({"data": [{"instruction": "x"}]}, None, "it holds rows in 'data'"),
    "an object": ({"question": {"stem": "x"}}, None, "'question' is an object with stem"),
    "no user": ({"messages": CHAT[1:]}, None, "no user's turn.*roles are: assistant"),
    "strangers": ({"messages": [{"role": "narrator", "content": "x"}]}, None, "are: narrator"),
    "an image": ({"messages": [{"role": "user", "content": [{"type": "image"}]}]}, None, "text"),
    "no turns": ({"messages": []}, None, "are: none"),
    "no index": ({"messages": CHAT}, "messages.9.content", "'messages.9.content' is missing"),
    "no key": ({"messages": CHAT}, "messages.first", "'messages.first' is missing"),
}


@pytest.mark.parametrize(("row", "field", "why"), FAULTS.values(), ids=FAULTS.keys())
def test_a_row_that_asks_nothing_is_named(row: Row, field: str | None, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        asked_in(row, field)


def test_objects_in_objects_are_looked_into_only_so_far() -> None:
    row: Row = {"prompt": "x"}
    for _ in range(1000):
        row = {"prompt": row}
    assert isinstance(asked_in(row).text, dict)


def test_what_asks_is_the_same_for_a_filter_and_a_record() -> None:
    tables = (TEXTS, CHATS, PAIRS)
    for row in (row for table in tables for row, _ in table.values()):
        assert record_from(row)[0].instruction == asked_in(row).text
