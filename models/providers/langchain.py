"""Any provider that LangChain knows, opened by its `init_chat_model`.

langchain is imported inside the function: importing it takes over a second.
"""

import os
from functools import partial
from typing import TYPE_CHECKING, Any

from errors import InputError
from models.chat import Endpoint
from models.environment import key_in
from models.masking import mask_keys
from models.providers.connections import disconnect
from models.providers.provider import Address, Provider
from models.refusal import Origin
from models.request import Traits

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_NO_PROVIDER = "Unable to infer model provider"
"""How LangChain's message begins, which then lists all providers."""

_URLS = (
    "base_url",
    "anthropic_api_url",
    "openai_api_base",
    "groq_api_base",
    "endpoint",
    "api_base",
)
"""What the clients call the address that they ask."""


def open_langchain(
    address: Address,
    traits: Traits,
    *,
    max_retries: int = 0,
    key_variable: str | None = None,
    usual_url: str = "",
) -> Endpoint:
    """Return the endpoint of a model that LangChain opens; its client gets `max_retries`.

    `usual_url` is where its client asks if it does not say so itself.

    Raises:
        InputError: an unknown provider, a missing package or key, a key that is none.

    """
    model, provider = address.model, address.model.partition(":")[0]
    key_variable = key_variable or f"{provider.upper()}_API_KEY"
    key_in(os.environ, key_variable)
    connect = partial(_connect, address, key_variable, max_retries)
    chat = connect()
    if address.extra_body and "extra_body" not in type(chat).model_fields:
        raise InputError(
            f"extra_body: the client of {provider} takes no further fields: leave it out, or ask "
            "an OpenAI-compatible endpoint as openai:NAME with its base URL"
        )
    if _lacks_key(chat):
        raise InputError(f"{key_variable} is not set: set it to the provider's key")
    origin = Origin(model, _url_of(chat) or usual_url, key_variable)
    return Endpoint(origin, connect, disconnect, traits.with_extra(address.extra_body))


def _connect(address: Address, key_variable: str, max_retries: int) -> "BaseChatModel":
    """Return a chat model of its own for one event loop."""
    from langchain.chat_models import init_chat_model  # noqa: PLC0415 - takes over a second

    model, provider = address.model, address.model.partition(":")[0]
    settings: dict[str, Any] = {"timeout": address.timeout_s, "max_retries": max_retries}
    if address.base_url is not None:
        settings["base_url"] = address.base_url
    try:
        chat: BaseChatModel = init_chat_model(model, **settings)
    except (ImportError, AttributeError) as error:  # Ollama's absence is an AttributeError
        package = f"langchain-{provider.replace('_', '-')}"
        raise InputError(
            f"model {model!r} needs a package that is not installed: pip install {package}"
        ) from error
    except Exception as error:  # noqa: BLE001 - each provider raises its own where a key is missing
        why = " ".join(mask_keys(str(error)).split())[:300]
        if why.startswith(_NO_PROVIDER):
            why = f"LangChain knows no provider {provider!r}"
        raise InputError(
            f"model {model!r}: {why} (name it as PROVIDER:NAME and set {key_variable}; an "
            "OpenAI-compatible endpoint is openai:NAME with its base URL)"
        ) from None  # the cause may hold the provider's settings, the key included
    return chat


def _lacks_key(chat: "BaseChatModel") -> bool:
    """Return whether the client has a place for a key, and an empty text in it."""
    secrets = (getattr(chat, name) for name in type(chat).model_fields if name.endswith("api_key"))
    return any(hasattr(one, "get_secret_value") and not one.get_secret_value() for one in secrets)


def _url_of(chat: "BaseChatModel") -> str:
    """Return where the client asks, as far as it says so."""
    named = (getattr(chat, name, None) for name in _URLS)
    return next((url for url in named if isinstance(url, str) and url), "")


LANGCHAIN = Provider(open=open_langchain)
