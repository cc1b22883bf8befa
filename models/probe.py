"""Checks of an endpoint before a run: can it be reached, is the key good, what does it serve.

Every failure here is an InputError: nothing of the run has been paid for, and a person can correct
it.
"""

import os
from typing import TYPE_CHECKING

from errors import InputError
from models.answer import Answer
from models.environment import check_connections, connection_advice, key_in
from models.failure import full_text, provider_message, status_of
from models.openai_chat import connect_openai
from models.providers.openai import KEY
from models.providers.table import provider_of
from models.refusal import EndpointRefused, NotAnswered
from models.request import ChatRequest
from models.urls import cleaned, shown_url, without_password

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from models.chat import Endpoint

_TIMEOUT_S = 10.0


async def probe(endpoint: "Endpoint") -> Answer | None:
    """Return when the model can be asked; it is then connected (the embedded one: loaded).

    Where the endpoint lists the model, one GET is enough, and None is returned. Where it does not
    (aliases and variants are seldom listed), the model is asked for one word: the answer says what
    that cost.

    Raises:
        InputError: not reachable, key refused, unknown model, weights missing or wrong.
        NotAnswered: the endpoint asks to slow down; it may answer at another attempt.

    """
    chat = await endpoint.chat()
    if provider_of(endpoint.name).in_process:
        return None
    client = getattr(chat, "root_async_client", None)
    listed = await _listed(client) if client else []
    is_listed = endpoint.name.partition(":")[2] in listed
    return None if is_listed else await _ask_a_word(endpoint, listed)


async def served_model(base_url: str) -> str:
    """Return "openai:NAME" of the one model that the endpoint serves.

    Raises:
        InputError: not reachable, key refused, no model listed, or several (they are named).

    """
    check_connections(os.environ)
    key = key_in(os.environ, KEY)
    chat = connect_openai("none", cleaned(base_url), key=key, timeout_s=_TIMEOUT_S)
    try:
        listed = await _listed(chat.root_async_client)
    finally:
        await chat.root_async_client.close()
    if len(listed) == 1:
        return f"openai:{listed[0]}"
    served = f"serves {_some(listed)}" if listed else "does not say which models it serves"
    raise InputError(f"{shown_url(base_url)} {served}: name one with --model openai:NAME")


async def _listed(client: "AsyncOpenAI") -> list[str]:
    """Return the models that the endpoint lists; none where it has no such list.

    Raises InputError where nobody answers, or where the list lies at another base URL.
    """
    from openai import APIConnectionError  # noqa: PLC0415 - imported with the client

    url = without_password(str(client.base_url)).rstrip("/")
    patient = client.with_options(max_retries=0, timeout=_TIMEOUT_S)
    try:
        return await _names(patient)
    except APIConnectionError as error:
        words = provider_message(error)
        raise InputError(f"{words} ({connection_advice(url, full_text(error))})") from None
    except Exception as error:  # noqa: BLE001 - many servers have no such page, or a different one
        if status_of(error) == 401:
            raise InputError(
                f"{url} refuses the key ({provider_message(error)}): set {KEY} to a valid one"
            ) from None  # the provider's message may repeat the key
    if not url.endswith("/v1"):
        await _look_below(patient, f"{url}/v1")
    return []


async def _names(client: "AsyncOpenAI") -> list[str]:
    page = await client.models.list()
    return [model.id for model in page.data if model.id.isprintable()]


async def _look_below(client: "AsyncOpenAI", url: str) -> None:
    """Raise InputError where the list of models lies at this URL."""
    try:
        await _names(client.with_options(base_url=url))
    except Exception:  # noqa: BLE001 - then it does not lie there
        return
    raise InputError(f"the base URL ends too early: give it as {url}")


async def _ask_a_word(endpoint: "Endpoint", listed: list[str]) -> Answer:
    from langchain_core.messages import BaseMessage, HumanMessage  # noqa: PLC0415 - takes a second

    messages: list[BaseMessage] = [HumanMessage("Say yes.")]
    request = ChatRequest(
        messages=messages, schema=None, seed=0, max_tokens=16, temperature=1.0, run_name="probe"
    )
    try:
        answer = await endpoint.ask(request)
    except EndpointRefused as error:
        if isinstance(error, NotAnswered) and error.slow_down:
            raise
        served = f"; it serves {_some(listed)}" if listed else ""
        raise InputError(f"{error}{served}") from error
    if answer.refusal:
        raise InputError(
            f"{endpoint.name}: {answer.refusal} (see that the base URL is that of an "
            "OpenAI-compatible endpoint; it often ends in /v1)"
        )
    return answer


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(names[:10]) + more
