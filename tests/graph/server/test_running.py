"""A run from start to end: what it streams and returns, many at once, cancelled."""

import asyncio
import json
import re
import threading
from typing import Any

import pytest
from langgraph_sdk.client import LangGraphClient

from tests.doubles.fake_openai import FakeOpenAI, FakeReply
from tests.doubles.scripted import serve
from tests.graph.server.driving import ALICE, BOB, DOMAIN, SMALL, ended, explore, page
from tests.serving import PATIENCE_S, Server

pytestmark = pytest.mark.slow


async def test_a_preset_streams_its_steps_and_its_events(
    server: Server, alice: LangGraphClient
) -> None:
    thread = (await alice.threads.create())["thread_id"]
    steps: list[str] = []
    events: list[dict[str, Any]] = []
    async for part in alice.runs.stream(
        thread,
        "explore",
        input={"domain": "rewriting"},
        context=SMALL,
        stream_mode=["updates", "custom"],
    ):
        if part.event == "updates":
            steps += part.data
        elif part.event == "custom":
            events.append(dict(part.data))
    assert set(steps) == {
        "prepare",
        "select",
        "lookahead",
        "backtrack",
        "filter",
        "generate",
        "finish",
    }
    assert all(event["v"] == 1 for event in events)
    kinds = [event["type"] for event in events]
    assert {"phase", "task_admitted", "expanding", "generating", "budget"} <= set(kinds)
    rows = (await page(server, thread, "dataset.jsonl")).splitlines()
    assert kinds.count("record_kept") == len(rows) == 20
    state = (await alice.threads.get_state(thread))["values"]
    assert isinstance(state, dict)
    assert state["counts"]["records"] == 20
    assert len(json.loads(await page(server, thread, "tree.json"))["nodes"]) == 10
    rejected = (await page(server, thread, "rejected.jsonl")).splitlines()
    assert (
        len(rejected)
        == state["counts"]["rejected"]
        == kinds.count("record_rejected") + (kinds.count("task_rejected"))
    )


SHOWN = {"phase", "steps", "proposals", "judged", "counts", "spent", "budget_left", "exploration"}
SHOWN |= {"tree", "stopped_by", "head"}


@pytest.mark.parametrize("mode", ["values", "updates"])
async def test_a_stream_shows_what_a_person_looks_at(alice: LangGraphClient, mode: Any) -> None:  # noqa: ANN401 - the SDK's type is private
    thread = (await alice.threads.create())["thread_id"]
    seen: dict[str, list[Any]] = {}
    async for part in alice.runs.stream(
        thread, "explore", input={"domain": "rewriting"}, context=SMALL, stream_mode=[mode]
    ):
        shown = [part.data] if mode == "values" else list(part.data.values())
        for update in shown if part.event == mode else []:
            for each in update if isinstance(update, list) else [update]:
                for name, value in each.items():
                    seen.setdefault(name, []).append(value)
    assert set(seen) == SHOWN | {"sample"}
    assert {"explore", "generate", "finish"} <= set(seen["phase"])
    assert any(value for value in seen["proposals"])
    assert any(step["operation"] == "backtrack" for steps in seen["steps"] for step in steps)


async def test_a_cron_explores_again_and_again_and_keeps_its_records(
    server: Server, alice: LangGraphClient
) -> None:
    cron: Any = await alice.crons.create(
        "explore",
        schedule="* * * * * *",  # every second
        input={"domain": "rewriting"},
        context=SMALL | {"tasks_only": True},
        metadata={"made": "by a cron"},
        on_run_completed="keep",
    )
    threads: list[Any] = []
    async with asyncio.timeout(PATIENCE_S):
        while True:
            threads = await alice.threads.search(metadata={"made": "by a cron"})
            if any(thread["status"] == "idle" and thread["values"] for thread in threads):
                break
            await asyncio.sleep(0.1)
    await alice.crons.delete(cron["cron_id"])
    made: Any = next(thread for thread in threads if thread["values"])
    assert made["values"]["counts"]["tasks"] == 10
    assert json.loads(await page(server, made["thread_id"], "tree.json"))["nodes"]
    async with server.client(BOB) as bob:
        assert not await bob.threads.search(metadata={"made": "by a cron"})
        assert not await bob.crons.search()


async def test_an_inline_domain_returns_its_output_and_an_escaped_report(
    server: Server, alice: LangGraphClient
) -> None:
    thread, result = await explore(alice, DOMAIN)
    assert {"counts", "tree", "sample", "head"} <= set(result)
    assert result["tree"]["nodes"][0]["name"] == "Knots"
    async with server.http(ALICE) as http:
        answer = await http.get(f"/explorations/{thread}/report")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert policy.endswith("sandbox allow-scripts allow-forms")
    found = re.search('<script type="application/json" id="data">(.*?)</script>', answer.text)
    assert found
    rows = json.loads(found[1])["rows"]
    asked = [json.loads(row) for row in (await page(server, thread, "dataset.jsonl")).splitlines()]
    assert [row[3] for row in rows if not row[2]] == [row["instruction"] for row in asked]
    assert "<title>knots: data report</title>" in answer.text
    assert await page(server, thread, "report") == answer.content


async def test_eight_threads_at_once_give_the_same_data(
    server: Server, alice: LangGraphClient
) -> None:
    threads = [thread for thread, _ in await asyncio.gather(*(explore(alice) for _ in range(8)))]
    seen = {await page(server, thread, "dataset.jsonl") for thread in threads}
    assert len(seen) == 1
    assert len(seen.pop().splitlines()) == 20


async def test_a_cancelled_run_asks_nothing_more_and_can_be_gone_on_with(
    server: Server, model: FakeOpenAI, alice: LangGraphClient
) -> None:
    context = SMALL | {"parallel": 2, "per_task": 4}
    release, held = threading.Event(), threading.Semaphore(0)
    script = serve()

    def hold(request: dict[str, Any]) -> FakeReply:
        if '"records"' in request["messages"][0]["content"]:
            held.release()
            release.wait(PATIENCE_S)
        return script(request)

    model.answer = hold
    try:
        thread = (await alice.threads.create())["thread_id"]
        run = (
            await alice.runs.create(
                thread, "explore", input={"domain": "rewriting"}, context=context
            )
        )["run_id"]
        for _ in range(2):
            assert await asyncio.to_thread(held.acquire, timeout=PATIENCE_S)
        asked = len(model.requests)
        await alice.runs.cancel(thread, run, wait=True)
        assert await ended(alice, thread, run) == "interrupted"
    finally:
        release.set()
        model.answer = script
    another, _ = await explore(alice, context=context)
    once = len(model.requests) - asked
    await alice.runs.wait(thread, "explore", input=None)
    assert len(model.requests) - asked - once <= once - 2, "an answer that was on its way was lost"
    assert await page(server, thread, "dataset.jsonl") == await page(
        server, another, "dataset.jsonl"
    )
