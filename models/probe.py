"""Checks of an endpoint before a run: can it be reached, is the key good, what does it serve.

Every failure here is an InputError: nothing has been paid for, and a person can correct it.
"""

import os
from typing import TYPE_CHECKING

from errors import InputError
from models.openai_chat import connect_openai
from models.providers.table import provider_of
from models.refusal import EndpointRefused, provider_message, status_of
from models.request import ChatRequest
from models.urls import check_url, without_password

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from models.chat import Endpoint

_TIMEOUT_S = 10.0


async def probe(endpoint: "Endpoint", *, may_cost: bool = True) -> None:
    """Return when the model can be asked; it is then connected (the embedded one: loaded).

    Where the endpoint lists the model, one GET is enough. Where it does not (aliases and variants
    are seldom listed), the model is asked for one word, if the check `may_cost` something.

    Raises:
        InputError: not reachable, key refused, unknown model, weights missing or wrong.

    """
    chat = await endpoint.chat()
    if provider_of(endpoint.name).in_process:
        return
    client = getattr(chat, "root_async_client", None)
    listed = await _listed(client) if client else []
    if endpoint.name.partition(":")[2] not in listed and may_cost:
        await _ask_a_word(endpoint, listed)


async def served_model(base_url: str) -> str:
    """Return "openai:NAME" of the one model that the endpoint serves.

    Raises:
        InputError: not reachable, key refused, no model listed, or several (they are named).

    """
    check_url(base_url)
    chat = connect_openai("none", base_url, key=os.environ.get("OPENAI_API_KEY", "").strip())
    try:
        listed = await _listed(chat.root_async_client)
    finally:
        await chat.root_async_client.close()
    if len(listed) == 1:
        return f"openai:{listed[0]}"
    served = f"serves {_some(listed)}" if listed else "does not say which models it serves"
    raise InputError(f"{without_password(base_url)} {served}: name one with --model openai:NAME")


async def _listed(client: "AsyncOpenAI") -> list[str]:
    from openai import APIConnectionError  # noqa: PLC0415 - imported with the client

    url = without_password(str(client.base_url))
    try:
        page = await client.with_options(max_retries=0, timeout=_TIMEOUT_S).models.list()
        return [model.id for model in page.data if model.id.isprintable()]
    except APIConnectionError as error:
        raise InputError(
            f"{url} cannot be reached ({provider_message(error)}): see that the server runs, "
            "or give another base URL"
        ) from error
    except Exception as error:  # noqa: BLE001 - many servers have no such page, or a different one
        if status_of(error) in {401, 403}:
            raise InputError(
                f"{url} refuses the key ({provider_message(error)}): "
                "set OPENAI_API_KEY to a valid one"
            ) from None  # the provider's message may repeat the key
        return []


async def _ask_a_word(endpoint: "Endpoint", listed: list[str]) -> None:
    from langchain_core.messages import BaseMessage, HumanMessage  # noqa: PLC0415 - takes a second

    messages: list[BaseMessage] = [HumanMessage("Say yes.")]
    request = ChatRequest(
        messages=messages, schema=None, seed=0, max_tokens=16, temperature=1.0, run_name="probe"
    )
    try:
        answer = await endpoint.ask(request)
    except EndpointRefused as error:
        served = f"; it serves {_some(listed)}" if listed else ""
        raise InputError(f"{error}{served}") from error
    if answer.refusal:
        raise InputError(
            f"{endpoint.name}: {answer.refusal} (see that the base URL is that of an "
            "OpenAI-compatible endpoint; it often ends in /v1)"
        )


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return ", ".join(names[:10]) + more
