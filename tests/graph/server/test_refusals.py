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
        ("rewriting", {"depth": 99}, ["depth", "8"]),
        ("rewriting", {"depth": 3, "breadth": [3, 2]}, ["breadth", "depth"]),
        ("rewriting", {"depth": 6, "breadth": [50] * 6}, ["depth", "breadth", "10000"]),
        ("rewriting", {"review": "sometimes"}, ["review", "'off', 'tasks' or 'expansions'"]),
        ("rewriting", {"generate_prompt": "x" * 1001}, ["generate_prompt", "1000 characters"]),
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


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"input": {"domain": "math"}, "context": {"dept": 2}}, ["context", "dept", "per_task"]),
        (
            {"input": {"domain": "math", "per_task": 1, "dept": 2}},
            ["input", "'per_task', 'dept'", "known: domain", "`context`"],
        ),
    ],
)
async def test_what_is_unknown_is_refused_before_the_run(
    server: Server, sent: dict[str, Any], told: list[str]
) -> None:
    async with server.http(ALICE) as http:
        thread = (await http.post("/threads", json={})).json()["thread_id"]
        body = {"assistant_id": "explore", **sent}
        answer = await http.post(f"/threads/{thread}/runs/wait", json=body)
    assert answer.status_code == 422
    assert all(word in answer.text for word in told), answer.text


async def test_an_assistant_with_unknown_settings_is_refused(
    server: Server, alice: LangGraphClient
) -> None:
    made = await alice.assistants.create("explore", context={"depth": 1})
    async with server.http(ALICE) as http:
        whole = {"graph_id": "explore", "context": {"dept": 2}}
        created = await http.post("/assistants", json=whole)
        changed = await http.patch(f"/assistants/{made['assistant_id']}", json=whole)
    await alice.assistants.delete(made["assistant_id"])
    for answer in (created, changed):
        assert answer.status_code == 422
        assert "dept" in answer.text
