"""The server's own pages: a run's data set, tree, rejections and report."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware

from graph.gate import Gate
from graph.shared import close_shared, shared


@asynccontextmanager
async def lifespan(_: Starlette) -> AsyncIterator[None]:
    """Open what the runs share with the server, so that a wrong setting shows at once; close it."""
    await shared()
    try:
        yield
    finally:
        await close_shared()


app = Starlette(routes=[], middleware=[Middleware(Gate)], lifespan=lifespan)
