"""A run of the real pipeline against a simulator, as benchmarks make it."""

from pathlib import Path
from typing import Any

from graph.local import open_run
from nodes.settings import Settings
from prompts.domain import load_preset

MORE_THAN_PAID_FOR = 200_000
"""Records wanted where the tokens are to end the run."""


async def explore(folder: Path, url: str, chosen: dict[str, Any]) -> None:
    """Explore `rewriting` in a folder, with these settings, at the simulator of this base URL."""
    settings = Settings.model_validate({"model": "openai:simulated", "base_url": url, **chosen})
    async with open_run(folder, settings) as run:
        await run.go(load_preset("rewriting"), lambda _: None, lambda _: None)
