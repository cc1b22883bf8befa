"""What cannot be used is refused in words, in the result or before the run."""

from typing import Any

import pytest
from langgraph_sdk.client import LangGraphClient

from tests.graph.server.driving import ALICE, DOMAIN, SMALL, Context, explore
from tests.serving import Server

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("given", "context", "told"),
    [
        ("no-such-preset", {}, ["domain", "rewriting"]),
        (5, {}, ["domain", "preset"]),
        (DOMAIN | {"colour": "red"}, {}, ["domain", "colour"]),
        (DOMAIN | {"topics": ["x" * 100] * 5_000}, {}, ["domain", "bytes", "200000"]),
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


MATH: Context = {"input": {"domain": "math"}}


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (MATH | {"context": {"dept": 2}}, ["context", "dept", "per_task"]),
        (MATH | {"config": {"configurable": {"dept": 2}}}, ["context", "dept", "per_task"]),
        (
            {"input": {"domain": "math", "per_task": 1, "dept": 2}},
            ["input", "'per_task', 'dept'", "known: domain", "`context`"],
        ),
        ({"input": "math"}, ["input: 'math' is no object", '{"domain": "rewriting"}']),
        ({"input": [1]}, ["input: a list is no object"]),
        (MATH | {"context": {"depth": 99}}, ["context, depth", "8, not 99"]),
        (MATH | {"config": {"configurable": {"depth": 99}}}, ["context, depth", "8, not 99"]),
        (MATH | {"context": {"depth": "deep"}}, ["context, depth", "integer", "'deep'"]),
        (MATH | {"context": {"breadth": [3, 99]}}, ["context, breadth[1]", "50, not 99"]),
        (MATH | {"context": {"breadth": 3}}, ["context, breadth", "list, not 3"]),
        (MATH | {"context": {"review": "sometimes"}}, ["'off', 'tasks' or 'expansions'"]),
        (MATH | {"context": {"generate_prompt": "x" * 1001}}, ["1000 characters"]),
        (MATH | {"webhook": "https://93.184.216.34/"}, ["webhook", "calls no caller's address"]),
        ({"input": None}, ["nothing was explored in this thread yet", '{"domain": "rewriting"}']),
        ({"command": {"goto": "select"}}, ["nothing was explored in this thread yet"]),
        ({"command": {"goto": {"node": "finish", "input": {}}}}, ["nothing was explored"]),
        ({"command": {"goto": "nowhere"}}, ["no node is named 'nowhere'", "select, lookahead"]),
        ({"command": {"resume": "approve"}}, ["nothing was explored"]),
        ({"command": {"update": {"edits": []}}}, ["nothing was explored"]),
    ],
)
async def test_what_cannot_be_run_is_refused_before_the_run(
    server: Server, sent: dict[str, Any], told: list[str]
) -> None:
    async with server.http(ALICE) as http:
        thread = (await http.post("/threads", json={})).json()["thread_id"]
        body = {"assistant_id": "explore", **sent}
        answer = await http.post(f"/threads/{thread}/runs/wait", json=body)
    refusal = answer.json()["detail"]
    assert answer.status_code == 422
    assert all(word in refusal for word in told), refusal


@pytest.mark.parametrize(
    "settings",
    [
        {"context": {"dept": 2}},
        {"config": {"configurable": {"dept": 2}}},
        {"context": {"breadth": [1, "dept"]}},
        {"config": {"configurable": {"model": "x" * 500, "dept": 2}}},
    ],
)
async def test_what_brings_unusable_settings_to_its_runs_is_refused(
    server: Server, alice: LangGraphClient, settings: Context
) -> None:
    made = await alice.assistants.create("explore", context={"depth": 1})
    thread = (await alice.threads.create())["thread_id"]
    whole = {"graph_id": "explore", **settings}
    cron = {"assistant_id": "explore", "schedule": "0 0 1 1 *", **MATH, **settings}
    async with server.http(ALICE) as http:
        answers = [
            await http.post("/assistants", json=whole),
            await http.patch(f"/assistants/{made['assistant_id']}", json=whole),
            await http.post("/runs/crons", json=cron | {"on_run_completed": "keep"}),
            await http.post(f"/threads/{thread}/runs/crons", json=cron),
        ]
    await alice.assistants.delete(made["assistant_id"])
    for answer in answers:
        assert answer.status_code == 422
        assert "context" in answer.json()["detail"]
        assert "dept" in answer.json()["detail"]


async def test_a_run_whose_records_would_be_deleted_is_refused(server: Server) -> None:
    body = {"assistant_id": "explore", "input": {"domain": "rewriting"}}
    async with server.http(ALICE) as http:
        run = await http.post("/runs/wait", json=body)
        cron = await http.post("/runs/crons", json=body | {"schedule": "0 0 1 1 *"})
        nothing = await http.post(
            "/runs", json={"assistant_id": "explore", "on_completion": "keep"}
        )
        kept = await http.post(
            "/runs/wait", json=body | {"on_completion": "keep", "context": SMALL}
        )
        thread = kept.headers["content-location"].split("/")[2]
        rows = (await http.get(f"/explorations/{thread}/dataset.jsonl")).text.splitlines()
    assert run.status_code == cron.status_code == nothing.status_code == 422
    assert "on_completion: keep" in run.json()["detail"]
    assert "on_run_completed: keep" in cron.json()["detail"]
    assert "no thread to go on with" in nothing.json()["detail"]
    assert len(rows) == kept.json()["counts"]["records"] > 0


async def test_a_page_of_another_origin_may_read_every_refusal(server: Server) -> None:
    blank = "00000000-0000-4000-8000-000000000000"
    tried = [
        (None, "GET", "/info", 401),
        (None, "POST", "/threads", 401),
        ("wrong", "GET", f"/explorations/{blank}/report", 401),
        (ALICE, "GET", f"/explorations/{blank}/report", 404),
        (ALICE, "GET", f"/threads/{blank}/state", 404),
        (ALICE, "GET", "/internal/debug", 404),
        (ALICE, "GET", "/nowhere", 404),
        (ALICE, "POST", f"/threads/{blank}/runs", 422),
    ]
    for key, method, path, status in tried:
        async with server.http(key) as http:
            answer = await http.request(
                method,
                path,
                headers={"origin": "https://studio.example"},
                json={"assistant_id": "explore", "input": "x"} if status == 422 else None,
            )
        assert answer.status_code == status, (path, answer.text)
        assert answer.headers["access-control-allow-origin"] == "*", path
