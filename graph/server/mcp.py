"""The Model Context Protocol at /mcp: one tool, which takes the settings of a run and answers JSON.

Stateless, over streamable HTTP, every answer one JSON object. An exploration may take longer than a
client waits: the tool then answers how far it is, and is called again with its `thread_id`.
"""

import asyncio
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from itertools import islice
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from graph.server.itself import itself
from graph.server.studio import Context
from graph.server.threads import ID, UNDER_WAY
from problems import shown
from prompts.domain import preset_names

PROTOCOLS = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")
TOOL = "explore"
WAIT_S, LONGEST_WAIT_S = 45, 600
RECORDS, MOST_RECORDS = 20, 1_000

PARSE_ERROR, INVALID_REQUEST, UNKNOWN_METHOD, INVALID_PARAMS = -32700, -32600, -32601, -32602

Json = dict[str, Any]


class RefusedError(Exception):
    """What the tool, or the server for it, refuses, in words."""


async def mcp(request: Request) -> Response:
    """Answer one message of a client. There are no streams to open and no sessions to end."""
    if request.method != "POST":
        return Response(status_code=405, headers={"allow": "POST"})
    try:
        message = await request.json()
    except ValueError:
        return JSONResponse(_answer(None, _error(PARSE_ERROR, "the body is no JSON")))
    if not isinstance(message, dict) or not isinstance(message.get("method"), str):
        words = "one JSON-RPC request is expected, as an object"
        return JSONResponse(_answer(None, _error(INVALID_REQUEST, words)))
    if "id" not in message:
        return Response(status_code=202)
    params = message.get("params")
    known = params if isinstance(params, dict) else {}
    return JSONResponse(_answer(message["id"], await _answered(request, message["method"], known)))


async def _answered(request: Request, method: str, params: Json) -> Json:
    """Return the result of a method, or the error."""
    match method:
        case "initialize":
            result = await asyncio.to_thread(_hello, params)
        case "ping":
            result = {}
        case "tools/list":
            result = {"tools": [await asyncio.to_thread(_tool)]}
        case "tools/call" if params.get("name") == TOOL:
            result = await _called(request, params.get("arguments"))
        case "tools/call":
            return _error(INVALID_PARAMS, f"no tool {shown(params.get('name'))}")
        case _:
            return _error(UNKNOWN_METHOD, f"no method {shown(method)}")
    return {"result": result}


def _answer(number: object, told: Json) -> Json:
    return {"jsonrpc": "2.0", "id": number, **told}


def _error(code: int, words: str) -> Json:
    return {"error": {"code": code, "message": words}}


def _hello(params: Json) -> Json:
    asked = params.get("protocolVersion")
    return {
        "protocolVersion": asked if asked in PROTOCOLS else PROTOCOLS[0],
        "capabilities": {"tools": {}},
        "serverInfo": {"name": "explore-instruct", "version": version("explore-instruct")},
    }


def _tool() -> Json:
    settings, names = Context.model_json_schema(), preset_names()
    own = {
        "domain": {
            "description": f"What to explore: {', '.join(names)}, or a domain file's content.",
            "anyOf": [{"type": "string", "enum": names}, {"type": "object"}],
        },
        "thread_id": {
            "type": "string",
            "description": "Instead of a domain: an earlier exploration, to be read.",
        },
        "wait_seconds": _whole("Seconds to wait for its end.", WAIT_S, LONGEST_WAIT_S),
        "show_records": _whole("Records to answer with.", RECORDS, MOST_RECORDS),
    }
    schema = {"type": "object", "properties": own | settings["properties"]}
    about = (
        "Explores a domain as a tree of tasks and writes diverse instruction-tuning data for it. "
        "Answers the thread_id, status, counts, tree and the first records. Where the status is "
        "running, call it again with the thread_id."
    )
    return {"name": TOOL, "description": about, "inputSchema": schema}


def _whole(description: str, default: int, most: int) -> Json:
    bounds = {"type": "integer", "minimum": 0, "maximum": most, "default": default}
    return {"description": description, **bounds}


async def _called(request: Request, arguments: object) -> Json:
    """Return the tool's result: JSON as text, and as it is."""
    given = arguments if isinstance(arguments, dict) else {}
    try:
        async with itself(request.app, request.scope) as server:
            found = await _explore(server, dict(given))
    except RefusedError as refusal:
        return {"content": [{"type": "text", "text": str(refusal)}], "isError": True}
    text = json.dumps(found, ensure_ascii=False)
    failed = found["status"] == "error"
    content = [{"type": "text", "text": text}]
    return {"content": content, "structuredContent": found, "isError": failed}


async def _explore(server: httpx.AsyncClient, given: Json) -> Json:
    wait = _number(given, "wait_seconds", WAIT_S, LONGEST_WAIT_S)
    rows = _number(given, "show_records", RECORDS, MOST_RECORDS)
    thread = given.pop("thread_id", None)
    if thread is None:
        start = {"input": {"domain": given.pop("domain", None)}, "context": given}
        thread = (await _asked(server, "POST", "/threads", {}))["thread_id"]
        run = await _asked(
            server, "POST", f"/threads/{thread}/runs", start | {"assistant_id": "explore"}
        )
    elif given:
        raise RefusedError(f"{', '.join(given)}: give either a thread_id or what to explore")
    elif not isinstance(thread, str) or not re.fullmatch(ID, thread):
        raise RefusedError(f"thread_id: {shown(thread)} is no thread's id")
    else:
        runs = await _asked(server, "GET", f"/threads/{thread}/runs")
        run = runs[0] if runs else {}
    address = f"/threads/{thread}/runs/{run.get('run_id')}"
    if run.get("status") in UNDER_WAY:
        with suppress(TimeoutError):
            await asyncio.wait_for(server.get(f"{address}/join"), wait)
        run = await _asked(server, "GET", address)
    return await _told(server, thread, str(run.get("status", "idle")), rows)


async def _told(server: httpx.AsyncClient, thread: str, status: str, rows: int) -> Json:
    listed = await _asked(server, "GET", f"/threads/{thread}")
    values = (await _asked(server, "GET", f"/threads/{thread}/state"))["values"] or {}
    told: Json = {"thread_id": thread, "status": status}
    told |= {n: values.get(n) for n in ("phase", "counts", "spent", "stopped_by", "tree")}
    if listed["status"] == "interrupted" and status not in UNDER_WAY:
        told |= {"status": "interrupted", "interrupts": listed.get("interrupts")}
    if status == "error":
        told["error"] = (listed.get("error") or {}).get("message")
    data = f"/explorations/{thread}/dataset.jsonl"
    records: list[Json] = []
    if values.get("head"):
        lines = (await server.get(data)).text.splitlines()
        records = [json.loads(line) for line in islice(lines, rows)]
    return told | {"records": records, "dataset": data}


async def _asked(
    server: httpx.AsyncClient, method: str, path: str, body: Mapping[str, Any] | None = None
) -> Any:  # noqa: ANN401 - any JSON
    answer = await server.request(method, path, json=body)
    if not answer.is_success:
        raise RefusedError(str(answer.json().get("detail", "refused")))
    return answer.json()


def _number(given: Json, name: str, default: int, most: int) -> int:
    number = given.pop(name, default)
    if type(number) is not int or not 0 <= number <= most:
        raise RefusedError(f"{name}: {shown(number)} is no whole number from 0 to {most}")
    return number
