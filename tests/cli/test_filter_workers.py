"""`filter` on workers: the same bytes as alone, whatever their number and whoever of them dies."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from store.files.original import read_original
from store.filter import sift
from store.filter.sharded import ShardedIndex
from tests.cli.conftest import Call
from tests.cli.filtering import TEXTS, read_lines, row, write_lines
from tests.serving import ROOT, until
from tests.shared_data import DEMO, shared
from tests.work import pieces

Bytes = tuple[bytes, bytes]


@pytest.fixture
def judged(call: Call, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[str, Bytes]]:
    """Give what filters and returns what is printed, and both files."""

    def go(*words: object) -> tuple[str, Bytes]:
        out, rejected = Path("kept"), Path("no.jsonl")
        assert call("filter", *words, "--out", out, "--rejected", rejected, "--json") == 0
        return capsys.readouterr().out, (out.read_bytes(), rejected.read_bytes())

    return go


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give real instructions, many of them twice or nearly so, in blocks that are small."""
    monkeypatch.setattr(sift, "FIRST_ROWS", 64)
    monkeypatch.setattr(sift, "BLOCK_ROWS", 512)
    draw = random.Random(0)
    texts = [record.instruction for _, record in read_original(shared(DEMO)).records()]
    near = [" ".join(w for w in text.split() if draw.random() < 0.9) for text in texts]
    given = [row(text, task=n % 5) for n, text in enumerate([*texts, *near, "", "?!", "", *texts])]
    draw.shuffle(given)
    return write_lines(Path("in.jsonl"), given)


@pytest.mark.parametrize("more", [(), ("--against", "test.jsonl"), ("--scope", "task")])
@pytest.mark.parametrize("number", [1, 2, pytest.param(7, marks=pytest.mark.slow)])
def test_any_number_of_workers_gives_the_same_bytes(
    judged: Callable[..., object], lines: Path, number: int, more: tuple[str, ...]
) -> None:
    write_lines(Path("test.jsonl"), map(row, [*TEXTS, "Rewrite the text", "?!"]))
    with lines.open("a") as file:
        file.write("broken\n")
    alone = judged(lines, *more, "--skip-bad")
    assert judged(lines, *more, "--skip-bad", "--workers", number) == alone


def test_workers_killed_in_the_middle_change_nothing(
    judged: Callable[..., object], lines: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = judged(lines)
    settle, turns = ShardedIndex._settled, iter(range(100))

    def deadly(index: ShardedIndex, *blocks: object) -> object:
        turn = next(turns)
        worker = index._shards[turn % 2]._worker
        if worker and turn in {1, 4, 5, 10}:
            worker.kill()
        return settle(index, *blocks)  # type: ignore[arg-type]

    monkeypatch.setattr(ShardedIndex, "_settled", deadly)
    assert judged(lines, "--workers", 2) == alone
    assert next(turns) > 10


def test_a_table_and_a_quoted_glob_are_shared_out_too(judged: Callable[..., object]) -> None:
    for part in range(3):
        texts = [f"{text} {part}" for text in TEXTS]
        parquet.write_table(pa.table({"instruction": texts}), f"part-{part}.parquet")
    Path("part-none").mkdir()
    alone = judged("part-0.parquet", "part-1.parquet", "part-2.parquet")
    assert judged("part-*") == judged("part-*", "--workers", 2) == alone


def test_a_glob_without_files_is_told(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    assert call("filter", "none-*.jsonl", "--out", "kept.jsonl") == 2
    assert "none-*.jsonl: no file matches" in capsys.readouterr().err
    write_lines(Path("odd[1].jsonl"), map(row, TEXTS))
    assert call("filter", "odd[1].jsonl", "--out", "kept.jsonl") == 0
    assert len(read_lines(Path("kept.jsonl"))) == 4


@pytest.mark.parametrize("words", [("--workers", "2"), ("--ray", "local")])
def test_what_workers_cannot_share_is_refused(
    call: Call, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    write_lines(Path("in.jsonl"), map(row, TEXTS))
    given = ("filter", "in.jsonl", "--out", "kept.jsonl", "--semantic-threshold", "0.9")
    assert call(*given, *words) == 2
    assert "leave out --workers and --ray" in capsys.readouterr().err
    assert call(*given, "--workers", "1") == 0


def test_far_more_workers_than_processors_are_refused(
    call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lines(Path("in.jsonl"), map(row, TEXTS))
    assert call("filter", "in.jsonl", "--out", "kept.jsonl", "--workers", 10**5) == 2
    told = capsys.readouterr().err
    assert "--workers 100000: more than" in told
    assert f"--workers {os.cpu_count()} is the fastest" in told


def test_a_bad_row_ends_the_workers_and_writes_nothing(
    call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lines(Path("in.jsonl"), [*map(row, TEXTS), {"ask": 1}])
    assert call("filter", "in.jsonl", "--out", "kept.jsonl", "--workers", 2) == 2
    assert "in.jsonl, line 8" in capsys.readouterr().err
    assert list(Path().iterdir()) == [Path("in.jsonl")]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_workers_end_with_the_command(number: signal.Signals, tmp_path: Path) -> None:
    lines = write_lines(tmp_path / "in.jsonl", (row(f"Say {n} and {n * n}") for n in range(10**5)))
    start = "from cli.main import main; main()"
    words = ["filter", str(lines), "--out", "kept.jsonl", "--workers", "2"]
    with subprocess.Popen(
        [sys.executable, "-c", start, *words],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as command:
        until(lambda: len(started_by(command.pid)) >= 2, "two workers")
        workers = started_by(command.pid)
        os.killpg(command.pid, number)
        command.wait()
    for worker in workers:
        pieces.wait_for_end(worker)
    assert not Path("kept.jsonl").exists()


def test_without_the_option_nothing_of_ray_is_imported(tmp_path: Path) -> None:
    write_lines(tmp_path / "in.jsonl", map(row, TEXTS))
    start = (
        "import sys; from typer.testing import CliRunner; from cli.main import app\n"
        "CliRunner().invoke(app, sys.argv[1:], catch_exceptions=False)\n"
        "assert 'work.workers' in sys.modules and not {'ray', 'work.on_ray'} & set(sys.modules)"
    )
    words = ["filter", "in.jsonl", "--out", "kept.jsonl", "--workers", "2"]
    subprocess.run(
        [sys.executable, "-c", start, *words],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=True,
    )
    assert (tmp_path / "kept.jsonl").exists()


def started_by(process: int) -> list[int]:
    """Return the processes that a process started, in any thread of it."""
    files = Path(f"/proc/{process}/task").glob("*/children")
    return [int(word) for file in files for word in file.read_text("utf-8").split()]
