"""The connections under a provider's client. LangChain has no way to close them."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_CLIENTS = ("root_async_client", "_async_client", "async_client")
"""What LangChain's chat models call the client of their provider."""


async def disconnect(chat: "BaseChatModel") -> None:
    """Close the connections that the chat model opened in the running event loop.

    Its client stays usable: some packages share one between all chat models of a process. A client
    that does not ask through httpx keeps its connections.
    """
    client = _http_client(chat)
    mounted = getattr(client, "_mounts", {}).values()
    for transport in (getattr(client, "_transport", None), *mounted):
        if transport is not None:
            await transport.aclose()


def _http_client(chat: "BaseChatModel") -> Any:  # noqa: ANN401 - of httpx or httpx2, or None
    """Return the httpx client under the provider's own, which may be wrapped more than once."""
    found = (getattr(chat, name, None) for name in _CLIENTS)
    client = next((one for one in found if one is not None), None)
    while client is not None and not hasattr(client, "_transport"):
        client = getattr(client, "_client", None)
    return client
