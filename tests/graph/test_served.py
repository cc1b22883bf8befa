"""The graph as a server gives it: the SDK's whole way of working, steering, and who may do what."""

import asyncio
import json
import re
import sqlite3
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from langgraph_sdk.client import LangGraphClient

from store.journal import digest
from tests.fake_openai import FakeOpenAI, FakeReply
from tests.scripted import serve
from tests.serving import PATIENCE_S, ROOT, Server

pytestmark = pytest.mark.slow

ALICE, BOB = "alice-key-0123456789", "bob-key-9876543210"
PLANTED = "sk-planted-4f1c0ffee5ca1ab1e"
Context = dict[str, Any]

SMALL: Context = {"depth": 2, "breadth": [3, 2], "per_task": 2, "per_call": 1}
PAGES = ("dataset.jsonl", "rejected.jsonl", "calls.jsonl", "tree.json", "report")
DOMAIN: Context = {
    "name": "knots",
    "task": "Knots",
    "description": "Questions about <b>knots</b> and how to tie them.",
    "seeds": [
        {
            "name": "Choose a knot",
            "reason": "Every load wants another knot.",
            "examples": [
                {"instruction": "Which knot joins two ropes?", "output": "A sheet bend."},
                {"instruction": "Which knot makes a fixed loop?", "output": "A bowline."},
            ],
        }
    ],
}


@pytest.fixture(scope="module")
def model() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(serve()) as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def server(model: FakeOpenAI, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    environ = {
        "EXPLORE_API_KEY": f"{ALICE}, {BOB}",
        "EXPLORE_BASE_URL": model.url,
        "EXPLORE_MODEL": "openai:fake",
        "EXPLORE_MAX_RECORDS": "5000",
        "OPENAI_API_KEY": PLANTED,
    }
    served = Server(tmp_path_factory.mktemp("server"), environ)
    served.start()
    yield served
    served.stop()


@pytest.fixture
async def alice(server: Server) -> AsyncIterator[LangGraphClient]:
    async with server.client(ALICE) as client:
        yield client


async def explore(
    client: LangGraphClient,
    given: Any = "rewriting",  # noqa: ANN401 - also what is no domain
    context: Context | None = None,
) -> tuple[str, dict[str, Any]]:
    """Run to the end; return the thread's id and the run's result."""
    thread = (await client.threads.create())["thread_id"]
    result = await client.runs.wait(
        thread, "explore", input={"domain": given}, context=context or SMALL, raise_error=False
    )
    assert isinstance(result, dict)
    return thread, result


async def page(server: Server, thread: str, name: str, key: str = ALICE, at: str = "") -> bytes:
    async with server.http(key) as http:
        answer = await http.get(
            f"/explorations/{thread}/{name}", params={"checkpoint_id": at} if at else {}
        )
        assert answer.status_code == 200, answer.text
        return answer.content


async def ended(client: LangGraphClient, thread: str, run: str) -> str:
    """Return the run's status once it has one that lasts."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            status = str((await client.runs.get(thread, run))["status"])
            if status not in {"pending", "running"}:
                return status
            await asyncio.sleep(0.02)


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


async def test_review_interrupts_and_a_resume_keeps_the_settings(
    server: Server, alice: LangGraphClient
) -> None:
    thread, result = await explore(alice, context=SMALL | {"review": True})
    asked = result["__interrupt__"][0]["value"]
    assert {node["id"] for node in asked["tree"]["nodes"]} >= {"t1", "t2"}
    edits = [{"prune": "t2"}, {"add": "Turn notes into minutes", "below": "t0"}]
    done = await alice.runs.wait(thread, "explore", command={"resume": edits})
    assert isinstance(done, dict)
    names = {node["name"] for node in done["tree"]["nodes"]}
    assert "Turn notes into minutes" in names
    assert "Simplify a text for a certain reader" not in names
    rows = [json.loads(row) for row in (await page(server, thread, "dataset.jsonl")).splitlines()]
    assert {row["task"] for row in rows} == names
    assert len(rows) == 2 * len(names), "not the per_task that the run began with"


async def test_a_fork_from_the_middle_leaves_the_first_line_whole(
    server: Server, alice: LangGraphClient
) -> None:
    thread, result = await explore(alice)
    first = await page(server, thread, "dataset.jsonl")
    history = await alice.threads.get_history(thread, limit=1000)
    assert len(history) > 20
    last = str(history[0]["checkpoint"]["checkpoint_id"])
    middle = next(
        state
        for state in reversed(history)
        if state["next"] == ["select"] and len(dict(state["values"])["tree"]["nodes"]) > 4
    )
    wider: Context = {"breadth": [4, 2]}
    forked = await alice.runs.wait(
        thread,
        "explore",
        input=None,
        checkpoint_id=str(middle["checkpoint"]["checkpoint_id"]),
        context=wider,
    )
    assert isinstance(forked, dict)
    assert forked["counts"]["tasks"] > result["counts"]["tasks"]
    assert forked["counts"]["records"] == 2 * forked["counts"]["tasks"], "per_task was lost"
    assert await page(server, thread, "dataset.jsonl") != first
    assert await page(server, thread, "dataset.jsonl", at=last) == first


async def test_a_state_changed_by_hand_steers_the_search(alice: LangGraphClient) -> None:
    context: Context = {"depth": 1, "breadth": [3], "tasks_only": True}
    thread, result = await explore(alice, context=context)
    assert result["counts"] == {"tasks": 4, "records": 0, "rejected": 0}
    history = await alice.threads.get_history(thread, limit=100)
    middle = [state for state in history if state["next"] == ["select"]][-1]
    wider = {"depth": 1, "breadth": [4], "per_task": 1}
    await alice.threads.update_state(
        thread, {"settings": wider}, as_node="filter", checkpoint=middle["checkpoint"]
    )
    done = await alice.runs.wait(thread, "explore", input=None)
    assert isinstance(done, dict)
    assert done["counts"]["tasks"] == done["counts"]["records"] == 5


@pytest.mark.slow
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


@pytest.mark.parametrize(
    ("given", "context", "told"),
    [
        ("no-such-preset", {}, ["domain", "rewriting"]),
        (5, {}, ["domain", "preset"]),
        (DOMAIN | {"colour": "red"}, {}, ["domain", "colour"]),
        (DOMAIN | {"topics": ["x" * 100] * 5_000}, {}, ["domain", "bytes", "200000"]),
        ("rewriting", {"depth": 99}, ["depth", "8"]),
        ("rewriting", {"depth": 3, "breadth": [3, 2]}, ["breadth", "depth"]),
        ("rewriting", {"depth": 6, "breadth": [50] * 6}, ["depth", "breadth", "10000"]),
        ("rewriting", {"per_task": 9_000}, ["per_task", "5000"]),
        ("rewriting", {"model": "openai:other"}, ["model", "openai:other"]),
        ("rewriting", {"model": "embedded:/etc/passwd"}, ["model", "not allowed"]),
        ("rewriting", {"base_url": "http://stranger.example/v1"}, ["base_url", "not allowed"]),
    ],
)
async def test_what_cannot_be_used_is_named_in_the_result(
    alice: LangGraphClient,
    given: Any,  # noqa: ANN401 - also what is no domain
    context: Context,
    told: list[str],
) -> None:
    _, result = await explore(alice, given, context or SMALL)
    message = result["__error__"]["message"]
    assert all(word in message for word in told), message


async def test_an_unknown_setting_is_refused_before_the_run(server: Server) -> None:
    async with server.http(ALICE) as http:
        thread = (await http.post("/threads", json={})).json()["thread_id"]
        body = {"assistant_id": "explore", "input": {"domain": "math"}, "context": {"dept": 2}}
        answer = await http.post(f"/threads/{thread}/runs/wait", json=body)
    assert answer.status_code == 422
    assert "dept" in answer.text
    assert "per_task" in answer.text


async def test_nothing_but_the_health_check_answers_without_a_key(server: Server) -> None:
    async with server.http(ALICE) as http:
        paths = (await http.get("/openapi.json")).json()["paths"]
    blank = "00000000-0000-4000-8000-000000000000"
    open_routes = set()
    hidden = ["/", "/info", "/metrics", "/docs", "/openapi.json", "/deploy", "/internal/truncate"]
    routes = [(method, path) for path, methods in paths.items() for method in methods]
    routes += [(method, path) for path in hidden for method in ("get", "post")]
    routes += [("get", f"/explorations/{blank}/{name}") for name in PAGES]
    assert len(routes) > 40
    for key in (None, "wrong", ALICE[:-1], f"{ALICE}, {BOB}"):
        async with server.http(key) as http:
            for method, path in routes:
                address = re.sub(r"{[^}]*}", blank, path)
                for headers in ({}, {"x-auth-scheme": "langsmith"}):
                    answer = await http.request(method.upper(), address, headers=headers)
                    if answer.status_code not in {401, 403}:
                        open_routes.add((method, path))
            assert (await http.get("/ok")).status_code == 200
    assert {path for _, path in open_routes} <= {"/ok"}
    asking = {"origin": "https://studio.example", "access-control-request-method": "POST"}
    async with server.http(None) as http:
        preflight = await http.options("/threads", headers=asking)
        assert preflight.status_code == 200
        assert "access-control-allow-origin" in preflight.headers
        assert (await http.options("/threads")).status_code == 401


async def test_one_callers_thread_is_not_anothers(server: Server, alice: LangGraphClient) -> None:
    thread, _ = await explore(alice, context=SMALL | {"tasks_only": True})
    async with server.client(BOB) as bob:
        assert thread not in {t["thread_id"] for t in await bob.threads.search(limit=1000)}
        with pytest.raises(httpx.HTTPStatusError):
            await bob.threads.get(thread)
        with pytest.raises(httpx.HTTPStatusError):
            await bob.threads.get_state(thread)
        with pytest.raises(httpx.HTTPStatusError):
            await bob.threads.get_history(thread)
        with pytest.raises(httpx.HTTPStatusError):
            await bob.runs.wait(thread, "explore", input=None)
        with pytest.raises(httpx.HTTPStatusError):
            await bob.threads.delete(thread)
    async with server.http(BOB) as http:
        for name in PAGES:
            assert (await http.get(f"/explorations/{thread}/{name}")).status_code in {403, 404}
    assert len(await page(server, thread, "tree.json")) > 500


@pytest.mark.slow
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


async def test_the_providers_key_is_nowhere_but_in_the_calls(
    server: Server, model: FakeOpenAI, alice: LangGraphClient
) -> None:
    model.answer = lambda _: FakeReply(status=401, content=f"Incorrect API key provided: {PLANTED}")
    try:
        thread, result = await explore(alice, context=SMALL | {"seed": 9})
    finally:
        model.answer = serve()
    assert "key is refused" in result["__error__"]["message"]
    await alice.runs.wait(thread, "explore", input=None)
    assert model.headers[-1]["authorization"] == f"Bearer {PLANTED}"
    told = (
        result,
        await alice.threads.get(thread),
        await alice.threads.get_state(thread),
        await alice.threads.get_history(thread, limit=1000),
        await alice.runs.list(thread),
        await alice.assistants.search(),
    )
    shown = [json.dumps(part).encode() for part in told]
    shown += [await page(server, thread, name) for name in PAGES]
    server.stop()
    files = [path for path in server.folder.rglob("*") if path.is_file()]
    files = [path for path in files if ROOT not in path.resolve().parents]
    assert {server.database, server.log} <= set(files)
    shown += [path.read_bytes() for path in files]
    for secret in (PLANTED, ALICE, BOB):
        assert not any(secret.encode() in text for text in shown)


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
