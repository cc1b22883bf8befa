"""The server asked by itself, with a caller's key: it shows and does what it would for them."""

import httpx
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Scope


def itself(app: ASGIApp, scope: Scope) -> httpx.AsyncClient:
    """Return a client to the server as the caller of this request."""
    key = Headers(scope=scope).get("x-api-key", "")
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url="http://explore",
        headers={"x-api-key": key},
        timeout=None,  # noqa: S113 - a run may take its time to end
    )
