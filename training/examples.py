"""Records as a model is trained on them: the messages before an answer, and the answer.

A conversation is an example for each of its answers: what came before each is then shown as the
model will see it, whatever a chat template makes of earlier answers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from record import Record, row_of
from store.formats.chat import chat_of
from store.formats.reasoning import Where, with_reasoning
from turns import ASSISTANT

Message = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Example:
    """The messages before an answer, the answer, and the id of the record that has them."""

    prompt: Sequence[Message]
    answer: Message
    record: str = ""


def examples_of(record: Record, reasoning: Where = "none") -> Iterator[Example]:
    """Yield an example for each answer of a record that is not empty.

    `reasoning` says what becomes of thoughts: none, inline (in <think>), or field (the message's
    `reasoning_content`, which some chat templates read). Raises InputError for messages that are no
    conversation.
    """
    said = chat_of(with_reasoning(row_of(record), reasoning))
    for place, message in enumerate(said):
        if message["role"] == ASSISTANT and message["content"].strip():
            yield Example(said[:place], message, record.id)


def last_example(record: Record) -> Example | None:
    """Return the example of a record's output, None where it has none."""
    *_, last = [None, *examples_of(record)]
    return last if last and record.output.strip() else None
