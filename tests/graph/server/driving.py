"""What the tests of the server share: keys, small runs, and how they are driven."""

import asyncio
from typing import Any

from langgraph_sdk.client import LangGraphClient

from tests.serving import PATIENCE_S, Server

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


def environ(model: str) -> dict[str, str]:
    """Return the variables of a server with two callers, on the model at this base URL."""
    return {
        "EXPLORE_API_KEY": f"{ALICE}, {BOB}",
        "EXPLORE_BASE_URL": model,
        "EXPLORE_MODEL": "openai:fake",
        "EXPLORE_MAX_RECORDS": "5000",
        "OPENAI_API_KEY": PLANTED,
    }


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
