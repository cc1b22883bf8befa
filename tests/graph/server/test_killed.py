"""A server that is killed goes on with its threads."""

import asyncio
import json
import sqlite3
import threading
from pathlib import Path
from typing import Any

import pytest
from langgraph_sdk.client import LangGraphClient

from store.digest import digest
from tests.doubles.fake_openai import FakeOpenAI, FakeReply
from tests.doubles.scripted import serve
from tests.graph.server.driving import ALICE, SMALL, environ, explore, page
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
