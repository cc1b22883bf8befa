"""The small server behind the page: it shows a question, and saves what a rater says.

The page itself holds no data. Every request for some is checked: its token, its host and origin,
its size, its form.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from errors import RunError
from problems import fault_of
from training.rating.access import refusal
from training.rating.blind import Blind, Side
from training.rating.page import HEADERS, page

MOST_BYTES = 4096
"""Bytes of a request's body at most."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Begin(_Body):
    rater: str


class _Show(_Body):
    rater: str
    place: int = Field(ge=0)


class _Rate(_Body):
    rater: str
    question: str
    choice: Side


Body = TypeVar("Body", bound=_Body)


def application(blind: Blind, token: str, named_host: str) -> web.Application:
    """Return the routes of a comparison's page."""
    routes = _Routes(blind, token, named_host)
    app = web.Application(middlewares=[_headers], client_max_size=MOST_BYTES)
    app.router.add_get("/", _page)
    app.router.add_post("/welcome", routes.answering(_Body, lambda _: blind.welcome()))
    app.router.add_post("/begin", routes.answering(_Begin, lambda body: blind.begin(body.rater)))
    app.router.add_post(
        "/show", routes.answering(_Show, lambda body: blind.show(body.rater, body.place))
    )
    app.router.add_post(
        "/rate",
        routes.answering(_Rate, lambda body: blind.rate(body.rater, body.question, body.choice)),
    )
    return app


class _Routes:
    def __init__(self, blind: Blind, token: str, named_host: str) -> None:
        self._blind = blind
        self._token = token
        self._named_host = named_host

    def answering(self, model: type[Body], answer: Callable[[Body], dict[str, Any]]) -> Handler:
        """Return the handler of requests with such a body."""

        async def handle(request: web.Request) -> web.Response:
            why = refusal(request.headers, self._token, self._named_host)
            if why:
                return _refused(403, why)
            if request.content_type != "application/json":
                return _refused(415, "the body must be application/json")
            try:
                body = model.model_validate_json(await request.read())
                return web.json_response(answer(body))
            except (KeyError, IndexError):
                return _refused(404, "this comparison has no such question")
            except ValueError as error:
                return _refused(400, fault_of(error))
            except RunError as error:
                return _refused(507, str(error))

        return handle


@web.middleware
async def _headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except web.HTTPException as error:
        response = _refused(error.status, error.reason)
    response.headers.update(HEADERS)
    return response


async def _page(_: web.Request) -> web.Response:
    return web.Response(text=page(), content_type="text/html")


def _refused(status: int, why: str) -> web.Response:
    return web.json_response({"error": why}, status=status)
