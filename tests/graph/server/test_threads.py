"""Rollback, deletion and copies, on every database, while the model is waited for."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from langgraph_sdk.client import LangGraphClient

from tests.doubles.fake_openai import FakeOpenAI, FakeReply
from tests.doubles.scripted import serve
from tests.graph.server.driving import (
    ALICE,
    BOB,
    DOMAIN,
    PAGES,
    SMALL,
    Context,
    ended,
    environ,
    page,
)
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
        self.hold()

    def hold(self) -> None:
        """Hold its answers back from now on."""
        self._asked, self._released = threading.Semaphore(0), threading.Event()
        self._model.answer = self._hold

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
    async with asyncio.timeout(PATIENCE_S):
        while True:  # its first steps are stored while it goes on
            if (await client.threads.get_state(thread))["values"]:
                break
            await asyncio.sleep(0.02)
    copy: Any = await client.threads.copy(thread)  # type: ignore[func-returns-value] # it does
    copy = copy["thread_id"]
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


async def test_a_rollback_leaves_no_step_and_pays_for_nothing_twice(
    served: Server, model: FakeOpenAI
) -> None:
    async with served.client(ALICE) as client:
        thread, run = await begin(client)
        assert await ended(client, thread, run) == "success"
        asked = len(model.requests)
        before = await client.threads.get_history(thread, limit=1000)
        changed = await client.runs.create(
            thread, "explore", input=None, context={"per_task": 3}, checkpoint_id=middle(before)
        )
        assert await ended(client, thread, changed["run_id"]) == "success"
        assert len(model.requests) > asked
        await client.runs.delete(thread, changed["run_id"])
        assert await client.threads.get_history(thread, limit=1000) == before
        assert len((await page(served, thread, "dataset.jsonl")).splitlines()) == 20
        asked = len(model.requests)
        again = await client.runs.create(
            thread, "explore", input=None, context={"per_task": 3}, checkpoint_id=middle(before)
        )
        assert await ended(client, thread, again["run_id"]) == "success"
        assert len((await page(served, thread, "dataset.jsonl")).splitlines()) == 30
        assert len(model.requests) == asked


async def test_a_run_that_is_rolled_back_leaves_nothing_behind_for_the_next(
    served: Server, held: Held
) -> None:
    async with served.client(ALICE) as client:
        held.release()
        thread, run = await begin(client)
        assert await ended(client, thread, run) == "success"
        await client.threads.update_state(thread, {"edits": []}, as_node="filter")
        before: Any = await client.threads.get_state(thread)
        held.hold()
        more = {"per_task": 40, "per_call": 1, "parallel": 1}
        going = await client.runs.create(thread, "explore", input=None, context=more)
        await held.asked(1)
        await client.runs.cancel(thread, going["run_id"], wait=True, action="rollback")
        held.release()
        after: Any = await client.threads.get_state(thread)
        assert (after["values"], after["next"]) == (before["values"], before["next"])
        last = await client.runs.create(thread, "explore", input=None, context={"per_task": 3})
        assert await ended(client, thread, last["run_id"]) == "success"
        assert len((await page(served, thread, "dataset.jsonl")).splitlines()) == 30


def middle(history: list[Any]) -> str:
    """Return the checkpoint in the middle of a run."""
    steps = [state for state in history if state["next"] == ["select"]]
    return str(steps[len(steps) // 2]["checkpoint"]["checkpoint_id"])


async def test_a_copy_is_read_and_gone_on_with_and_outlives_its_source(
    served: Server, model: FakeOpenAI
) -> None:
    async with served.client(ALICE) as client:
        thread, run = await begin(client)
        assert await ended(client, thread, run) == "success"
        data = await page(served, thread, "dataset.jsonl")
        asked = len(model.requests)
        copy, going_on = await copied(client, thread, run)
        assert await ended(client, copy, going_on) == "success"
        for name in PAGES:
            assert await page(served, copy, name) == await page(served, thread, name)
        states = await client.threads.get_history(copy, limit=1000)
        source = await client.threads.get_history(thread, limit=1000)
        assert [s["values"] for s in states] == [s["values"] for s in source]
        assert {str(dict(s["checkpoint"])["thread_id"]) for s in states} == {copy}
        again, forked = await copied(client, copy, run)
        assert await ended(client, again, forked) == "success"
        for owner in (BOB, None):
            async with served.http(owner) as http:
                refused = await http.get(f"/explorations/{copy}/dataset.jsonl")
                assert refused.status_code in {401, 403, 404}
                refused = await http.post(f"/threads/{copy}/copy")
                assert refused.status_code in {401, 403, 404, 409}
        forked = (
            await client.runs.create(copy, "explore", input=None, checkpoint_id=middle(states))
        )["run_id"]
        assert await ended(client, copy, forked) == "success"
        assert await page(served, copy, "dataset.jsonl") == data
        assert len(model.requests) == asked, "it was paid for already"
        await client.threads.delete(thread)
        await client.threads.delete(copy)
        assert await page(served, again, "dataset.jsonl") == data
        await client.threads.update_state(again, {"edits": [{"more": "t0"}]}, as_node="filter")
        result = await client.runs.wait(again, "explore", input=None)
        assert isinstance(result, dict)
        assert result["counts"]["tasks"] > 10


async def test_nothing_is_left_of_a_deleted_thread(served: Server, held: Held) -> None:
    rare = "what none but this domain says"
    given = {"domain": DOMAIN | {"description": f"All about {rare}."}}
    async with served.client(ALICE) as client:
        thread = (await client.threads.create())["thread_id"]
        run = await client.runs.create(thread, "explore", input=given, context=CONTEXT)
        await held.asked(1)
        assert rows_with(served, thread)
        assert rows_with(served, rare)
        await client.threads.delete(thread)
        held.release()
        with pytest.raises(httpx.HTTPStatusError):
            await client.runs.get(thread, run["run_id"])
        assert await ended(client, *await begin(client)) == "success"
    assert not rows_with(served, thread)
    assert not rows_with(served, rare)


def rows_with(server: Server, text: str) -> list[str]:
    """Return the tables of the server's database in which a row holds this text."""
    engine = sa.create_engine(server.database_url)
    with engine.connect() as connection:
        found = [
            name
            for name in sa.inspect(engine).get_table_names()
            for row in connection.execute(sa.select(sa.text("*")).select_from(sa.table(name)))
            if text.encode() in b"".join(map(_bytes, row))
        ]
    engine.dispose()
    return found


def _bytes(value: object) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
