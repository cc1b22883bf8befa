"""The embedded model: llama.cpp in this process, asked through the OpenAI protocol."""

import json
from typing import TYPE_CHECKING, Any

from errors import InputError
from models.chat import Endpoint
from models.openai_chat import connect_openai, disconnect
from models.providers.provider import Address, Provider
from models.request import Traits
from models.urls import shown_url

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

_MIN_P = 0.05
"""Tokens less likely than this share of the likeliest are never drawn; a small model needs it."""

_TIMEOUT_S = 1800.0
"""Instead of the address's: calls queue up for the server's one slot."""


def open_embedded(address: Address, traits: Traits) -> Endpoint:
    """Return the endpoint of the packaged weights, or of the file NAME.

    Raises:
        InputError: a base URL is given, or what follows # in NAME is not a SHA-256.

    """
    from models.llama_server import Source, serve  # noqa: PLC0415 - only where it is used

    if address.base_url is not None:
        raise InputError(
            f"the embedded model runs in this process, not at {shown_url(address.base_url)}:"
            " name a model as openai:NAME, or leave the base URL out"
        )
    source = Source.of(address.name)

    def connect() -> "ChatOpenAI":
        server = serve(source)
        return connect_openai(server.name, server.url, key=server.key, timeout_s=_TIMEOUT_S)

    return Endpoint(address.model, connect, disconnect, traits.with_extra(address.extra_body))


def compact_grammar(schema: dict[str, Any]) -> str:
    """Return the grammar of answers by this JSON schema, without line breaks and indentation.

    Without it a small model spends a quarter of its tokens on them. (The syntax is that of
    llguidance, which llama.cpp reads.)
    """
    spacing = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
    return f"%llguidance {{}}\nstart: %json {json.dumps({**schema, 'x-guidance': spacing})}"


EMBEDDED = Provider(
    open=open_embedded,
    traits=Traits(extra={"min_p": _MIN_P}, grammar=compact_grammar),
    in_process=True,
)
