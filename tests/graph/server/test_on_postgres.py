"""Two servers on one PostgreSQL: what one began, the other goes on with."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.doubles.fake_openai import FakeOpenAI, FakeReply
from tests.doubles.scripted import serve
from tests.postgres import Postgres
from tests.serving import PATIENCE_S, Server

pytestmark = pytest.mark.slow

KEY = "a-key-0123456789"
CONTEXT: dict[str, Any] = {"depth": 2, "breadth": [3, 2], "per_task": 4, "per_call": 1}


async def dataset(server: Server, thread: str) -> bytes:
    async with server.http(KEY) as http:
        answer = await http.get(f"/explorations/{thread}/dataset.jsonl")
        assert answer.status_code == 200, answer.text
        return answer.content


@pytest.mark.slow
async def test_another_server_goes_on_after_the_first_was_killed(
    postgres: Postgres, tmp_path: Path
) -> None:
    script, seen = serve(), threading.Semaphore(0)

    def count(request: dict[str, Any]) -> FakeReply:
        if '"records"' in request["messages"][0]["content"]:
            seen.release()
        return script(request)

    with FakeOpenAI(count) as model:
        environ = {
            "EXPLORE_API_KEY": KEY,
            "EXPLORE_BASE_URL": model.url,
            "EXPLORE_DATABASE_URL": postgres.database(),
        }
        first, second = (Server(tmp_path / name, environ) for name in ("first", "second"))
        try:
            first.start()
            async with first.client(KEY) as client:
                thread = (await client.threads.create())["thread_id"]
                given = {"domain": "rewriting"}
                await client.runs.create(thread, "explore", input=given, context=CONTEXT)
                for _ in range(20):
                    assert await asyncio.to_thread(seen.acquire, timeout=PATIENCE_S)
            first.kill()
            second.start()
            async with second.client(KEY) as client:
                assert len(await client.threads.get_history(thread, limit=1000)) > 10
                await client.runs.wait(thread, "explore", input=None)
                another = (await client.threads.create())["thread_id"]
                await client.runs.wait(another, "explore", input=given, context=CONTEXT)
            whole = await dataset(second, another)
            assert await dataset(second, thread) == whole
            assert len(whole.splitlines()) == 40
        finally:
            first.kill()
            second.stop()
