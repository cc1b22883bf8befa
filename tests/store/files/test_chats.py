"""Turns as chats of any origin write them."""

import pytest

from store.files.chats import Turn, first_answer, opening, spoken, turns_of

ASKING = ["user", "human", "Human", "prompter", "USER", "customer", "用户"]
ANSWERING = ["assistant", "gpt", "bot", "model", "Chatbot", "ai", "chatgpt", "助手"]


@pytest.mark.parametrize(("asks", "answers"), [*zip(ASKING, ANSWERING, strict=False)])
@pytest.mark.parametrize(("role", "content"), [("role", "content"), ("from", "value")])
def test_roles_have_many_names(asks: str, answers: str, role: str, content: str) -> None:
    chat = [
        {role: "system", content: "S"},
        {role: asks, content: "a"},
        {role: answers, content: "b"},
    ]
    found = opening(turns_of(chat) or [])
    assert (found.text, found.answer, found.unread) == ("a", "b", ("system turn",))


TURNS = {
    "a speaker": [{"speaker": "user", "text": "a"}, {"speaker": "bot", "utterance": "b"}],
    "a message": [{"role": "User", "message": "a"}, {"role": "Chatbot", "message": "b"}],
    "a type": [
        {"type": "human", "data": {"content": "a"}},
        {"type": "ai", "data": {"content": "b"}},
    ],
    "parts": [
        {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url"}]},
        {"role": "model", "parts": ["b"]},
    ],
    "typed parts": [
        {"role": "user", "content": {"content_type": "text", "parts": ["a"]}},
        {"role": "assistant", "content": [{"text": "b"}]},
    ],
    "pairs": [["a", "b"]],
    "objects": [{"user": "a", "assistant": "b"}],
    "texts": ["a", "b"],
    "columns": {"from": ["human", "gpt"], "value": ["a", "b"]},
}


@pytest.mark.parametrize("chat", TURNS.values(), ids=TURNS.keys())
def test_turns_have_many_forms(chat: object) -> None:
    found = opening(turns_of(chat) or [])
    assert (found.text, found.answer, found.unread) == ("a", "b", ())


def test_the_answer_is_the_first_after_the_question() -> None:
    turns = [Turn("assistant", "Welcome"), Turn("user", ""), Turn("user", "a"), Turn("tool", "1")]
    found = opening([*turns, Turn("assistant", None), Turn("assistant", "b")])
    assert (found.text, found.answer) == ("a", "b")
    assert found.unread == ("further turn",) * 4
    assert first_answer(turns) == "Welcome"
    assert first_answer([]) is None


def test_speakers_in_a_text() -> None:
    text = "\n\nHuman: Say: yes\nor Bot\n\nAssistant: ok"
    assert spoken(text) == [Turn("user", "Say: yes\nor Bot"), Turn("assistant", "ok")]
    assert spoken("The sky is: blue") == []


@pytest.mark.parametrize("value", ["text", 5, None, {"a": 1}, {"role": "user", "content": "x"}])
def test_what_is_no_chat(value: object) -> None:
    assert turns_of(value) is None
