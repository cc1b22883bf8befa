"""The server's own pages: a run's data set, tree, rejections and report.

The owner and the head of a thread come from the server itself, asked with the caller's key. So
these pages show a caller only what the server would show. `?checkpoint_id=` exports the history up
to a checkpoint.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from errors import ExploreInstructError, InputError
from graph.database import Database
from graph.exported import Exported
from graph.garbage import fewer_collections
from graph.server.deletion import Deletion
from graph.server.itself import itself
from graph.server.keycheck import KeyCheck
from graph.server.mcp import mcp
from graph.server.reported import MOST_RECORDS, report_page, served_policy
from graph.server.restore import GRAPH, restore_threads
from graph.server.shared import close_shared, shared
from graph.server.studio import offer_small_run
from graph.traces import traced
from nodes.settings import Settings
from store.files.folder import ROWS, TREE

LINES = "application/jsonl; charset=utf-8"
TOO_MANY = (
    "{} records are more than a report is made of here: fetch dataset.jsonl and run "
    "`explore-instruct analyze dataset.jsonl --html report.html`"
)

_one_report = asyncio.Lock()
"""A report takes a processor for seconds, so one is made after the other."""


async def lines(request: Request) -> Response:
    """Stream the records, rejections or calls as the run's file of the page's name has them."""
    exported, _ = await _exported(request)
    name = request.url.path.rpartition("/")[2]
    return StreamingResponse(exported.lines(name), media_type=LINES)


async def tree(request: Request) -> Response:
    """Return the whole tree as node-link data."""
    exported, _ = await _exported(request)
    return JSONResponse(await asyncio.to_thread(lambda: exported.tree))


async def report(request: Request) -> Response:
    """Return the page that a run's folder gets. Its scripts can reach nothing of this server."""
    exported, values = await _exported(request)
    if exported.records > MOST_RECORDS:
        raise HTTPException(413, TOO_MANY.format(exported.records))
    async with _one_report:
        text = await asyncio.to_thread(report_page, exported, values)
    return HTMLResponse(text, headers={"content-security-policy": served_policy()})


async def _exported(request: Request) -> tuple[Exported, dict[str, Any]]:
    values = await _values(request)
    if not values.get("head"):
        raise HTTPException(404, "nothing was explored in this thread yet")
    common = await shared()
    await common.check_head(values["head"], str(request.path_params["thread_id"]))
    resources = common.resources
    settings = Settings.model_validate(values.get("settings", {}))
    return await asyncio.to_thread(Exported.at, resources, values["head"], settings), values


async def _values(request: Request) -> dict[str, Any]:
    """Return the thread's state, as the server shows it to this caller."""
    address = f"/threads/{request.path_params['thread_id']}/state"
    if checkpoint := request.query_params.get("checkpoint_id"):
        address += f"/{_uuid(checkpoint)}"
    async with itself(request.app, request.scope) as server:
        answer = await server.get(address)
    if not answer.is_success:
        raise HTTPException(answer.status_code, str(answer.json().get("detail", "refused")))
    values: dict[str, Any] = answer.json().get("values") or {}
    return values


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise HTTPException(422, "checkpoint_id: give a checkpoint's id, a UUID") from error


async def _refusal(_: Request, error: Exception) -> Response:
    status = 400 if isinstance(error, InputError) else 409
    return JSONResponse({"detail": str(error)}, status_code=status)


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    """Trace, open what runs share, put forgotten threads back, offer a small run; close all."""
    with traced(os.environ), fewer_collections():
        await restore_threads(await shared(), Database.of(os.environ))
        await offer_small_run(GRAPH)
        try:
            yield
        finally:
            await close_shared()


PAGES = {**dict.fromkeys(ROWS, lines), TREE: tree, "report": report}

app = Starlette(
    routes=[
        *(Route(f"/explorations/{{thread_id:uuid}}/{name}", p) for name, p in PAGES.items()),
        Route("/mcp", mcp, methods=["POST", "GET", "DELETE"]),
    ],
    middleware=[Middleware(KeyCheck), Middleware(Deletion)],
    lifespan=lifespan,
    exception_handlers={ExploreInstructError: _refusal},
)
