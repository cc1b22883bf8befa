"""The answer to one request: plain data, read from LangChain's message."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from models.failure import provider_message, status_of
from models.learning import is_filtered
from models.masking import mask_keys
from models.message import message_text, thoughts_beside
from turns import LONGEST_REASONING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from langchain_core.messages import AIMessage, BaseMessage

CHARACTERS_PER_TOKEN = 4
"""For an estimate, where the endpoint counts no tokens."""

MOST_CHARACTERS = 1_000_000
"""A longer text is cut: no request asks for so much."""

MOST_TOKENS = 10**9
"""Counts above this are treated as invalid."""

_STOPPED = ("end_turn", "eos", "stop_sequence", "tool_calls", "tool_use")
_FINISH_REASONS = dict.fromkeys(_STOPPED, "stop") | {
    "max_tokens": "length",
    "safety": "content_filter",
}
"""What common words mean. They are read from any provider: many pass on another's words."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one prompt; plain data, so that a journal can store it as JSON.

    Attributes:
        text: what the model wrote; empty where it was refused or lost.
        finish_reason: "stop", "length" (cut off by `max_tokens`), "content_filter", "refused" (the
            prompt was turned down), "lost" (no answer came), or the provider's own word.
        prompt_tokens, completion_tokens: the provider's counts.
        model: the name of the model that answered.
        estimated: the provider gave no counts; they are a quarter of the characters.
        refusal: why it was refused or lost, else empty.
        left_out: the settings that the endpoint does not take, so that they were not sent.
        reasoning: what the model thought, where the endpoint sends that beside the text; only its
            first characters where it is long.

    """

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    model: str
    estimated: bool = False
    refusal: str = ""
    left_out: list[str] = field(default_factory=list)
    reasoning: str = ""


def read_answer(
    name: str,
    messages: "Sequence[BaseMessage]",
    answered: Any,  # noqa: ANN401 - a message, or LangChain's dict around one
    finish_reasons: "Mapping[str, str]",
) -> Answer:
    """Return the answer of the model called `name` to `messages`.

    A structured answer that came as tool calls is the JSON of their arguments. Where there is none
    and `content` is empty, JSON in `additional_kwargs["reasoning_content"]` is the answer.
    `finish_reasons` says what words of the provider's own mean.
    """
    message: AIMessage = answered["raw"] if isinstance(answered, dict) else answered
    refusal = message.additional_kwargs.get("refusal") or ""
    whole = "" if refusal else _encodable(message_text(message))
    text = whole[:MOST_CHARACTERS]
    usage: dict[str, Any] = {**(message.usage_metadata or {})}
    metadata = message.response_metadata
    ended = "length" if text != whole else _finish_reason(metadata, finish_reasons)
    return Answer(
        text=text,
        finish_reason="refused" if refusal else ended,
        model=_encodable(str(metadata.get("model_name") or metadata.get("model") or name)),
        refusal=_encodable(mask_keys(str(refusal))) if refusal else "",
        reasoning=_encodable(thoughts_beside(message, text))[:LONGEST_REASONING],
        **_tokens(usage.get("input_tokens"), usage.get("output_tokens"), messages, text),
    )


def turned_down(name: str, messages: "Sequence[BaseMessage]", error: Exception) -> Answer:
    """Return the answer for a prompt that the model called `name` did not take.

    A failed answer may still carry usage: the error's `usage`, where it has one. Without it a
    request that was refused by its status cost nothing. An endpoint that checks answers against the
    schema may show the one that failed: then that is the answer.
    """
    usage = getattr(error, "usage", None)
    counts: dict[str, Any] = usage if isinstance(usage, dict) else {}
    text = _encodable(_failed_generation(error))
    tokens: dict[str, Any] = {"prompt_tokens": 0, "completion_tokens": 0}
    if text or counts or status_of(error) is None:
        answered = counts.get("prompt_tokens"), counts.get("completion_tokens")
        tokens = _tokens(*answered, messages, text)
    if text:
        return Answer(text, "stop", model=name, **tokens)
    return Answer(
        text="",
        finish_reason="content_filter" if is_filtered(error) else "refused",
        model=name,
        refusal=_encodable(provider_message(error)),
        **tokens,
    )


def without_answer(name: str, why: str) -> Answer:
    """Return the answer for a request to which the model called `name` never answered."""
    return Answer("", "lost", 0, 0, name, refusal=why)


def _failed_generation(error: Exception) -> str:
    """Return what the model wrote, where the error's body shows it (Groq and those like it)."""
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, dict) else None
    written = inner.get("failed_generation") if isinstance(inner, dict) else None
    return written if isinstance(written, str) else ""


def _encodable(text: str) -> str:
    """Return the text with "?" for lone surrogates, which cannot be stored as UTF-8."""
    return text.encode("utf-8", "replace").decode()


def _tokens(
    prompt: object, completion: object, messages: "Sequence[BaseMessage]", text: str
) -> dict[str, Any]:
    """Return an answer's token counts: the endpoint's where both are possible, else estimates."""
    counted = _is_count(prompt, 1) and _is_count(completion, 0)
    if not counted:
        prompt = sum(len(message.text) for message in messages) // CHARACTERS_PER_TOKEN
        completion = len(text) // CHARACTERS_PER_TOKEN
    return {"prompt_tokens": prompt, "completion_tokens": completion, "estimated": not counted}


def _is_count(value: object, least: int) -> bool:
    return isinstance(value, int) and least <= value <= MOST_TOKENS


def _finish_reason(metadata: dict[str, Any], own: "Mapping[str, str]") -> str:
    names = ("finish_reason", "stop_reason", "done_reason")
    reason = next((str(metadata[name]) for name in names if metadata.get(name)), "stop").lower()
    return own.get(reason) or _FINISH_REASONS.get(reason, reason)
