"""A run of a domain whose records are conversations, on the simulator, up to its last file."""

import json
from pathlib import Path
from typing import Any

import pytest

from graph.local import open_run
from models.endpoint import endpoint
from nodes.settings import Settings
from prompts.domain import load_domain
from prompts.wording import wording_version
from simulator import Options
from tests.simulated import served

TUTORING = load_domain(str(Path(__file__).parents[2] / "examples" / "tutoring.yaml"))


async def written(folder: Path, options: Options, **asked: object) -> list[dict[str, Any]]:
    settings = Settings(model="openai:simulated", depth=1, breadth=(4,), **asked)
    async with served(options) as simulator:
        opener = lambda named: endpoint(str(named.model), simulator.url)  # noqa: E731
        async with open_run(folder, settings, opener) as run:
            await run.go(TUTORING, lambda _: None, lambda _: [])
    return [json.loads(line) for line in (folder / "dataset.jsonl").read_text().splitlines()]


async def test_every_record_is_a_conversation_as_long_as_asked(tmp_path: Path) -> None:
    faults = {"malformed": 0.1}
    rows = await written(tmp_path, Options(faults=faults), per_task=4, per_call=2)
    assert len(rows) == 20
    for row in rows:
        messages = row["messages"]
        assert [m["role"] for m in messages] == ["user", "assistant"] * (len(messages) // 2)
        assert 4 <= len(messages) <= 8
        assert row["instruction"] == messages[0]["content"]
        assert (row["input"], row["output"]) == ("", messages[-1]["content"])
        assert row["system"] == TUTORING.system
    assert len({len(row["messages"]) for row in rows}) > 1
    calls = [json.loads(line) for line in (tmp_path / "calls.jsonl").read_text().splitlines()]
    versions = {call["prompt_version"] for call in calls}
    stats = json.loads((tmp_path / "stats.json").read_text())
    assert versions == {stats["prompt_version"]} == {wording_version(conversations=True)}


@pytest.mark.parametrize("parallel", [1, 16])
async def test_the_bytes_do_not_depend_on_the_calls_in_flight(
    tmp_path: Path, parallel: int
) -> None:
    one = await written(tmp_path / "one", Options(), per_task=3, parallel=4)
    other = await written(tmp_path / "other", Options(), per_task=3, parallel=parallel)
    assert one == other
