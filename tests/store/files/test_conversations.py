"""Chats of several turns, reasoning and rejected answers, under the names that records have."""

from typing import Any

import pytest

from store.files.conversations import split_thought
from store.files.records import record_from
from turns import Exchange, messages_of

TALK = messages_of([Exchange("a?", "b."), Exchange("c?", "d.")])
SHAREGPT = [{"from": "human", "value": "a?"}, {"from": "gpt", "value": "b."}]
SHAREGPT += [{"from": "human", "value": "c?"}, {"from": "gpt", "value": "d."}]
SYSTEM = {"role": "system", "content": "Be kind"}
NO = {"role": "assistant", "content": "No."}
TOOL = {"role": "tool", "content": "1"}
THOUGHT = {"role": "assistant", "content": "d.", "reasoning_content": "Hm"}

TALKS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "messages": ({"messages": TALK}, {"messages": TALK}),
    "ShareGPT": ({"conversations": SHAREGPT}, {"messages": TALK}),
    "a system prompt": ({"messages": [SYSTEM, *TALK]}, {"messages": TALK, "system": "Be kind"}),
    "prompt and completion": ({"prompt": TALK[:3], "completion": TALK[3:]}, {"messages": TALK}),
    "prompt and text": ({"prompt": TALK[:3], "completion": "d."}, {"messages": TALK}),
    "reasoning": ({"messages": [*TALK[:3], THOUGHT]}, {"messages": [*TALK[:3], THOUGHT]}),
    "thought aloud": (
        {"messages": [*TALK[:3], {"role": "assistant", "content": "<think>Hm</think>\n\nd."}]},
        {"messages": [*TALK[:3], THOUGHT]},
    ),
}


@pytest.mark.parametrize(("row", "more"), TALKS.values(), ids=TALKS.keys())
def test_a_chat_is_held_as_a_run_holds_its_conversations(
    row: dict[str, Any], more: dict[str, Any]
) -> None:
    record, origin = record_from(row)
    assert (record.instruction, record.input, record.output) == ("a?", "", "d.")
    assert record.more == more
    assert "further turn" not in origin.unread


def test_one_question_and_its_answer_need_no_messages() -> None:
    record, _ = record_from({"messages": [SYSTEM, TALK[0], THOUGHT]})
    assert (record.instruction, record.output) == ("a?", "d.")
    assert record.more == {"system": "Be kind", "reasoning": "Hm"}


@pytest.mark.parametrize(
    "chat", [[*TALK, TOOL], [TALK[0], *TALK], TALK[:3], [*TALK[:3], {"role": "assistant"}]]
)
def test_a_chat_out_of_order_stays_as_it_is(chat: list[dict[str, Any]]) -> None:
    record, origin = record_from({"messages": chat})
    assert record.more == {"messages": chat}
    assert record.output == "b."
    assert "further turn" in origin.unread


@pytest.mark.parametrize(
    ("row", "reasoning"),
    [
        ({"prompt": "a?", "response": "<think>\nHm\n</think>\n\nb."}, "Hm"),
        ({"instruction": "a?", "output": "b.", "reasoning": "Hm"}, "Hm"),
        ({"question": "a?", "answer": "b.", "thinking": "Hm"}, "Hm"),
        ({"question": "a?", "answer": "b."}, None),
    ],
)
def test_reasoning_is_kept_apart(row: dict[str, Any], reasoning: str | None) -> None:
    record, _ = record_from(row)
    assert (record.output, record.more.get("reasoning")) == ("b.", reasoning)


@pytest.mark.parametrize("text", ["<think>Hm</think>", "a <think>b</think> c", "<think>a", "x"])
def test_other_texts_hold_no_thought(text: str) -> None:
    assert split_thought(text) == ("", text)


@pytest.mark.parametrize(
    "row",
    [
        {"prompt": "a?", "chosen": "d.", "rejected": "No."},
        {
            "prompt": "a?",
            "chosen": [TALK[3]],
            "rejected": [{"role": "assistant", "content": "No."}],
        },
        {"chosen": TALK, "rejected": [*TALK[:3], NO]},
        {"instruction": "a?", "output": "d.", "rejected_output": "No."},
    ],
)
def test_the_rejected_answer_has_one_name(row: dict[str, Any]) -> None:
    record, _ = record_from(row)
    assert (record.instruction, record.output) == ("a?", "d.")
    assert record.more["rejected_output"] == "No."
    assert "rejected" not in record.more
