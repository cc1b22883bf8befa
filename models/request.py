"""One request to a chat model, and how its settings are put in the words of the model's client."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from models.negotiation import Offer
from models.terms import JSON_SCHEMA, SCHEMA, STREAM_OPTIONS, SYSTEM

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.runnables import RunnableConfig

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

    @property
    def config(self) -> "RunnableConfig":
        """What LangChain is told of the call."""
        return {"run_name": self.run_name, "tags": self.tags, "metadata": self.metadata}


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What is known of a model before it is asked.

    Attributes:
        headroom: tokens that a call may spend on thinking beyond its `max_tokens`.
        refused: the settings that the model does not take, by its client's names.
        extra: fields added to the body of every request.
        demanded: names of those of them that a person named; they are never left out.
        grammar: turns a JSON schema into llama.cpp's form of it, sent instead of the schema.
        fields: what the model's LangChain client calls a setting (seed, temperature, max_tokens),
            where it has another name for it. Not for clients of the OpenAI protocol.
        finish_reasons: the provider's own words for "stop", "length" and "content_filter".

    """

    headroom: int = 0
    refused: frozenset[str] = frozenset()
    extra: dict[str, Any] = field(default_factory=dict)
    demanded: frozenset[str] = frozenset()
    grammar: Callable[[dict[str, Any]], str] | None = None
    fields: dict[str, str] = field(default_factory=dict)
    finish_reasons: dict[str, str] = field(default_factory=dict)

    def with_extra(self, body: Mapping[str, Any]) -> "Traits":
        """Return the traits with the fields that a person adds to every request."""
        return replace(self, extra={**self.extra, **body}, demanded=frozenset(body))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request ready to be sent: how, which messages, and which settings may be left out of it."""

    send: Send
    messages: "list[BaseMessage]"
    sent: dict[str, Any]


def prepare(chat: "BaseChatModel", request: ChatRequest, traits: Traits, offer: Offer) -> Prepared:
    """Return the request as the endpoint takes it.

    A model with an `extra_body` speaks the OpenAI protocol (ChatOpenAI and its descendants).
    """
    messages = offer.terms.messages(request.messages)
    if "extra_body" in type(chat).model_fields:
        sent = openai_body(request, traits, offer)
        own = getattr(chat, "extra_body", None) or {}
        send: Send = partial(chat.ainvoke, extra_body={**own, **sent})
    else:
        send, sent = _prepare_other(chat, request, traits, offer)
    has_system = {SYSTEM: True} if messages[0].type == "system" else {}
    negotiable = {name: value for name, value in sent.items() if name not in traits.demanded}
    return Prepared(send, messages, negotiable | has_system)


def openai_body(request: ChatRequest, traits: Traits, offer: Offer) -> dict[str, Any]:
    """Return the settings of the request as an OpenAI request's fields, except those left out.

    The schema goes here and not to LangChain's own `response_format`: with that, the openai client
    raises on a truncated answer instead of returning it. Every endpoint knows `max_tokens`, except
    OpenAI's newer models: where it is left out, `max_completion_tokens` takes its place.
    """
    terms = offer.terms
    limit = "max_completion_tokens" if "max_tokens" in terms.left_out else "max_tokens"
    body: dict[str, Any] = {
        "seed": terms.seed(request.seed),
        "temperature": request.temperature,
        limit: offer.limit,
        **traits.extra,
    }
    if request.schema is not None and traits.grammar is not None:
        body["grammar"] = traits.grammar(request.schema)
    elif request.schema is not None:
        body[SCHEMA] = terms.format(request.schema)
    if terms.streams:
        body |= {"stream": True, STREAM_OPTIONS: {"include_usage": True}}
    return {name: value for name, value in body.items() if name not in terms.left_out}


def _prepare_other(
    chat: "BaseChatModel", request: ChatRequest, traits: Traits, offer: Offer
) -> tuple[Send, dict[str, Any]]:
    terms = offer.terms
    wanted = {
        "seed": terms.seed(request.seed),
        "temperature": request.temperature,
        "max_tokens": offer.limit,
    }
    named = {traits.fields.get(name, name): value for name, value in wanted.items()}
    taken = type(chat).model_fields.keys() - terms.left_out
    settings = {name: value for name, value in named.items() if name in taken}
    chat = chat.model_copy(update=settings)
    if request.schema is None or {SCHEMA, JSON_SCHEMA} & terms.left_out:
        return chat.ainvoke, settings
    titled = {"title": "answer", "description": "The answer.", **request.schema}
    try:
        structured = chat.with_structured_output(titled, include_raw=True)
    except NotImplementedError:
        return chat.ainvoke, settings
    return structured.ainvoke, settings | {SCHEMA: titled}
