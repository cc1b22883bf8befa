"""Measures the server on a large run: its memory, and how fast it answers about it afterwards.

python -m benchmarks.served

Writes results/served.json; takes some two minutes. The real server of langgraph.json, in a process
and an empty folder of its own, explores some 2,000 tasks and writes ten records for each, with a
scripted model that answers at once from this process. Memory is the server's resident set, looked
at twice a second. Answers are timed from the request to the last byte, medians of `REPEATS`;
`history_s` is by how many checkpoints are asked for at most, `checkpoints` is how many there are.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import httpx

from benchmarks.machine import machine
from benchmarks.orchestration import RESULTS
from tests.doubles.fake_openai import FakeOpenAI
from tests.doubles.scripted import serve
from tests.serving import Server

CONTEXT = {"depth": 3, "breadth": [12, 12, 13], "frontier": 16, "per_task": 10, "parallel": 32}
REPEATS, LOOK_S, LIMITS = 5, 0.5, (10, 100, 1000)


@contextmanager
def served() -> Iterator[Server]:
    """Run the server on the scripted model until the block ends."""
    with FakeOpenAI(serve()) as model, TemporaryDirectory() as folder:
        environ = {"EXPLORE_BASE_URL": model.url, "OPENAI_API_KEY": "none"}
        server = Server(Path(folder) / "server", environ)
        server.start()
        try:
            yield server
        finally:
            server.stop()


async def explore(server: Server, http: httpx.AsyncClient) -> tuple[str, dict[str, Any]]:
    """Run to the end; return the thread and what the run came to."""
    thread = (await http.post("/threads", json={})).json()["thread_id"]
    body = {"assistant_id": "explore", "input": {"domain": "rewriting"}, "context": CONTEXT}
    start, peak, status = perf_counter(), 0.0, "pending"
    run = (await http.post(f"/threads/{thread}/runs", json=body)).json()["run_id"]
    while status in {"pending", "running"}:
        await asyncio.sleep(LOOK_S)
        status = (await http.get(f"/threads/{thread}/runs/{run}")).json()["status"]
        peak = max(peak, server.resident_mb())
    if status != "success":
        raise RuntimeError(f"the run ended with {status}: see {server.log}")
    counts = (await http.get(f"/threads/{thread}/state")).json()["values"]["counts"]
    seconds = round(perf_counter() - start, 1)
    return thread, {**counts, "run_s": seconds, "peak_mb": round(peak)}


async def timed(http: httpx.AsyncClient, address: str) -> float:
    """Return how long the answer takes, in seconds."""
    seconds = []
    for _ in range(REPEATS):
        start = perf_counter()
        (await http.get(address)).raise_for_status()
        seconds.append(perf_counter() - start)
    return round(median(seconds), 3)


async def measure(server: Server) -> dict[str, Any]:
    """Return all figures."""
    async with server.http(None) as http:
        thread, result = await explore(server, http)
        history, pages = f"/threads/{thread}/history?limit=", f"/explorations/{thread}/"
        whole = await http.get(f"{history}{max(LIMITS)}")
        return result | {
            "checkpoints": len(whole.json()),
            "history_mb": round(len(whole.content) / 1e6, 1),
            "history_s": {str(n): await timed(http, f"{history}{n}") for n in LIMITS},
            "tree_s": await timed(http, f"{pages}tree.json"),
            "dataset_s": await timed(http, f"{pages}dataset.jsonl"),
            "database_mb": round(server.database.stat().st_size / 1e6),
            "resident_mb_after": round(server.resident_mb()),
        }


def main() -> None:
    """Measure, print, and write the results."""
    with served() as server:
        result = asyncio.run(measure(server))
    told = json.dumps({"machine": machine(), "context": CONTEXT, **result}, indent=1)
    print(told)
    (RESULTS / "served.json").write_text(f"{told}\n", "utf-8")


if __name__ == "__main__":
    main()
