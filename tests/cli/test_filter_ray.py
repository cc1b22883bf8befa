"""`filter` on a Ray cluster: the same files as alone, whichever node dies."""

import random
from pathlib import Path

import pytest

from store.files.original import read_original
from store.filter import sift
from store.filter.sharded import ShardedIndex
from tests.cli.conftest import Call
from tests.cli.filtering import row, write_lines
from tests.shared_data import DEMO, shared
from tests.work.nodes import cluster, local_only, slow

pytestmark = slow


def test_files_are_the_same_bytes_when_a_node_dies(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    local_only(monkeypatch)
    monkeypatch.setattr(sift, "FIRST_ROWS", 64)
    monkeypatch.setattr(sift, "BLOCK_ROWS", 256)
    draw = random.Random(0)
    texts = [record.instruction for _, record in read_original(shared(DEMO)).records()]
    near = [" ".join(w for w in text.split() if draw.random() < 0.9) for text in texts]
    lines = write_lines(Path("in.jsonl"), map(row, [*texts, *near]))
    files = "--out", "kept.jsonl", "--rejected", "no.jsonl"

    def written() -> tuple[bytes, bytes]:
        return Path("kept.jsonl").read_bytes(), Path("no.jsonl").read_bytes()

    assert call("filter", lines, *files) == 0
    alone = written()
    settle, turns = ShardedIndex._settled, iter(range(1000))
    with cluster() as nodes:

        def deadly(index: ShardedIndex, *blocks: object) -> object:
            if next(turns) == 5:
                nodes.kill_the_second()
            return settle(index, *blocks)  # type: ignore[arg-type]

        monkeypatch.setattr(ShardedIndex, "_settled", deadly)
        assert call("filter", lines, *files, "--ray", nodes.address) == 0
    assert next(turns) > 10
    assert written() == alone
