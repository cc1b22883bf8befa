"""Drives the served graph with LangGraph's SDK: pip install langgraph-sdk; make serve.

python examples/served.py [FOLDER]

Starts an exploration, shows what happens while it happens, edits the tree where the graph stops for
a review, goes on, and downloads the records; then forks the run from the middle, with more subtasks
for every task, and downloads those records too. EXPLORE_URL names another server, EXPLORE_API_KEY
the key to it.
"""

import os
import sys
from pathlib import Path
from typing import Any

import httpx
from langgraph_sdk import get_sync_client
from langgraph_sdk.client import SyncLangGraphClient

URL = os.environ.get("EXPLORE_URL", "http://127.0.0.1:2024")
KEY = os.environ.get("EXPLORE_API_KEY")
SETTINGS = {"depth": 2, "breadth": [3, 2], "per_task": 2, "review": "tasks"}
EDITS = [
    {"rename": "t1", "name": "Change how a message sounds"},
    {"prune": "t2"},
    {"add": "Turn notes into minutes", "reason": "Meetings end in notes.", "below": "t0"},
    {"ban": "Translate a text"},
]


def main() -> None:
    """Explore, review, go on, download; fork, download."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    with get_sync_client(url=URL, api_key=KEY) as server:
        thread = explore(server, folder)
        fork(server, thread, folder)


def explore(server: SyncLangGraphClient, folder: Path) -> str:
    """Explore, edit the tree at the review, go on, download; return the thread."""
    thread = str(server.threads.create()["thread_id"])
    print(f"thread {thread}: exploring")
    stream(server, thread, input={"domain": "rewriting"}, context=SETTINGS)
    [question] = server.threads.get_state(thread)["interrupts"]
    print(question["value"]["question"])
    print("\n".join(question["value"]["outline"]))
    stream(server, thread, command={"resume": EDITS})
    download(thread, "dataset.jsonl", folder / "first.jsonl")
    return thread


def fork(server: SyncLangGraphClient, thread: str, folder: Path) -> None:
    """Fork from the middle with more subtasks for every task; download."""
    middle = before_records(server, thread)
    print(f"forking from {middle}")
    wider = {"breadth": [4, 2], "review": "off"}
    stream(server, thread, input=None, checkpoint_id=middle, context=wider)
    download(thread, "dataset.jsonl", folder / "forked.jsonl")
    download(thread, "rejected.jsonl", folder / "rejected.jsonl")


def stream(server: SyncLangGraphClient, thread: str, **start: Any) -> None:  # noqa: ANN401
    """Run until the end or the next review; print the events, which docs/events.md explains."""
    for part in server.runs.stream(thread, "explore", stream_mode=["custom"], **start):
        if part.event == "error":
            raise SystemExit(f"the run failed: {part.data['message']}")
        if part.event == "custom":
            print(told(part.data))


def told(event: dict[str, Any]) -> str:
    """Return a line for an event."""
    match event["type"]:
        case "phase":
            return f"== {event['phase']}"
        case "task_admitted":
            return f"+ {event['name']}"
        case "task_rejected":
            return f"- {event['name']}: {event['rule']}, nearest {event['nearest']}"
        case "record_kept":
            return f"+ {event['instruction']}"
        case "record_rejected":
            return f"- {event['text']}: {event['rule']}, nearest {event['nearest']}"
    return f"  {event['type']}"


def before_records(server: SyncLangGraphClient, thread: str) -> str:
    """Return the checkpoint at which the exploration went over to the records."""
    for state in server.threads.get_history(thread, limit=1000):
        if state["next"] == ["review"] and state["parent_checkpoint"]:
            return str(state["parent_checkpoint"]["checkpoint_id"])
    raise SystemExit("the run was not reviewed")


def download(thread: str, name: str, to: Path) -> None:
    """Save a file of the run, as it stands now."""
    address = f"{URL}/explorations/{thread}/{name}"
    with httpx.stream("GET", address, headers={"x-api-key": KEY or ""}) as answer:
        answer.raise_for_status()
        to.write_bytes(b"".join(answer.iter_bytes()))
    print(f"{to}: {len(to.read_bytes().splitlines())} lines")


if __name__ == "__main__":
    main()
