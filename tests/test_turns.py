"""What a conversation is: user and assistant in turn."""

import pytest

from record import Record
from turns import Exchange, exchanges_of, messages_of, turns_fault

TALK = [Exchange("Hello?", "Yes."), Exchange("Really?", "Really.")]


def test_messages_and_exchanges_are_the_same_thing() -> None:
    messages = messages_of(TALK)
    assert [message["role"] for message in messages] == ["user", "assistant"] * 2
    assert turns_fault(messages) is None
    assert exchanges_of(Record("Hello?", "", "Really.", {"messages": messages})) == TALK


@pytest.mark.parametrize(
    ("messages", "fault"),
    [
        (None, "there are no messages"),
        ([], "there are no messages"),
        ("Hello?", "there are no messages"),
        ([5], "message 1 has no text"),
        ([{"role": "user", "content": None}], "message 1 has no text"),
        (messages_of(TALK)[1:], "message 1 is not the user's, whose turn it is"),
        (messages_of(TALK)[:1] * 2, "message 2 is not the assistant's, whose turn it is"),
        (messages_of(TALK)[:3], "the assistant does not have the last word"),
        ([{"role": "system", "content": "Be kind"}], "message 1 is not the user's"),
    ],
)
def test_turns_out_of_order_are_no_conversation(messages: object, fault: str) -> None:
    assert str(turns_fault(messages)).startswith(fault)
    assert exchanges_of(Record("a", "", "b", {"messages": messages})) == []


def test_a_single_record_has_no_exchanges() -> None:
    assert exchanges_of(Record("a", "", "b")) == []
