"""Killed anywhere, a run resumes to the same bytes and asks nothing again that was answered.

The run is a process of its own; the server it asks is here, and kills it with SIGKILL at the n-th
request, before or after answering, so that the blow falls at another moment of the run each time.
"""

import asyncio
import json
import multiprocessing
import os
import signal
import sqlite3
from pathlib import Path
from random import Random
from typing import Any

import pytest

from graph.local import open_run
from nodes.settings import Settings
from prompts.domain import load_preset
from tests.fake_openai import FakeOpenAI, FakeReply
from tests.scripted import serve

TRIALS = 20
FILES = ("dataset.jsonl", "rejected.jsonl", "tree.json")

# Children start from a process that has imported everything, so that each takes no time to begin.
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.graph.test_crash", "tests.graph.warm"])


def run_to_the_end(folder: Path, url: str) -> None:
    settings = Settings(
        model="openai:fake", base_url=url, depth=1, breadth=(4,), per_task=3, per_call=1, window=8
    )

    async def go() -> None:
        async with open_run(folder, settings) as run:
            await run.go(load_preset("rewriting"), lambda _: None, lambda _: None)

    asyncio.run(go())


class Executioner:
    """Answers as the script says, and kills the process it was given at a certain request."""

    def __init__(self) -> None:
        self.script = serve()
        self.victim: Any = None
        self.at = 0
        self.after_answering = False
        self.seen = 0
        self.asked: list[str] = []

    def __call__(self, request: dict[str, Any]) -> FakeReply:
        self.seen += 1
        self.asked.append(identity(request["messages"], request["seed"]))
        if self.seen == self.at and self.victim is not None:
            os.kill(self.victim.pid, signal.SIGKILL)
        return self.script(request)


def identity(messages: list[Any], seed: int) -> str:
    texts = [m["content"] if isinstance(m, dict) else m[1] for m in messages]
    return json.dumps([texts, seed])


def stored_answers(folder: Path) -> set[str]:
    database = sqlite3.connect(folder / "run.db")
    try:
        rows = database.execute("SELECT request FROM answers").fetchall()
    except sqlite3.OperationalError:  # killed before the tables were made
        rows = []
    finally:
        database.close()
    requests = [json.loads(row) for (row,) in rows]
    return {identity(request["messages"], request["seed"]) for request in requests}


@pytest.mark.slow
def test_killed_at_any_moment_it_resumes_to_the_same_bytes(tmp_path: Path) -> None:
    server = Executioner()
    with FakeOpenAI(server) as endpoint:
        whole = tmp_path / "whole"
        whole.mkdir()
        run_to_the_end(whole, endpoint.url)
        expected = [(whole / name).read_bytes() for name in FILES]
        calls = server.seen
        draw = Random(1)
        for trial in range(TRIALS):
            folder = tmp_path / str(trial)
            folder.mkdir()
            server.at = draw.randint(1, calls)
            while True:
                answered = stored_answers(folder) if (folder / "run.db").exists() else set()
                server.seen, server.asked = 0, []
                process = _context.Process(target=run_to_the_end, args=(folder, endpoint.url))
                process.start()
                server.victim = process
                process.join()
                assert not answered & set(server.asked), "an answered call was asked again"
                if process.exitcode == 0:
                    break
                assert process.exitcode == -signal.SIGKILL
                server.at = draw.randint(1, calls)
            assert [(folder / name).read_bytes() for name in FILES] == expected
            rows = (folder / "dataset.jsonl").read_text().splitlines()
            assert len({json.loads(row)["id"] for row in rows}) == len(rows)
