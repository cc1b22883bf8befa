"""From a name, PROVIDER:NAME, to a model that can be asked; and the name where none is given."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from errors import InputError
from models.chat import Endpoint
from models.environment import check_connections
from models.providers.provider import TIMEOUT_S, Address
from models.providers.table import provider_of
from models.urls import cleaned

EMBEDDED = "embedded"
HOSTED = "openai:gpt-5.4-mini"
"""The default where the environment has an OpenAI key."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which model to ask, and where. `model` None means the one that the base URL serves."""

    model: str | None
    base_url: str | None


def choose(model: str | None, base_url: str | None, environ: Mapping[str, str]) -> Choice:
    """Return the model and base URL that were named, with defaults from the environment.

    EXPLORE_MODEL is the default where neither was named, EXPLORE_BASE_URL where the model speaks
    the OpenAI protocol. Without any of them it is OpenAI where OPENAI_API_KEY is set, else the
    embedded model.
    """
    if model is None and base_url is None:
        model = environ.get("EXPLORE_MODEL") or None
    provider, named, _ = (model or "openai:").partition(":")
    if base_url is None and (provider == "openai" or (not named and provider != EMBEDDED)):
        base_url = environ.get("EXPLORE_BASE_URL") or None
    if model is None and base_url is None:
        model = HOSTED if environ.get("OPENAI_API_KEY") else EMBEDDED
    return Choice(model, cleaned(base_url) if base_url else None)


def endpoint(
    model: str,
    base_url: str | None = None,
    *,
    timeout_s: float | None = None,
    extra_body: Mapping[str, Any] | None = None,
) -> Endpoint:
    """Return the endpoint of the model named `model`, not yet connected.

    `openai:NAME` is any OpenAI-compatible endpoint, at `base_url` if given; `embedded` or
    `embedded:FILE.gguf` runs in this process; any other PROVIDER:NAME is LangChain's, unless
    `models.providers.table` has a row for it. An answer may take `timeout_s`; `extra_body` are
    fields added to every request.

    Raises:
        InputError: an unknown provider, a missing package, key or file, or an unusable URL, key,
            certificate or proxy.

    """
    if base_url is not None:
        base_url = cleaned(base_url)
        if ":" not in model and not provider_of(model).in_process:
            model = f"openai:{model}"
    provider, _, name = model.partition(":")
    facts = provider_of(provider)
    if not name and not facts.in_process:
        raise InputError(
            f"model {model!r}: name it as PROVIDER:NAME, for example openai:{provider}, or "
            f"{EMBEDDED} for the one in this process"
        )
    if not facts.in_process:
        check_connections(os.environ)
    address = Address(model, base_url, timeout_s or TIMEOUT_S, extra_body or {})
    return facts.open(address, facts.traits)
