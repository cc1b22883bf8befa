"""A bad endpoint costs calls, never records: what came of every answer can be told."""

import asyncio
import json
import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from graph.local import open_run
from nodes.settings import Settings
from prompts.domain import load_preset
from prompts.parse import parse_records, parse_subtasks
from simulator import Options
from tests.simulated import served

TRANSPORT = {"429": 0.1, "500": 0.05, "cut": 0.03}
SPOILT = {"malformed": 0.05, "truncated": 0.02}
RECORDS = 640
FILES = ("dataset.jsonl", "rejected.jsonl", "tree.json")


def ran(
    folder: Path, faults: Mapping[str, float], records: int, **changed: object
) -> dict[str, Any]:
    """Run in a new folder; return what the simulator counted."""
    folder.mkdir()
    options = Options(faults=faults, retry_after_s=0.001, hang_s=0.001)
    chosen = {"per_call": 1, "parallel": 32, "breadth": (6, 3), "records": records, **changed}

    async def go() -> dict[str, Any]:
        async with served(options) as server:
            settings = Settings.model_validate(
                {"model": "openai:any", "base_url": server.url, **chosen}
            )
            async with open_run(folder, settings) as run:
                await run.go(load_preset("rewriting"), lambda _: None, lambda _: None)
            return await server.counts()

    return asyncio.run(go())


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def unread(folder: Path) -> Counter[str]:
    """Return the answers in the journal of which nothing could be used."""
    with closing(sqlite3.connect(folder / "run.db")) as database:
        rows = database.execute("SELECT request, answer FROM answers").fetchall()
    texts: Counter[str] = Counter()
    for request, answer in rows:
        explored = "subtasks" in json.loads(request)["schema"]["required"]
        text = json.loads(answer)["text"]
        parse = parse_subtasks if explored else parse_records
        texts[text] += not parse(text, asked=20).items
    return +texts


@pytest.mark.slow
def test_faults_cost_the_calls_they_strike_and_no_record(tmp_path: Path) -> None:
    necessary = ran(tmp_path / "well", {}, RECORDS)["requests"]
    counts = ran(tmp_path / "ill", TRANSPORT | SPOILT, RECORDS)
    struck = sum(counts["by_fault"].values())
    told = f"{necessary} calls without faults, {counts['requests']} with {counts['by_fault']}"
    print(told)  # noqa: T201 - pytest -rP shows it
    assert counts["requests"] <= 1.02 * necessary + struck
    kept, rejected = (lines(tmp_path / "ill" / name) for name in FILES[:2])
    assert len(kept) == len({row["instruction"] for row in kept}) == RECORDS
    malformed = Counter(row["text"] for row in rejected if row["rule"] == "malformed")
    assert malformed == unread(tmp_path / "ill")
    assert malformed.total() >= counts["by_fault"]["malformed"]
    stats = json.loads((tmp_path / "ill" / "stats.json").read_text("utf-8"))
    assert (stats["finished"], stats["stopped_by"]) == (True, None)


@pytest.mark.parametrize(
    "faults",
    [
        {"429": 0.2, "503": 0.1},
        pytest.param({"500": 0.1}, marks=pytest.mark.slow),
        pytest.param({"cut": 0.1, "timeout": 0.1}, marks=pytest.mark.slow),
    ],
)
def test_faults_of_transport_change_no_byte(tmp_path: Path, faults: dict[str, float]) -> None:
    well = ran(tmp_path / "well", {}, 40, per_call=3)
    ill = ran(tmp_path / "ill", faults, 40, per_call=3)
    assert ill["requests"] == well["requests"] + sum(ill["by_fault"].values())
    for name in FILES:
        assert (tmp_path / "ill" / name).read_bytes() == (tmp_path / "well" / name).read_bytes()
