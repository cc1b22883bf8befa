"""The OpenAI protocol: a connection to any endpoint that speaks it, and OpenAI's own.

openai and langchain-openai are imported inside the functions: importing them takes over a second.
"""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from models.masking import mask_secrets, secrets_of
from models.urls import login_of, without_password

if TYPE_CHECKING:
    from ssl import SSLContext

    from langchain_core.language_models import BaseChatModel
    from langchain_openai import ChatOpenAI


def connect_openai(
    name: str,
    url: str | None,
    *,
    key: str,
    timeout_s: float = 120,
) -> "ChatOpenAI":
    """Return a chat model with connections of its own: LangChain's shared ones outlive their loop.

    It asks once: nothing is repeated behind the caller's back. Without a key a placeholder is sent,
    which servers that want none ignore. Traces are told the error that an endpoint answers, and the
    model's base URL: neither holds a key or a password.
    """
    from openai import DefaultAioHttpClient  # noqa: PLC0415 - takes over a second
    from pydantic import SecretStr  # noqa: PLC0415 - with it

    from models.openai_client import PlainChatOpenAI  # noqa: PLC0415 - takes over a second

    async def note(response: Any) -> None:  # noqa: ANN401 - of httpx or httpx2, whichever openai uses
        if response.is_error:
            said = (await response.aread()).decode("utf-8", "replace")
            response._content = mask_secrets(said, secrets_of(os.environ)).encode()  # noqa: SLF001 - httpx has no other way

    return PlainChatOpenAI(
        model=name,
        base_url=without_password(url) if url else url,
        api_key=SecretStr(key or "none"),
        timeout=timeout_s,
        max_retries=0,
        http_async_client=DefaultAioHttpClient(
            auth=login_of(url or ""), event_hooks={"response": [note]}, verify=_certificates()
        ),
        use_responses_api=False,
        disable_streaming=True,  # many endpoints count no tokens in a stream
    )


@cache
def _certificates() -> "SSLContext":
    """Return what connections are verified by, read once: it takes the better part of 0.1 s."""
    from httpx2 import create_ssl_context  # noqa: PLC0415 - comes with openai

    return create_ssl_context()


async def disconnect(chat: "BaseChatModel") -> None:
    """Close the connections of a chat model from `connect_openai`."""
    await chat.root_async_client.close()  # type: ignore[attr-defined] # only ever given a ChatOpenAI
