"""Any provider that LangChain knows, opened by its `init_chat_model`.

langchain is imported inside the function: importing it takes over a second.
"""

from typing import Any

from errors import InputError
from models.chat import Endpoint, endpoint_of
from models.masking import mask_keys
from models.providers.provider import Address, Provider
from models.request import Traits

_NO_PROVIDER = "Unable to infer model provider"
"""How LangChain's message begins, which then lists all providers."""


def open_langchain(address: Address, traits: Traits, *, max_retries: int = 0) -> Endpoint:
    """Return the endpoint of a model that LangChain opens; its client gets `max_retries`.

    Raises:
        InputError: an unknown provider, or a missing package or key.

    """
    from langchain.chat_models import init_chat_model  # noqa: PLC0415 - takes over a second

    model, provider = address.model, address.model.partition(":")[0]
    settings: dict[str, Any] = {"timeout": address.timeout_s, "max_retries": max_retries}
    if address.base_url is not None:
        settings["base_url"] = address.base_url
    try:
        chat = init_chat_model(model, **settings)
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
            f"model {model!r}: {why} (name it as PROVIDER:NAME and set the provider's key; an "
            "OpenAI-compatible endpoint is openai:NAME with its base URL)"
        ) from None  # the cause may hold the provider's settings, the key included
    return endpoint_of(chat, model, traits)


LANGCHAIN = Provider(open=open_langchain)
