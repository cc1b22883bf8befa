"""Who may do what; and that no key is to be found anywhere."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import httpx
import pytest
from langgraph_sdk.client import LangGraphClient

from tests.doubles.fake_openai import FakeOpenAI, FakeReply
from tests.doubles.scripted import serve
from tests.graph.server.driving import (
    ALICE,
    BOB,
    PAGES,
    PLANTED,
    SMALL,
    Context,
    environ,
    explore,
    page,
)
from tests.serving import ROOT, Server

pytestmark = pytest.mark.slow


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


async def test_what_the_server_offers_to_itself_is_closed_to_every_key(
    server: Server, alice: LangGraphClient
) -> None:
    thread, _ = await explore(alice, context=SMALL | {"tasks_only": True})
    async with server.http(BOB) as http:
        for method, path in (
            ("GET", f"/internal/debug/thread/{thread}"),
            ("POST", "/internal/truncate"),
            ("POST", "/Internal/truncate"),
            ("POST", "/deploy"),
        ):
            answer = await http.request(method, path, json={"name": "x"})
            assert answer.status_code == 404, path
    assert (await alice.threads.get_state(thread))["values"]


async def test_a_state_cannot_be_edited_into_anothers(
    server: Server, alice: LangGraphClient
) -> None:
    thread, _ = await explore(alice)
    theirs: Context = dict((await alice.threads.get_state(thread))["values"])  # type: ignore[arg-type] # one state
    async with server.client(BOB) as bob, server.http(BOB) as http:
        own, _ = await explore(bob, context=SMALL | {"tasks_only": True, "seed": 5})
        for edited, told in (({"head": theirs["head"]}, "head"), ({"run": theirs["run"]}, "run")):
            mine: Context = dict((await bob.threads.get_state(own))["values"])  # type: ignore[arg-type] # one state
            await bob.threads.update_state(own, edited, as_node="filter")
            result = await bob.runs.wait(own, "explore", input=None, raise_error=False)
            assert isinstance(result, dict)
            assert result["__error__"]["message"].startswith(f"{told}: ")
            if told == "head":
                for name in PAGES:
                    assert (await http.get(f"/explorations/{own}/{name}")).status_code == 400
            await bob.threads.update_state(own, {told: mine[told]}, as_node="filter")


async def test_nobody_makes_an_assistant_in_the_servers_name(
    server: Server, alice: LangGraphClient
) -> None:
    async with server.client(BOB) as bob:
        made = await bob.assistants.create("explore", metadata={"created_by": "system"})
    seen = {assistant["assistant_id"] for assistant in await alice.assistants.search(limit=100)}
    assert made["assistant_id"] not in seen
    with pytest.raises(httpx.HTTPStatusError):
        await alice.assistants.get(made["assistant_id"])


PLANNED = {
    "order": 0,
    "operation": "generate",
    "head": "",
    "task": "t0",
    "name": "",
    "asked": 1,
    "turn": 0,
    "others": [],
    "tries": 1,
    "worst": [0, 0],
}


@pytest.mark.parametrize(
    ("edited", "told"),
    [
        ({"head": 5}, "state, head"),
        ({"head": ""}, "head: '' is no step of a run"),
        ({"spent": {}}, "state, the key 'spent.calls' is missing"),
        ({"phase": "zzz"}, "state, phase"),
        ({"settings": "x"}, "state, settings"),
        ({"planned": [{**PLANNED, "others": [["t999", 1, 0]]}]}, "planned: no task 't999'"),
        ({"planned": [{**PLANNED, "head": "ab" * 32}]}, "the journal has no commit"),
    ],
)
async def test_a_state_that_is_none_is_named(
    alice: LangGraphClient, edited: Context, told: str
) -> None:
    thread, _ = await explore(alice, context=SMALL | {"tasks_only": True})
    own = cast("Context", (await alice.threads.get_state(thread))["values"])["head"]
    if "planned" in edited:
        planned = cast("list[Context]", edited["planned"])
        edited = {"planned": [{**step, "head": step["head"] or own} for step in planned]}
    await alice.threads.update_state(thread, edited, as_node="filter")
    result = await alice.runs.wait(thread, "explore", input=None, raise_error=False)
    assert isinstance(result, dict)
    assert result["__error__"]["message"].startswith(told)


@pytest.fixture
def searched(model: FakeOpenAI, tmp_path: Path) -> Iterator[Server]:
    """Return a server of its own, which is stopped and searched."""
    own = Server(tmp_path / "server", environ(model.url))
    own.start()
    yield own
    own.stop()


async def test_the_providers_key_is_nowhere_but_in_the_calls(
    searched: Server, model: FakeOpenAI
) -> None:
    async with searched.client(ALICE) as alice:
        shown = await told_of_a_refusal(searched, model, alice)
    searched.stop()
    files = [path for path in searched.folder.rglob("*") if path.is_file()]
    files = [path for path in files if ROOT not in path.resolve().parents]
    assert {searched.database, searched.log} <= set(files)
    shown += [path.read_bytes() for path in files]
    for secret in (PLANTED, ALICE, BOB):
        assert not any(secret.encode() in text for text in shown)


async def told_of_a_refusal(
    server: Server, model: FakeOpenAI, alice: LangGraphClient
) -> list[bytes]:
    """Return all that the server says of a run whose provider refuses the key, told in full."""
    model.answer = lambda _: FakeReply(status=401, content=f"Incorrect API key provided: {PLANTED}")
    try:
        thread, result = await explore(alice, context=SMALL)
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
    return shown + [await page(server, thread, name) for name in PAGES]
