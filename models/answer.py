"""What came back for one prompt, read from LangChain's message into plain data."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from models.masking import mask_keys
from models.refusal import provider_message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from langchain_core.messages import AIMessage, BaseMessage

CHARACTERS_PER_TOKEN = 4
"""For an estimate, where the endpoint counts no tokens."""

MOST_TOKENS = 10**9
"""A higher count is nobody's."""

_FINISH = {
    "end_turn": "stop",
    "eos": "stop",
    "stop_sequence": "stop",
    "tool_calls": "stop",
    "tool_use": "stop",
    "max_tokens": "length",
    "safety": "content_filter",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one prompt; plain data, so that a journal can store it as JSON.

    `finish_reason` is "stop", "length" (cut off by `max_tokens`), "content_filter", "refused"
    (this prompt was turned down), "lost" (no answer came) or the provider's own word; of the two
    before the last, `refusal` says why and `text` is empty. The token counts are the provider's,
    or a quarter of the characters where it gave none (`estimated`).
    """

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    model: str
    estimated: bool = False
    refusal: str = ""


def read_answer(name: str, messages: "Sequence[BaseMessage]", answered: Any) -> Answer:  # noqa: ANN401 - a message, or LangChain's dict around one
    """Return what the model called `name` said to `messages`.

    A structured answer that came as a tool call is the JSON of its arguments.
    """
    message: AIMessage = answered["raw"] if isinstance(answered, dict) else answered
    refusal = message.additional_kwargs.get("refusal") or ""
    text = "" if refusal else _encodable(_text(message))
    usage: dict[str, Any] = {**(message.usage_metadata or {})}
    counted = _counts(usage.get("input_tokens"), 1) and _counts(usage.get("output_tokens"), 0)
    said = message.response_metadata
    return Answer(
        text=text,
        finish_reason="refused" if refusal else _finish_reason(said),
        prompt_tokens=usage["input_tokens"] if counted else _estimate(messages),
        completion_tokens=usage["output_tokens"] if counted else len(text) // CHARACTERS_PER_TOKEN,
        model=_encodable(str(said.get("model_name") or said.get("model") or name)),
        estimated=not counted,
        refusal=_encodable(mask_keys(str(refusal))) if refusal else "",
    )


def turned_down(name: str, messages: "Sequence[BaseMessage]", error: Exception) -> Answer:
    """Return the answer that stands for a prompt which the model called `name` did not take.

    What an answer that is none cost nevertheless is the error's `usage`, where it has one.
    """
    usage = getattr(error, "usage", None)
    told: dict[str, Any] = usage if isinstance(usage, dict) else {}
    prompt, completion = told.get("prompt_tokens"), told.get("completion_tokens")
    counted = _counts(prompt, 1) and _counts(completion, 0)
    return Answer(
        text="",
        finish_reason="refused",
        prompt_tokens=cast("int", prompt) if counted else _estimate(messages),
        completion_tokens=cast("int", completion) if counted else 0,
        model=name,
        estimated=not counted,
        refusal=_encodable(provider_message(error)),
    )


def without_answer(name: str, why: str) -> Answer:
    """Return what stands for an answer that never came from the model called `name`."""
    return Answer("", "lost", 0, 0, name, refusal=why)


def _encodable(text: str) -> str:
    """Return the text with "?" for lone surrogates, which no file and no database takes."""
    return text.encode("utf-8", "replace").decode()


def _counts(value: object, least: int) -> bool:
    """Tell whether an endpoint's word for a number of tokens is one."""
    return isinstance(value, int) and least <= value <= MOST_TOKENS


def _text(message: "AIMessage") -> str:
    if message.text:
        return str(message.text)
    for tool_call in message.tool_calls:
        return json.dumps(tool_call["args"], ensure_ascii=False)
    for cut_off in message.invalid_tool_calls:
        return cut_off["args"] or ""
    return ""


def _finish_reason(said: dict[str, Any]) -> str:
    names = ("finish_reason", "stop_reason", "done_reason")
    reason = next((str(said[name]) for name in names if said.get(name)), "stop").lower()
    return _FINISH.get(reason, reason)


def _estimate(messages: "Sequence[BaseMessage]") -> int:
    return sum(len(message.text) for message in messages) // CHARACTERS_PER_TOKEN
