"""Runs on the simulator write the bytes that they wrote before: a refactoring changes none.

`same_bytes.json` holds the hashes. A commit that changes prompts, rules or the search on purpose
records them anew with `python -m tests.flows.test_same_bytes`, and says why.
"""

import asyncio
import json
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from graph.local import open_run
from models.endpoint import endpoint
from nodes.settings import Settings
from prompts.domain import load_preset
from simulator import Options
from tests.simulated import served

HASHES = Path(__file__).with_name("same_bytes.json")
FILES = ("dataset.jsonl", "rejected.jsonl", "tree.json", "calls.jsonl")
EDITS = [{"prune": "t2"}, {"add": "Turn notes into minutes", "below": "t0"}, {"more": "t1"}]

RUNS: dict[str, tuple[str, Options, dict[str, Any]]] = {
    "defaults": ("rewriting", Options(), {"per_task": 2}),
    "deep": ("brainstorming", Options(), {"depth": 3, "breadth": (3, 2, 2), "per_task": 3}),
    "strict": ("math", Options(), {"frontier": 1, "breadth": (4, 3), "per_task": 3, "per_call": 2}),
    "total": ("rewriting", Options(), {"breadth": (5, 3), "records": 60, "window": 3}),
    "another seed": ("rewriting", Options(), {"breadth": (4, 2), "per_task": 3, "seed": 7}),
    "by task": ("rewriting", Options(repetition=0.5), {"scope": "task", "breadth": (3, 2)}),
    "strict filter": (
        "brainstorming",
        Options(repetition=0.4),
        {"threshold": 0.45, "semantic_threshold": 0.9, "breadth": (4, 3), "per_task": 4},
    ),
    "faults": (
        "rewriting",
        Options(faults={"malformed": 0.1, "truncated": 0.05}),
        {"breadth": (4, 3), "per_task": 4, "per_call": 3, "window": 12},
    ),
    "few calls": ("rewriting", Options(), {"max_calls": 20}),
    "few tokens": ("math", Options(), {"max_tokens": 80_000, "parallel": 3}),
    "told more": (
        "brainstorming",
        Options(),
        {
            "lookahead_prompt": "Think of small firms.",
            "backtrack_prompt": "Think of schools.",
            "generate_prompt": "Be brief.",
            "breadth": (4, 2),
            "per_task": 3,
        },
    ),
    "saturated": (
        "rewriting",
        Options(repetition=0.9),
        {"breadth": (12, 3), "patience": 1, "saturation": 0.6, "dry_calls": 2, "per_task": 8},
    ),
    "reviewed": ("rewriting", Options(), {"review": "tasks", "breadth": (4, 2), "per_task": 3}),
    "tree alone": ("math", Options(), {"tasks_only": True, "depth": 3, "breadth": (4, 3, 2)}),
    "baseline": ("rewriting", Options(), {"strategy": "self-instruct", "records": 60}),
    "baseline, capped": (
        "brainstorming",
        Options(faults={"malformed": 0.1}),
        {"strategy": "self-instruct", "max_calls": 20, "per_task": 4, "per_call": 4, "seed": 3},
    ),
    "adaptive": ("rewriting", Options(), {"strategy": "adaptive", "max_tokens": 120_000}),
    "adaptive, edited": (
        "brainstorming",
        Options(repetition=0.4, faults={"malformed": 0.1}),
        {"strategy": "adaptive", "review": "tasks", "records": 80, "per_call": 3, "depth": 2},
    ),
}


async def written(folder: Path, name: str) -> dict[str, str]:
    """Run in `folder`, and return the hash of each file that must stay as it is."""
    preset, options, asked = RUNS[name]
    answers = iter([EDITS])
    async with served(options) as simulator:
        opener = lambda settings: endpoint(str(settings.model), simulator.url)  # noqa: E731
        async with open_run(folder, Settings(model="openai:simulated", **asked), opener) as run:
            await run.go(load_preset(preset), lambda _: None, lambda _: next(answers, []))
    return {file: sha256((folder / file).read_bytes()).hexdigest() for file in FILES}


@pytest.mark.parametrize("name", RUNS)
async def test_a_run_writes_the_bytes_that_it_wrote_before(name: str, tmp_path: Path) -> None:
    assert await written(tmp_path, name) == json.loads(HASHES.read_text())[name]


def record() -> None:
    """Write the hashes as they are now."""
    found = {}
    for name in RUNS:
        with TemporaryDirectory() as folder:
            found[name] = asyncio.run(written(Path(folder), name))
    HASHES.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    record()
