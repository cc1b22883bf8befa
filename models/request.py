"""How the settings of one call are put into a request, in the words of the model's provider."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from models.refusal import SCHEMA

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

Ask = Callable[..., Awaitable[Any]]
"""From messages and a LangChain config to what the model says."""

_FIELDS = {
    "seed": ("seed", "random_seed"),
    "temperature": ("temperature",),
    "max_tokens": ("max_tokens", "max_output_tokens", "num_predict"),
}
"""What LangChain's chat models of various providers call the settings of a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """The settings of one call. `schema` is a JSON schema for the answer, or None for prose."""

    schema: dict[str, Any] | None
    seed: int
    max_tokens: int
    temperature: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What is known of a model before it is asked.

    `headroom` is the number of tokens that a call may spend on thinking beyond its `max_tokens`,
    `refused` the settings that the model does not take, `extra` what every request's body gets.
    A `grammar` turns a JSON schema into llama.cpp's form of it, sent in the schema's place.
    """

    headroom: int = 0
    refused: frozenset[str] = frozenset()
    extra: dict[str, Any] = field(default_factory=dict)
    grammar: Callable[[dict[str, Any]], str] | None = None


def prepare(
    chat: "BaseChatModel", call: Call, traits: Traits, refused: frozenset[str]
) -> tuple[Ask, frozenset[str]]:
    """Return how to ask the model with the call's settings, and the names of those it is sent.

    A model with an `extra_body` speaks the OpenAI protocol (ChatOpenAI and its descendants).
    """
    if "extra_body" in type(chat).model_fields:
        body = openai_body(call, traits, refused)
        own = getattr(chat, "extra_body", None) or {}
        return partial(chat.ainvoke, extra_body={**own, **body}), frozenset(body)
    prepared, sent = _prepare_other(chat, call, refused)
    return prepared.ainvoke, sent


def openai_body(call: Call, traits: Traits, refused: frozenset[str]) -> dict[str, Any]:
    """Return the fields of an OpenAI chat request for this call, without those refused.

    The schema goes here and not to LangChain's own `response_format`, under which the openai
    client raises on a truncated answer instead of returning it. `max_completion_tokens`, which
    OpenAI's newer models demand, takes the place of `max_tokens`, which everybody else knows,
    where that is refused.
    """
    limit = "max_completion_tokens" if "max_tokens" in refused else "max_tokens"
    body: dict[str, Any] = {
        "seed": call.seed,
        "temperature": call.temperature,
        limit: call.max_tokens + traits.headroom,
        **traits.extra,
    }
    if call.schema is not None and traits.grammar is not None:
        body["grammar"] = traits.grammar(call.schema)
    elif call.schema is not None:
        answer = {"name": "answer", "schema": call.schema, "strict": True}
        body[SCHEMA] = {"type": "json_schema", "json_schema": answer}
    return {name: value for name, value in body.items() if name not in refused}


def _prepare_other(
    chat: "BaseChatModel", call: Call, refused: frozenset[str]
) -> "tuple[Runnable[Any, Any], frozenset[str]]":
    settings = {
        name: getattr(call, setting)
        for setting, names in _FIELDS.items()
        for name in names
        if name in type(chat).model_fields and name not in refused
    }
    chat = chat.model_copy(update=settings)
    if call.schema is None or SCHEMA in refused:
        return chat, frozenset(settings)
    titled = {"title": "answer", "description": "The answer.", **call.schema}
    try:
        structured = chat.with_structured_output(titled, include_raw=True)
    except NotImplementedError:
        return chat, frozenset(settings)
    return structured, frozenset({*settings, SCHEMA})
