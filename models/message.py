"""The text of a model's message, wherever the model, its server or LangChain put it."""

import json
import re
from typing import TYPE_CHECKING, Any

from turns import REASONING_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from langchain_core.messages import AIMessage


_CALLS = ("tool_calls", "function_call")
_TEXT_PARTS = ("text", "output_text", None)
_JSON_BEGINS = re.compile(r"""\s*(?:```\w*\s*)?"?(?:\{\s*\\?["'}]|\[\s*[{"'])""")


def message_text(message: "AIMessage") -> str:
    """Return what a model answered.

    That is the JSON of its tool calls' arguments, else the text of its content. Where both are
    empty, JSON may stand in the field for reasoning; nothing else there is an answer.
    """
    arguments = "\n".join(_as_text(call) for call in _arguments(message) if call)
    return arguments or _content_text(message.content) or _json_in_reasoning(message)


def thoughts_beside(message: "AIMessage", text: str) -> str:
    """Return what a model thought, where that is kept apart and is not the answer itself.

    It stands in a field, or in parts of the content as Anthropic, Mistral and Google send them.
    """
    thoughts = reasoning_of(message.additional_kwargs)
    if not thoughts and isinstance(message.content, list):
        thoughts = "\n".join(filter(None, map(_thought_part, message.content)))
    return "" if text and thoughts.endswith(text) else thoughts


def _thought_part(part: str | dict[str, Any]) -> str:
    if not isinstance(part, dict) or part.get("type") not in {"thinking", "reasoning"}:
        return ""
    found = part.get("thinking") or part.get("reasoning") or ""
    inner = found if isinstance(found, list) else [found]
    texts = (piece.get("text") if isinstance(piece, dict) else piece for piece in inner)
    return "".join(text for text in texts if isinstance(text, str))


def standard_message(message: dict[str, Any]) -> dict[str, Any]:
    """Return a chat completion's message with its answer as text in `content`.

    Some servers send an object for it, or the call of a tool that nobody offered, with arguments
    that LangChain does not take: an object, a list, a text in a text.
    """
    content = message.get("content")
    arguments = "\n".join(_as_text(call) for call in _raw_arguments(message) if call)
    text = arguments or (_as_text(content) if isinstance(content, dict) else content)
    rest = {name: value for name, value in message.items() if name not in _CALLS}
    return {**rest, "content": text}


def reasoning_of(message: dict[str, Any]) -> str:
    """Return what stands in the fields for reasoning of a chat completion's message."""
    texts = (message.get(name) for name in REASONING_FIELDS)
    return next((text for text in texts if isinstance(text, str) and text), "")


def _arguments(message: "AIMessage") -> "Iterator[Any]":
    yield from (call["args"] for call in message.tool_calls)
    yield from (call["args"] for call in message.invalid_tool_calls)
    if not message.tool_calls and not message.invalid_tool_calls:
        yield from _raw_arguments(message.additional_kwargs)


def _raw_arguments(message: dict[str, Any]) -> "Iterator[Any]":
    """Yield the arguments of the calls in OpenAI's form, or in one that is nearly it."""
    calls = message.get("tool_calls")
    for call in [*(calls if isinstance(calls, list) else [calls]), message.get("function_call")]:
        function = call.get("function", call) if isinstance(call, dict) else None
        if isinstance(function, dict):
            yield function.get("arguments")


def _content_text(content: str | list[str | dict[str, Any]]) -> str:
    if isinstance(content, str):
        return content if content.strip() else ""
    return "".join(map(_part_text, content))


def _part_text(part: str | dict[str, Any]) -> str:
    """Return the text of a part; a part that is no kind of part is taken for a piece of JSON."""
    if isinstance(part, str):
        return part
    kind, text = part.get("type"), part.get("text")
    if kind in _TEXT_PARTS and isinstance(text, str):
        return text
    return f"{_as_text(part)}\n" if "type" not in part else ""


def _json_in_reasoning(message: "AIMessage") -> str:
    text = reasoning_of(message.additional_kwargs)
    for answer in (text, text.rpartition("</think>")[2]):
        if _JSON_BEGINS.match(answer):
            return answer
    return ""


def _as_text(value: Any) -> str:  # noqa: ANN401 - what JSON holds
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
