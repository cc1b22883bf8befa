"""The check of keys at the server's door: without one nothing but the health check answers.

LangGraph's own authentication leaves the documentation, the metrics and its internal pages open,
so this check stands before all of them.
"""

import os

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from graph.server.keys import MISSING, caller_of, keys_of

HEALTH = "/ok"
CLOSED = {"internal", "deploy"}
"""Pages for the server itself and its developer. They check no owner, so they are closed to all
requests from outside, even with a key."""

IN_PROCESS = "/noauth"
"""The root path of the server's calls to itself, which no request from outside can have."""


class KeyCheck:
    """An ASGI middleware: who has a key may pass, and so may health checks and preflights.

    A preflight (OPTIONS, asking what may be sent from another origin) carries no key and is
    answered before any page is reached.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 401 where the key is missing or wrong; else pass the request on."""
        if scope["type"] == "http" and self._is_closed(scope):
            await _refusal(404, "Not Found")(scope, receive, send)
        elif scope["type"] not in {"http", "websocket"} or self._opens(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": MISSING})
        else:
            await _refusal(401, MISSING)(scope, receive, send)

    def _is_closed(self, scope: Scope) -> bool:
        first = scope["path"].lstrip("/").partition("/")[0].lower()
        return first in CLOSED and self._opens(scope) and not _is_in_process(scope)

    def _opens(self, scope: Scope) -> bool:
        if _is_in_process(scope):
            return True
        headers = Headers(scope=scope)
        method = scope.get("method")
        if scope["path"] == HEALTH and method in {"GET", "HEAD"}:
            return True
        if method == "OPTIONS" and {"origin", "access-control-request-method"} <= set(headers):
            return True
        return caller_of(headers.get("x-api-key"), keys_of(os.environ)) is not None


def _refusal(status: int, detail: str) -> ASGIApp:
    """Return the answer to who may not pass. Pages of every origin may read it, as Studio does."""
    return CORSMiddleware(JSONResponse({"detail": detail}, status), allow_origins=["*"])


def _is_in_process(scope: Scope) -> bool:
    return str(scope.get("root_path", "")).split("/")[:2] == IN_PROCESS.split("/")
