"""The same settings give the same bytes, whatever the concurrency and the order of answers."""

from pathlib import Path

import pytest

from tests.doubles.scripted import ScriptedChat, ShuffledChat
from tests.running import SMALL, run_scripted

FILES = ("dataset.jsonl", "rejected.jsonl", "calls.jsonl", "tree.json")


def outputs(folder: Path) -> list[bytes]:
    return [(folder / name).read_bytes() for name in FILES]


@pytest.mark.parametrize("strategy", ["depth-first", "breadth-first", "self-instruct"])
def test_parallel_changes_no_byte(tmp_path: Path, strategy: str) -> None:
    seen = []
    for parallel in (1, 4, 16):
        folder = tmp_path / str(parallel)
        folder.mkdir()
        settings = SMALL.model_copy(update={"parallel": parallel, "strategy": strategy})
        run_scripted(folder, settings, ShuffledChat(shuffle=parallel))
        seen.append(outputs(folder))
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0][0].splitlines()) == 30


def test_a_seed_decides_everything(tmp_path: Path) -> None:
    seen = []
    for number, seed in enumerate((5, 5, 6)):
        folder = tmp_path / str(number)
        folder.mkdir()
        run_scripted(folder, SMALL.model_copy(update={"seed": seed}), ScriptedChat())
        seen.append(outputs(folder))
    assert seen[0] == seen[1] != seen[2]
