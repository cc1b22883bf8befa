"""The turns of a conversation, as a record holds them under `messages`. Everybody may import this.

    [{"role": "user", "content": "…"}, {"role": "assistant", "content": "…"}, …]

User and assistant speak in turn; the user begins, the assistant ends. A record's instruction is
the first of these messages, its output the last, and its input is "". A message may hold what the
assistant thought before it, under `reasoning_content`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from record import Record

USER, ASSISTANT = "user", "assistant"
MESSAGES, SYSTEM, REASONING = "messages", "system", "reasoning"
REJECTED_OUTPUT = "rejected_output"
"""The names of a record's further parts: its turns, its system prompt, what was thought before the
output, and an output that was found worse."""

SHAPES = (MESSAGES, SYSTEM, REASONING, REJECTED_OUTPUT)

REASONING_OF_MESSAGE = "reasoning_content"
REASONING_FIELDS = (REASONING_OF_MESSAGE, "reasoning", "thinking")
"""Fields in which endpoints and data keep what a model thought."""

LONGEST_REASONING = 20_000
"""Characters of a reasoning that are kept."""

Message = Mapping[str, Any]


class Exchange(NamedTuple):
    """What the user says, and what the assistant answers."""

    user: str
    assistant: str


def turns_fault(messages: object) -> str | None:
    """Return what is wrong with messages that should be the turns of a conversation, or None."""
    if not isinstance(messages, list) or not messages:
        return "there are no messages"
    for number, message in enumerate(messages, start=1):
        due = ASSISTANT if number % 2 == 0 else USER
        if not isinstance(message, Mapping) or not isinstance(message.get("content"), str):
            return f"message {number} has no text"
        if message.get("role") != due:
            return f"message {number} is not the {due}'s, whose turn it is"
    return "the assistant does not have the last word" if len(messages) % 2 else None


def exchanges_of(record: Record) -> list[Exchange]:
    """Return the exchanges of a conversation; none of a single record, or of turns out of order."""
    messages = record.more.get(MESSAGES)
    if not isinstance(messages, list) or turns_fault(messages):
        return []
    texts = [message["content"] for message in messages]
    return list(map(Exchange, texts[::2], texts[1::2]))


def texts_of(record: Record) -> str:
    """Return all that a record says, a conversation's turns included, one text below another."""
    said = [text for exchange in exchanges_of(record) for text in exchange]
    return "\n".join([record.instruction, record.input, *said, record.output])


def messages_of(exchanges: Sequence[Exchange]) -> list[dict[str, str]]:
    """Return the messages of a conversation of these exchanges."""
    return [
        {"role": role, "content": text}
        for exchange in exchanges
        for role, text in zip((USER, ASSISTANT), exchange, strict=True)
    ]
