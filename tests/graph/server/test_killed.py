"""A server that is killed goes on with its threads."""

import asyncio
import json
import shutil
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from langgraph_sdk.client import LangGraphClient

from store.digest import digest
from tests.doubles.fake_openai import FakeOpenAI, FakeReply
from tests.doubles.scripted import serve
from tests.graph.server.driving import ALICE, BOB, SMALL, environ, explore, page
from tests.postgres import Postgres
from tests.serving import PATIENCE_S, Server

pytestmark = pytest.mark.slow


async def test_killed_in_the_middle_it_goes_on_to_the_same_data(
    server: Server, model: FakeOpenAI, alice: LangGraphClient
) -> None:
    context = SMALL | {"per_task": 5, "seed": 3}
    another, expected = await explore(alice, context=context)
    whole = await page(server, another, "dataset.jsonl")
    script, seen = serve(), threading.Semaphore(0)

    def count(request: dict[str, Any]) -> FakeReply:
        if '"records"' in request["messages"][0]["content"]:
            seen.release()
        return script(request)

    model.answer = count
    thread = (await alice.threads.create())["thread_id"]
    await alice.runs.create(thread, "explore", input={"domain": "rewriting"}, context=context)
    for _ in range(20):
        assert await asyncio.to_thread(seen.acquire, timeout=PATIENCE_S)
    server.kill()
    answered = stored_answers(server, thread)
    asked = len(model.requests)
    server.start()
    async with server.client(ALICE) as again:
        before = await again.threads.get_history(thread, limit=1000)
        assert len(before) > 10
        result = await again.runs.wait(thread, "explore", input=None)
    assert isinstance(result, dict)
    assert result["counts"] == expected["counts"]
    assert await page(server, thread, "dataset.jsonl") == whole
    assert len(answered) > 10
    assert not answered & {identity(r["messages"], r["seed"]) for r in model.requests[asked:]}


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_killed_in_its_first_seconds_it_forgets_nothing_of_its_threads(
    kind: str, model: FakeOpenAI, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    kept = {}
    if kind == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        kept["EXPLORE_DATABASE_URL"] = postgres.database()
    server = Server(tmp_path / "server", environ(model.url) | kept)
    script, seen = serve(), threading.Semaphore(0)

    def hold(request: dict[str, Any]) -> FakeReply:
        if '"records"' in request["messages"][0]["content"]:
            seen.release()
            return FakeReply(status=500)
        return script(request)

    server.start()
    try:
        async with server.client(ALICE) as client:
            threads = {}
            for name in ("empty", "reviewed", "finished", "killed"):
                made = await client.threads.create(metadata={"project": name, "n": [1]})
                threads[name] = made["thread_id"]
            await client.threads.update(threads["empty"], metadata={"n": 2})
            given = {"domain": "rewriting"}
            for name, more in (("reviewed", {"review": "tasks"}), ("finished", {})):
                context = SMALL | {"tasks_only": True} | more
                await client.runs.wait(threads[name], "explore", input=given, context=context)
            copied: Any = await client.threads.copy(threads["reviewed"])  # type: ignore[func-returns-value] # it does
            threads["copied"] = copied["thread_id"]
            model.answer = hold
            await client.runs.create(threads["killed"], "explore", input=given, context=SMALL)
            assert await asyncio.to_thread(seen.acquire, timeout=PATIENCE_S)
            server.kill()
            # As in the first 10 seconds: later it writes its list, and a slow machine comes so far.
            shutil.rmtree(server.folder / ".langgraph_api", ignore_errors=True)
        model.answer = script
        server.start()
        async with server.client(ALICE) as client:
            found: Any = {name: await client.threads.get(one) for name, one in threads.items()}
            status = {name: thread["status"] for name, thread in found.items()}
            assert status == {
                "empty": "idle",
                "reviewed": "interrupted",
                "copied": "interrupted",
                "finished": "idle",
                "killed": "interrupted",
            }
            for name, thread in found.items():
                told = thread["metadata"]
                assert told["project"] == ("reviewed" if name == "copied" else name)
                assert told["n"] == (2 if name == "empty" else [1])
                assert told.get("graph_id") == (None if name == "empty" else "explore")
                assert bool(thread["values"]) is (name != "empty")
                assert bool(thread.get("interrupts")) is (name in {"reviewed", "copied"})
            for name in ("reviewed", "copied"):
                answer: Any = {"resume": "approve"}
                done: Any = await client.runs.wait(threads[name], "explore", command=answer)
                assert done["counts"]["tasks"] == 10
            done = await client.runs.wait(threads["killed"], "explore", input=None)
            assert done["counts"]["records"] == 20
            assert (await client.threads.get(threads["killed"]))["status"] == "idle"
        async with server.client(BOB) as bob:
            assert not await bob.threads.search(limit=100)
    finally:
        model.answer = script
        server.stop()


async def test_a_second_server_on_the_same_database_is_refused_while_the_first_runs(
    model: FakeOpenAI, tmp_path: Path
) -> None:
    first = Server(tmp_path / "first", environ(model.url))
    same = {"EXPLORE_DATABASE_URL": f"sqlite:///{first.database}"}
    second = Server(tmp_path / "second", environ(model.url) | same)
    try:
        first.start()
        with pytest.raises(AssertionError, match="is served by another process: stop it"):
            second.start()
        async with first.client(ALICE) as client:
            _, result = await explore(client, context=SMALL | {"tasks_only": True})
        assert result["counts"]["tasks"] == 10
        first.kill()
        second.stop()
        second.start()
    finally:
        first.stop()
        second.stop()


def stored_answers(server: Server, thread: str) -> set[str]:
    """Return what was asked and answered in the thread, as the database has it."""
    database = sqlite3.connect(server.database)
    [(head,)] = database.execute(
        "SELECT commit_id FROM entries WHERE kind = 'begin' AND body LIKE ?", (f"%{thread}%",)
    )
    rows = database.execute(
        "SELECT request FROM answers WHERE run = ?", (digest(head)[:16],)
    ).fetchall()
    database.close()
    requests = [json.loads(row) for (row,) in rows]
    return {identity(request["messages"], request["seed"]) for request in requests}


def identity(messages: list[Any], seed: int) -> str:
    texts = [m["content"] if isinstance(m, dict) else m[1] for m in messages]
    return json.dumps([texts, seed])
