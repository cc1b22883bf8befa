"""The tool that the server offers over the Model Context Protocol."""

import json
from typing import Any

import pytest

from tests.graph.server.driving import ALICE, BOB, SMALL, page
from tests.serving import Server

pytestmark = pytest.mark.slow


async def asked(server: Server, method: str, params: Any = None, key: str = ALICE) -> Any:  # noqa: ANN401 - any JSON
    body = {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}
    accepted = {"accept": "application/json, text/event-stream"}
    async with server.http(key) as http:
        answer = await http.post("/mcp", json=body, headers=accepted)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["jsonrpc"], told["id"]) == ("2.0", 7)
    return told


async def called(server: Server, key: str = ALICE, **arguments: Any) -> Any:  # noqa: ANN401 - any JSON
    told = await asked(server, "tools/call", {"name": "explore", "arguments": arguments}, key)
    return told["result"]


async def test_it_says_what_it_is_and_what_it_takes(server: Server) -> None:
    for version, answered in (("2025-06-18", "2025-06-18"), ("1999-01-01", "2025-11-25")):
        hello = (await asked(server, "initialize", {"protocolVersion": version}))["result"]
        assert hello["protocolVersion"] == answered
        assert hello["capabilities"] == {"tools": {}}
    assert (await asked(server, "ping"))["result"] == {}
    [tool] = (await asked(server, "tools/list"))["result"]["tools"]
    assert tool["name"] == "explore"
    taken = tool["inputSchema"]["properties"]
    assert {"domain", "thread_id", "wait_seconds", "show_records", *SMALL} <= set(taken)
    assert "rewriting" in taken["domain"]["anyOf"][0]["enum"]


async def test_it_explores_and_answers_json(server: Server) -> None:
    result = await called(server, domain="rewriting", show_records=3, **SMALL)
    assert result["isError"] is False
    told = result["structuredContent"]
    assert json.loads(result["content"][0]["text"]) == told
    assert (told["status"], told["counts"]["records"]) == ("success", 20)
    rows = (await page(server, told["thread_id"], "dataset.jsonl")).splitlines()
    assert told["records"] == [json.loads(row) for row in rows[:3]]
    assert told["dataset"] == f"/explorations/{told['thread_id']}/dataset.jsonl"
    again = await called(server, thread_id=told["thread_id"], show_records=20)
    assert len(again["structuredContent"]["records"]) == 20
    theirs = await called(server, BOB, thread_id=told["thread_id"])
    assert theirs["isError"]


async def test_a_run_that_is_not_waited_for_is_read_later(server: Server) -> None:
    begun = await called(server, domain="rewriting", wait_seconds=0, **SMALL)
    thread = begun["structuredContent"]["thread_id"]
    ended = await called(server, thread_id=thread, wait_seconds=30)
    assert ended["structuredContent"]["counts"]["records"] == 20
    asks = await called(server, domain="rewriting", review="tasks", **SMALL)
    told = asks["structuredContent"]
    assert told["status"] == "interrupted"
    assert told["interrupts"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"domain": "rewriting", "depth": 99}, "context, depth: "),
        ({"domain": "rewriting", "dept": 2}, "unknown field 'dept'"),
        ({"domain": "nowhere"}, "no preset is named 'nowhere'"),
        ({}, "domain: give a preset's name"),
        ({"domain": "rewriting", "show_records": -1}, "show_records: -1"),
        ({"domain": "rewriting", "wait_seconds": "long"}, "wait_seconds: 'long'"),
        ({"thread_id": "../assistants"}, "thread_id: '../assistants' is no thread's id"),
        ({"thread_id": "00000000-0000-4000-8000-000000000000"}, "not found"),
        ({"thread_id": "x", "depth": 2}, "depth: give either a thread_id"),
    ],
)
async def test_it_refuses_in_words(server: Server, arguments: dict[str, Any], told: str) -> None:
    result = await called(server, **arguments)
    assert result["isError"] is True
    assert told in result["content"][0]["text"]


async def test_what_is_no_call_is_answered_as_the_protocol_says(server: Server) -> None:
    assert (await asked(server, "tools/call", {"name": "x"}))["error"]["code"] == -32602
    assert (await asked(server, "resources/list"))["error"]["code"] == -32601
    async with server.http(ALICE) as http:
        for body, code in ((b"{", -32700), (b"[]", -32600), (b'{"id": 1}', -32600)):
            answer = await http.post("/mcp", content=body)
            assert answer.json()["error"]["code"] == code
        note = await http.post("/mcp", json={"method": "notifications/initialized"})
        assert (note.status_code, note.content) == (202, b"")
        assert (await http.get("/mcp")).status_code == 405
    async with server.http(None) as http:
        assert (await http.post("/mcp", json={})).status_code == 401
