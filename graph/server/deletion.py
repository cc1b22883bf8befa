"""The deletion of threads: their runs are ended first, and the answer waits until all is deleted.

LangGraph's development server lets the run of a deleted thread go on, at the operator's cost.
"""

import asyncio
import re
from collections.abc import Iterable

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from graph.server.itself import itself
from graph.server.threads import ID, UNDER_WAY, deletions

THREAD = re.compile(rf"/threads/({ID})/?")
PRUNE = re.compile(r"/threads/prune/?")


class Deletion:
    """An ASGI middleware around everything that deletes a thread."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """End the runs of the threads that are to be deleted; then pass the request on."""
        named: Iterable[str] = ()
        deletes = scope["type"] == "http" and scope["method"] == "DELETE"
        if deletes and (thread := THREAD.fullmatch(scope["path"])):
            named = [thread[1]]
        elif scope["type"] == "http" and PRUNE.fullmatch(scope["path"]):
            deletes = True
            request = Request(scope, receive)
            named, receive = await _pruned(request), _again(await request.body())
        if not deletes:
            await self._app(scope, receive, send)
            return
        for thread_id in named:
            await self._end_runs(scope, thread_id)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                await deletions()
            await send(message)

        await self._app(scope, receive, answer)

    async def _end_runs(self, scope: Scope, thread: str) -> None:
        async with itself(self._app, scope) as server:
            for status in UNDER_WAY:
                found = await server.get(f"/threads/{thread}/runs", params={"status": status})
                runs = found.json() if found.is_success else []
                addresses = [f"/threads/{thread}/runs/{run['run_id']}/cancel" for run in runs]
                await asyncio.gather(*(server.post(a, params={"wait": "true"}) for a in addresses))


async def _pruned(request: Request) -> list[str]:
    """Return the threads that a request to prune names; none where it is no such request."""
    try:
        named = (await request.json())["thread_ids"]
    except (ValueError, KeyError, TypeError):
        return []
    threads = named if isinstance(named, list) else []
    return [thread for thread in threads if THREAD.fullmatch(f"/threads/{thread}")]


def _again(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
