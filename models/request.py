"""One request to a chat model, and how its settings are put in the words of the model's client."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from models.refusal import SCHEMA

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import Runnable

Send = Callable[..., Awaitable[Any]]
"""From messages and a LangChain config to the model's message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """One request to a chat model.

    `schema` is a JSON schema for the answer, or None for prose. `run_name`, `tags` and `metadata`
    name the call in a trace.
    """

    messages: "list[BaseMessage]"
    schema: dict[str, Any] | None
    seed: int
    max_tokens: int
    temperature: float
    run_name: str
    tags: list[str] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What is known of a model before it is asked.

    Attributes:
        headroom: tokens that a call may spend on thinking beyond its `max_tokens`.
        refused: the settings that the model does not take, by its client's names.
        extra: fields added to the body of every request.
        grammar: turns a JSON schema into llama.cpp's form of it, sent instead of the schema.
        fields: what the model's LangChain client calls a setting (seed, temperature, max_tokens),
            where it has another name for it. Not for clients of the OpenAI protocol.
        finish_reasons: the provider's own words for "stop", "length" and "content_filter".

    """

    headroom: int = 0
    refused: frozenset[str] = frozenset()
    extra: dict[str, Any] = field(default_factory=dict)
    grammar: Callable[[dict[str, Any]], str] | None = None
    fields: dict[str, str] = field(default_factory=dict)
    finish_reasons: dict[str, str] = field(default_factory=dict)


def prepare(
    chat: "BaseChatModel", request: ChatRequest, traits: Traits, refused: frozenset[str]
) -> tuple[Send, frozenset[str]]:
    """Return how to send the request, and the names of the settings that are sent with it.

    A model with an `extra_body` speaks the OpenAI protocol (ChatOpenAI and its descendants).
    """
    if "extra_body" in type(chat).model_fields:
        body = openai_body(request, traits, refused)
        own = getattr(chat, "extra_body", None) or {}
        return partial(chat.ainvoke, extra_body={**own, **body}), frozenset(body)
    prepared, sent = _prepare_other(chat, request, traits, refused)
    return prepared.ainvoke, sent


def openai_body(request: ChatRequest, traits: Traits, refused: frozenset[str]) -> dict[str, Any]:
    """Return the settings of the request as an OpenAI request's fields, except those refused.

    The schema goes here and not to LangChain's own `response_format`: with that, the openai client
    raises on a truncated answer instead of returning it. Every endpoint knows `max_tokens`, except
    OpenAI's newer models: where it is refused, `max_completion_tokens` takes its place.
    """
    limit = "max_completion_tokens" if "max_tokens" in refused else "max_tokens"
    body: dict[str, Any] = {
        "seed": request.seed,
        "temperature": request.temperature,
        limit: request.max_tokens + traits.headroom,
        **traits.extra,
    }
    if request.schema is not None and traits.grammar is not None:
        body["grammar"] = traits.grammar(request.schema)
    elif request.schema is not None:
        answer = {"name": "answer", "schema": request.schema, "strict": True}
        body[SCHEMA] = {"type": "json_schema", "json_schema": answer}
    return {name: value for name, value in body.items() if name not in refused}


def _prepare_other(
    chat: "BaseChatModel", request: ChatRequest, traits: Traits, refused: frozenset[str]
) -> "tuple[Runnable[Any, Any], frozenset[str]]":
    named = {name: traits.fields.get(name, name) for name in ("seed", "temperature", "max_tokens")}
    settings = {
        client_name: getattr(request, name)
        for name, client_name in named.items()
        if client_name in type(chat).model_fields and client_name not in refused
    }
    chat = chat.model_copy(update=settings)
    if request.schema is None or SCHEMA in refused:
        return chat, frozenset(settings)
    titled = {"title": "answer", "description": "The answer.", **request.schema}
    try:
        structured = chat.with_structured_output(titled, include_raw=True)
    except NotImplementedError:
        return chat, frozenset(settings)
    return structured, frozenset({*settings, SCHEMA})
