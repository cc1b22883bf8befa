"""Runs with a judge against the simulator, and what they left."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from graph.local import open_run
from nodes.settings import Settings
from prompts.domain import Domain, load_preset
from simulator import Options
from tests.simulated import served

NAMES = ("dataset.jsonl", "rejected.jsonl", "calls.jsonl", "tree.json")
JUDGED: dict[str, Any] = {
    "model": "openai:writer",
    "judge_model": "openai:judge",
    "strategy": "adaptive",
    "records": 40,
}
FALLIBLE = Options(wrong=0.2, sensitivity=0.9, specificity=0.9)
"""A fifth of the outputs is wrong, and nine verdicts in ten are right."""


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]


def written(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in NAMES]


def ran(
    folder: Path,
    *changes: dict[str, Any],
    options: Options = FALLIBLE,
    domain: Domain | None = None,
) -> dict[str, Any]:
    """Run in the folder once for each of these settings, the later ones going on with the run.

    Return what the simulator counted.
    """
    folder.mkdir(exist_ok=True)
    return asyncio.run(_ran(folder, changes or ({},), options, domain or load_preset("rewriting")))


async def _ran(
    folder: Path, changes: Sequence[dict[str, Any]], options: Options, domain: Domain
) -> dict[str, Any]:
    async with served(options) as server:
        for change in changes:
            settings = Settings.model_validate(JUDGED | {"base_url": server.url} | change)
            async with open_run(folder, settings) as run:
                if (await run.values()).get("head"):
                    await run.reopen()
                await run.go(domain, lambda _: None, lambda _: None)
        return await server.counts()
