"""OpenAI, and every endpoint that speaks its protocol, at a base URL.

openai and langchain-openai are imported inside the functions: importing them takes over a second.
"""

import os
from typing import TYPE_CHECKING

from errors import InputError
from models.chat import Endpoint
from models.environment import key_in
from models.openai_chat import connect_openai, disconnect
from models.providers.provider import Address, Provider
from models.refusal import Origin
from models.request import Traits
from models.urls import cleaned

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

KEY = "OPENAI_API_KEY"

THINKING_TOKENS = 2048
"""The headroom of a model whose thinking cannot be switched off."""


def open_openai(address: Address, traits: Traits) -> Endpoint:
    """Return the endpoint of a model at the base URL, at the environment's, or at OpenAI.

    Raises:
        InputError: OpenAI's own, and no OPENAI_API_KEY; or one that is no key.

    """
    named = address.base_url or os.environ.get("OPENAI_BASE_URL", os.environ.get("OPENAI_API_BASE"))
    url = cleaned(named) if named else None
    key = key_in(os.environ, KEY)
    if url is None and not key:
        raise InputError(
            "OPENAI_API_KEY is not set: set it, or give --base-url, "
            "or leave --model out for the embedded model"
        )

    def connect() -> "ChatOpenAI":  # a closure: what is printed of it does not show the key
        return connect_openai(address.name, url, key=key, timeout_s=address.timeout_s)

    known = traits if url else hosted_traits(address.name)
    origin = Origin(address.model, url or "https://api.openai.com/v1", KEY)
    return Endpoint(origin, connect, disconnect, known.with_extra(address.extra_body))


def hosted_traits(name: str) -> Traits:
    """Return the traits of a model that OpenAI serves, by LangChain's profile of it.

    A model that thinks is asked to think as little as it can.
    """
    from langchain_openai import ChatOpenAI  # noqa: PLC0415 - takes over a second
    from pydantic import SecretStr  # noqa: PLC0415 - with it

    profile = ChatOpenAI(model=name, api_key=SecretStr("none")).profile or {}
    refused = {"max_tokens"} if profile.get("temperature", True) else {"max_tokens", "temperature"}
    if not profile.get("reasoning_output"):
        return Traits(refused=frozenset(refused))
    effort = next(iter(profile.get("reasoning_effort_levels") or ["low"]))
    return Traits(
        headroom=0 if effort == "none" else THINKING_TOKENS,
        refused=frozenset(refused),
        extra={"reasoning_effort": effort},
    )


OPENAI = Provider(open=open_openai)
