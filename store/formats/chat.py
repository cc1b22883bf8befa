"""A record as a chat: its system prompt, then user and assistant in turn."""

from typing import Any

from errors import InputError
from store.formats.format import Row
from turns import (
    ASSISTANT,
    MESSAGES,
    REASONING,
    REASONING_OF_MESSAGE,
    SYSTEM,
    USER,
    Exchange,
    messages_of,
    turns_fault,
)


def chat_of(row: Row) -> list[dict[str, Any]]:
    """Return the messages of a record: role, content, and `reasoning_content` where there is any.

    Of a single record the user's message is the instruction and the input, a blank line between.
    Raises InputError where the record's own messages are no conversation.
    """
    said = row.get(MESSAGES)
    if said is None:
        asked = "\n\n".join(filter(None, (row["instruction"], row["input"])))
        said = messages_of([Exchange(asked, row["output"])])
    elif fault := turns_fault(said):
        raise InputError(f"record {row['id']}: {fault}: leave it out, or mend its messages")
    names = ("role", "content", REASONING_OF_MESSAGE)
    messages = [{name: m[name] for name in names if m.get(name) is not None} for m in said]
    if row.get(REASONING):
        messages[-1][REASONING_OF_MESSAGE] = row[REASONING]
    first = [{"role": SYSTEM, "content": row[SYSTEM]}] if row.get(SYSTEM) else []
    return [*first, *messages]


def check_single(row: Row, form: str) -> None:
    """Raise InputError for a conversation, where the format holds one question and its answer."""
    turns = [m for m in chat_of(row) if m["role"] == USER]
    if len(turns) > 1:
        raise InputError(
            f"record {row['id']} has {len(turns)} user turns, and {form} holds one: "
            "export --format messages or sharegpt"
        )


SPEAKERS = {SYSTEM: "system", USER: "human", ASSISTANT: "gpt"}
"""What ShareGPT calls the roles."""
