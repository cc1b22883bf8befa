"""The connection to an endpoint that speaks the OpenAI protocol.

openai and langchain-openai are imported inside the functions: importing them takes over a second.
"""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from models.masking import mask_secrets, secrets_of
from models.urls import login_of, query_of, without_password

if TYPE_CHECKING:
    from ssl import SSLContext

    from langchain_core.language_models import BaseChatModel
    from langchain_openai import ChatOpenAI


def connect_openai(name: str, url: str | None, *, key: str, timeout_s: float) -> "ChatOpenAI":
    """Return a chat model with its own connections: LangChain's shared ones outlive their loop.

    It never retries. Without a key it sends a placeholder, which servers that need none ignore.
    A trace records an endpoint's error and the model's base URL; both are without keys and
    passwords.
    """
    from openai import DefaultAioHttpClient  # noqa: PLC0415 - takes over a second
    from pydantic import SecretStr  # noqa: PLC0415 - with it

    from models.openai_client import PlainChatOpenAI  # noqa: PLC0415 - takes over a second

    async def mask_error(response: Any) -> None:  # noqa: ANN401 - of httpx or httpx2, whichever openai uses
        if response.is_error:
            text = (await response.aread()).decode("utf-8", "replace")
            response._content = mask_secrets(text, secrets_of(os.environ)).encode()  # noqa: SLF001 - httpx has no other way

    address, query = query_of(url) if url else (None, {})
    return PlainChatOpenAI(
        model=name,
        base_url=without_password(address) if address else None,
        default_query=query,
        api_key=SecretStr(key or "none"),
        timeout=timeout_s,
        max_retries=0,
        http_async_client=DefaultAioHttpClient(
            auth=login_of(url or ""), event_hooks={"response": [mask_error]}, verify=_certificates()
        ),
        http_socket_options=(),  # else langchain-openai warns, wrongly, that proxies are ignored
        use_responses_api=False,
        disable_streaming=True,  # many endpoints count no tokens in a stream
    )


@cache
def _certificates() -> "SSLContext":
    """Return the trusted certificates, read once: reading them takes nearly 0.1 s."""
    from httpx2 import create_ssl_context  # noqa: PLC0415 - comes with openai

    return create_ssl_context()


async def disconnect(chat: "BaseChatModel") -> None:
    """Close the connections of a chat model from `connect_openai`."""
    await chat.root_async_client.close()  # type: ignore[attr-defined] # only ever given a ChatOpenAI
