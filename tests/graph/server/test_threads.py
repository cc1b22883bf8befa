"""Rollback, deletion and copies: eight at once, on every database, while the model is waited for."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from langgraph_sdk.client import LangGraphClient

from tests.doubles.fake_openai import FakeOpenAI, FakeReply
from tests.doubles.scripted import serve
from tests.graph.server.driving import ALICE, SMALL, Context, ended, environ, page
from tests.postgres import Postgres
from tests.serving import PATIENCE_S, Server

pytestmark = pytest.mark.slow

EIGHT = 8
CONTEXT: Context = SMALL | {"parallel": 1}
Begun = tuple[str, str]
"""A thread and a run in it."""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def served(
    request: pytest.FixtureRequest, model: FakeOpenAI, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    if request.param == "sqlite":
        yield request.getfixturevalue("server")
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    database = {"EXPLORE_DATABASE_URL": postgres.database()}
    own = Server(tmp_path_factory.mktemp("threads"), environ(model.url) | database)
    own.start()
    yield own
    own.stop()


class Held:
    """The model, all of whose answers are held back until they are released."""

    def __init__(self, model: FakeOpenAI) -> None:
        self._model = model
        self._asked, self._released = threading.Semaphore(0), threading.Event()
        model.answer = self._hold

    def _hold(self, request: dict[str, Any]) -> FakeReply:
        self._asked.release()
        self._released.wait(PATIENCE_S)
        return serve()(request)

    async def asked(self, times: int) -> None:
        """Return when the model was asked so many times."""
        for _ in range(times):
            assert await asyncio.to_thread(self._asked.acquire, timeout=PATIENCE_S)

    def release(self) -> None:
        """Let it answer."""
        self._released.set()
        self._model.answer = serve()


@pytest.fixture
def held(model: FakeOpenAI) -> Iterator[Held]:
    holding = Held(model)
    yield holding
    holding.release()


async def begin(client: LangGraphClient, thread: str = "", **more: Any) -> Begun:  # noqa: ANN401 - as the SDK takes
    thread = thread or (await client.threads.create())["thread_id"]
    given = {"domain": "rewriting"}
    run = await client.runs.create(thread, "explore", input=given, context=CONTEXT, **more)
    return thread, run["run_id"]


async def rolled_back(client: LangGraphClient, thread: str, _run: str) -> Begun:
    return await begin(client, thread, multitask_strategy="rollback")


async def cancelled(client: LangGraphClient, thread: str, run: str) -> Begun:
    await client.runs.cancel(thread, run, wait=True, action="rollback")
    return await begin(client, thread)


async def deleted(client: LangGraphClient, thread: str, _run: str) -> Begun:
    await client.threads.delete(thread)
    return await begin(client)


async def copied(client: LangGraphClient, thread: str, _run: str) -> Begun:
    copy = (await client.threads.copy(thread))["thread_id"]
    return copy, (await client.runs.create(copy, "explore", input=None))["run_id"]


@pytest.mark.parametrize("act", [rolled_back, cancelled, deleted, copied])
async def test_eight_at_once_leave_every_thread_and_every_worker_free(
    served: Server, held: Held, act: Callable[[LangGraphClient, str, str], Awaitable[Begun]]
) -> None:
    async with served.client(ALICE) as client:
        begun = await asyncio.gather(*(begin(client) for _ in range(EIGHT)))
        await held.asked(EIGHT)
        new = await asyncio.gather(*(act(client, *one) for one in begun))
        held.release()
        assert {await ended(client, *one) for one in new} == {"success"}
        data = {await page(served, thread, "dataset.jsonl") for thread, _ in new}
        assert len(data) == 1
        assert len(data.pop().splitlines()) == 20
        left = {thread["thread_id"] for thread in await client.threads.search(limit=1000)}
        assert {thread for thread, _ in new} <= left
        if act is deleted:
            assert not {thread for thread, _ in begun} & left
            return
        for thread, run in begun:
            status = await ended(client, thread, run) if act is copied else "gone"
            assert status == ("success" if act is copied else "gone")
            assert (await client.threads.get(thread))["status"] == "idle"
