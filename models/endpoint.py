"""From a name, PROVIDER:NAME, to a model that can be asked; and which name where none is given.

Provider packages are imported here, inside the functions that need them: importing langchain and
openai takes more than a second.
"""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from errors import InputError
from models.chat import Endpoint, endpoint_of
from models.masking import mask_keys
from models.openai_chat import connect_openai, disconnect, hosted_traits
from models.request import Traits
from models.urls import check_url, without_password

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

EMBEDDED = "embedded"
HOSTED = "openai:gpt-5.4-mini"
"""Asked where there is an OpenAI key and nothing else was said."""

_COUNT_THE_FIRST = ("google_genai:", "google_vertexai:")
"""Providers whose LangChain client takes the first attempt for a retry, too."""

_NO_PROVIDER = "Unable to infer model provider"
"""How LangChain's message begins, which then lists all providers."""

_LOCAL_TIMEOUT_S = 1800.0
"""Calls to the embedded model queue up for its one slot."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which model to ask, and where; `model` None means: whatever the base URL serves."""

    model: str | None
    base_url: str | None


def choose(model: str | None, base_url: str | None, environ: Mapping[str, str]) -> Choice:
    """Return what to ask: what was named, else the environment's, else what needs no set-up.

    EXPLORE_MODEL stands in where neither was named, EXPLORE_BASE_URL where the model speaks the
    OpenAI protocol. Without any of them: OpenAI where OPENAI_API_KEY is set, else the embedded
    model.
    """
    if model is None and base_url is None:
        model = environ.get("EXPLORE_MODEL") or None
    provider, named, _ = (model or "openai:").partition(":")
    if base_url is None and (provider == "openai" or (not named and provider != EMBEDDED)):
        base_url = environ.get("EXPLORE_BASE_URL") or None
    if model is None and base_url is None:
        model = HOSTED if environ.get("OPENAI_API_KEY") else EMBEDDED
    return Choice(model, base_url)


def endpoint(model: str, base_url: str | None = None, *, timeout_s: float = 120) -> Endpoint:
    """Return the model named `model`, not yet connected.

    `openai:NAME` is any OpenAI-compatible endpoint, at `base_url` if given; `embedded` or
    `embedded:FILE.gguf` runs in this process; any other PROVIDER:NAME is LangChain's. `timeout_s`
    is how long an answer is waited for.

    Raises:
        InputError: an unknown provider, a missing package, key or file, or an unusable URL.

    """
    if base_url is not None:
        check_url(base_url)
    if model == EMBEDDED or model.startswith(f"{EMBEDDED}:"):
        return _embedded(model, base_url)
    if ":" not in model and base_url is not None:
        model = f"openai:{model}"
    provider, _, name = model.partition(":")
    if not name:
        raise InputError(
            f"model {model!r}: name it as PROVIDER:NAME, for example openai:{provider}, or "
            f"{EMBEDDED} for the one in this process"
        )
    if provider == "openai":
        return _openai(model, name, base_url, timeout_s)
    return _other(model, base_url, timeout_s)


def _embedded(model: str, base_url: str | None) -> Endpoint:
    from models.llama_server import MIN_P, Source, compact, serve  # noqa: PLC0415 - only where it is used

    if base_url is not None:
        raise InputError(
            f"the embedded model runs in this process, not at {without_password(base_url)}: "
            "name a model as openai:NAME, or leave the base URL out"
        )
    source = Source.of(model.removeprefix(EMBEDDED).removeprefix(":"))

    async def connect(_: Endpoint) -> "BaseChatModel":
        server = await asyncio.to_thread(serve, source)
        return await asyncio.to_thread(
            connect_openai, server.name, server.url, key=server.key, timeout_s=_LOCAL_TIMEOUT_S
        )

    traits = Traits(extra={"min_p": MIN_P}, grammar=compact)
    return Endpoint(model, connect, disconnect, traits)


def _openai(model: str, name: str, base_url: str | None, timeout_s: float) -> Endpoint:
    url = base_url or os.environ.get("OPENAI_BASE_URL") or os.environ.get("OPENAI_API_BASE")
    key = os.environ.get("OPENAI_API_KEY", "").strip()
    if url is None and not key:
        raise InputError(
            "OPENAI_API_KEY is not set: set it, or give --base-url, "
            "or leave --model out for the embedded model"
        )

    async def connect(_: Endpoint) -> "BaseChatModel":
        return await asyncio.to_thread(connect_openai, name, url, key=key, timeout_s=timeout_s)

    return Endpoint(model, connect, disconnect, Traits() if url else hosted_traits(name))


def _other(model: str, base_url: str | None, timeout_s: float) -> Endpoint:
    from langchain.chat_models import init_chat_model  # noqa: PLC0415 - takes over a second

    once = 1 if model.startswith(_COUNT_THE_FIRST) else 0
    settings: dict[str, Any] = {"timeout": timeout_s, "max_retries": once}
    if base_url is not None:
        settings["base_url"] = base_url
    try:
        chat: BaseChatModel = init_chat_model(model, **settings)
    except (ImportError, AttributeError) as error:  # Ollama's absence is an AttributeError
        package = f"langchain-{model.partition(':')[0].replace('_', '-')}"
        raise InputError(
            f"model {model!r} needs a package that is not installed: pip install {package}"
        ) from error
    except Exception as error:  # noqa: BLE001 - each provider raises its own where a key is missing
        why = _line(error)
        if why.startswith(_NO_PROVIDER):
            why = f"LangChain knows no provider {model.partition(':')[0]!r}"
        raise InputError(
            f"model {model!r}: {why} (name it as PROVIDER:NAME and set the provider's key; an "
            "OpenAI-compatible endpoint is openai:NAME with its base URL)"
        ) from None  # the cause may hold the provider's settings, the key included
    return endpoint_of(chat, model)


def _line(error: Exception) -> str:
    return " ".join(mask_keys(str(error)).split())[:300]
