"""One model names the tree, another writes the records, each on a server of its own."""

import asyncio
import json
from pathlib import Path
from typing import Any

from graph.local import open_run
from nodes.settings import Settings
from prompts.domain import load_preset
from simulator import Options
from tests.simulated import served

NAMES = ("dataset.jsonl", "rejected.jsonl", "calls.jsonl", "tree.json")
Counts = dict[str, Any]


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]


async def explored(folder: Path, parallel: int, **caps: int) -> tuple[Counts, Counts]:
    """Run, cut short by the caps and gone on with; return what both servers counted."""
    async with served(Options()) as small, served(Options(seed=1)) as large:
        settings = Settings(
            model="openai:small",
            base_url=small.url,
            write_model="openai:large",
            write_base_url=large.url,
            strategy="adaptive",
            records=40,
            parallel=parallel,
        )
        for capped in (settings.model_copy(update=caps), settings) if caps else (settings,):
            async with open_run(folder, capped) as run:
                if (await run.values()).get("head"):
                    await run.reopen()
                await run.go(load_preset("rewriting"), lambda _: None, lambda _: None)
        return await small.counts(), await large.counts()


def test_each_model_is_asked_for_its_own_work_alone(tmp_path: Path) -> None:
    small, large = asyncio.run(explored(tmp_path, 8))
    assert (small["tasks_written"], large["tasks_named"]) == (0, 0)
    assert small["tasks_named"] > 0
    assert {row["model"] for row in rows(tmp_path, "dataset.jsonl")} == {"large"}
    by_model = {(row["operation"], row["model"]) for row in rows(tmp_path, "calls.jsonl")}
    assert {model for operation, model in by_model if operation != "generate"} == {"small"}
    assert ("generate", "large") in by_model


def test_the_stats_tell_what_each_role_took(tmp_path: Path) -> None:
    small, large = asyncio.run(explored(tmp_path, 8))
    stats = json.loads((tmp_path / "stats.json").read_text("utf-8"))
    for role, model, counts in (("explore", "small", small), ("write", "large", large)):
        told = stats["roles"][role]
        assert told["models"] == [model]
        assert told["calls"] == counts["answered"]
        assert told["prompt_tokens"] == counts["prompt_tokens"]
        assert told["completion_tokens"] == counts["completion_tokens"]
    assert sum(one["calls"] for one in stats["roles"].values()) == stats["calls"]


def test_neither_parallel_calls_nor_a_break_change_a_byte_and_nothing_is_asked_twice(
    tmp_path: Path,
) -> None:
    seen = []
    for number, (parallel, caps) in enumerate(((1, {}), (16, {}), (8, {"max_minutes": 1e-6}))):
        folder = tmp_path / str(number)
        folder.mkdir()
        small, large = asyncio.run(explored(folder, parallel, **caps))  # type: ignore[arg-type]
        assert small["asked_again"] == large["asked_again"] == 0
        seen.append([(folder / name).read_bytes() for name in NAMES])
    assert seen[0] == seen[1] == seen[2]
