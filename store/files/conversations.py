"""A chat of any origin as a record holds it: `messages`, `system`, `reasoning`.

The same names as in the records that a run writes; see turns.py.
"""

import re
from collections.abc import Sequence
from typing import Any

from store.files.chats import SYSTEM, Turn
from turns import ASSISTANT, MESSAGES, REASONING, REASONING_OF_MESSAGE, turns_fault
from turns import SYSTEM as SYSTEM_PROMPT

_THOUGHT = re.compile(r"\s*<think>(.*?)</think>\s*(\S.*)", re.DOTALL)


def conversation_in(turns: Sequence[Turn]) -> dict[str, Any]:
    """Return the parts of the record that a chat is; none where nobody would know its last answer.

    That is so where user and assistant do not speak in turn, or where a turn is no text, as with
    the calls of tools. A chat of one question and its answer needs no messages.
    """
    spoken = list(turns[1:] if turns and turns[0].role == SYSTEM else turns)
    messages = [_message(turn) for turn in spoken]
    if turns_fault(messages) or not all(message["content"].strip() for message in messages):
        return {}
    parts: dict[str, Any] = {"output": messages[-1]["content"]}
    if len(spoken) < len(turns) and isinstance(turns[0].content, str) and turns[0].content:
        parts[SYSTEM_PROMPT] = turns[0].content
    if len(messages) > 2:
        return parts | {MESSAGES: messages}
    thought = messages[-1].get(REASONING_OF_MESSAGE)
    return parts | ({REASONING: thought} if thought else {})


def split_thought(text: str) -> tuple[str, str]:
    """Return the reasoning with which a text begins, between <think> and </think>, and the rest."""
    found = _THOUGHT.fullmatch(text)
    return (found[1].strip(), found[2]) if found else ("", text)


def _message(turn: Turn) -> dict[str, Any]:
    content, thought = turn.content, turn.reasoning
    if turn.role == ASSISTANT and isinstance(content, str) and not thought:
        thought, content = split_thought(content)
    message = {"role": turn.role, "content": content}
    return message | ({REASONING_OF_MESSAGE: thought} if thought else {})
