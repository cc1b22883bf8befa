"""What an export makes of reasoning: part of the text, a field of its own, or nothing.

Inline it is as the chat templates of Qwen3 and DeepSeek-R1 write it. As a field it is
`reasoning_content` in a message, which these templates and axolotl read, else `reasoning`.
"""

from collections.abc import Mapping
from typing import Any, Literal

from store.formats.format import Row
from turns import MESSAGES, REASONING, REASONING_OF_MESSAGE

Where = Literal["none", "inline", "field"]


def with_reasoning(row: Row, where: Where) -> Row:
    """Return the record with its reasoning where it belongs."""
    if where == "field" or not has_reasoning(row):
        return row
    said = row.get(MESSAGES)
    rest: dict[str, Any] = {name: value for name, value in row.items() if name != REASONING}
    thought = row.get(REASONING)
    if isinstance(said, list) and said:
        thought = thought or _thought(said[-1])
        earlier = [_placed(message, _thought(message), where) for message in said[:-1]]
        rest[MESSAGES] = [*earlier, _placed(said[-1], thought, where)]
    if where == "inline" and thought:
        rest["output"] = _inline(thought, row["output"])
    return rest


def has_reasoning(row: Row) -> bool:
    """Return whether the record holds any reasoning."""
    said = row.get(MESSAGES)
    of_messages = isinstance(said, list) and any(_thought(message) for message in said)
    return bool(row.get(REASONING)) or of_messages


def _placed(message: Any, thought: Any, where: Where) -> Any:  # noqa: ANN401 - JSON
    if not thought or not isinstance(message, Mapping):
        return message
    rest = {name: value for name, value in message.items() if name != REASONING_OF_MESSAGE}
    if where == "inline":
        rest["content"] = _inline(thought, str(rest.get("content")))
    return rest


def _thought(message: Any) -> Any:  # noqa: ANN401 - JSON
    return message.get(REASONING_OF_MESSAGE) if isinstance(message, Mapping) else None


def _inline(thought: str, text: str) -> str:
    return f"<think>\n{thought}\n</think>\n\n{text}"
