"""The examples do what they say."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.graph.server.driving import ALICE
from tests.serving import ROOT, Server

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "command", [[sys.executable, "-W", "default", "served.py"], ["bash", "served.sh"]]
)
async def test_an_example_explores_reviews_forks_and_downloads(
    server: Server, tmp_path: Path, command: list[str]
) -> None:
    done = await asyncio.to_thread(
        subprocess.run,
        [*command, str(tmp_path)],
        cwd=ROOT / "examples",
        env=os.environ | {"EXPLORE_URL": server.url, "EXPLORE_API_KEY": ALICE},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "nclosed" not in done.stderr
    assert "review" in done.stdout
    tasks = {
        name: {json.loads(row)["task"] for row in (tmp_path / name).read_text().splitlines()}
        for name in ("first.jsonl", "forked.jsonl")
    }
    own = {"Change how a message sounds", "Turn notes into minutes"}
    assert own <= tasks["first.jsonl"]
    assert "Simplify a text for a certain reader" in tasks["forked.jsonl"] - tasks["first.jsonl"]
    assert not own & tasks["forked.jsonl"]
    assert (tmp_path / "rejected.jsonl").exists()
