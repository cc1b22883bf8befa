"""A disk that is full or read-only stops a run in plain words, and costs nothing that was stored.

The command runs in a process of its own, with a limit on the size of its files, or without the
right to write where permissions forbid it, which root otherwise has.
"""

import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.doubles.fake_openai import FakeOpenAI
from tests.doubles.scripted import serve

COMMAND = str(Path(sys.executable).with_name("explore-instruct"))
BOUND = ["--bounding-set=-dac_override,-dac_read_search"]
FILES = ("dataset.jsonl", "rejected.jsonl", "tree.json")

pytestmark = pytest.mark.slow


def call(
    *words: object, largest: int | None = None, bound: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run the command; `largest` is how many bytes its files may have."""
    root = bound and os.geteuid() == 0
    setpriv = shutil.which("setpriv") or ""
    if root and not setpriv:
        pytest.skip("setpriv is not installed")

    def limit() -> None:
        if largest is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    return subprocess.run(
        [*([setpriv, *BOUND] if root else []), COMMAND, *map(str, words)],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=limit,
    )


def run(out: Path, url: str, *more: object, largest: int | None = None) -> tuple[int, str]:
    words = ("run", "rewriting", "--model", "openai:fake", "--base-url", url, "--out", out)
    limits = ("--depth", 1, "--breadth", 4, "--per-task", 6)
    ended = call(*words, *limits, *more, largest=largest)
    return ended.returncode, ended.stderr


@pytest.mark.parametrize("largest", [50_000, 120_000, 200_000, 300_000])
def test_a_full_disk_stops_a_run_that_goes_on_when_there_is_room(
    tmp_path: Path, largest: int
) -> None:
    with FakeOpenAI(serve()) as server:
        assert run(tmp_path / "whole", server.url)[0] == 0
        code, told = run(tmp_path / "full", server.url, largest=largest)
        assert code == 1
        assert "cannot be used: disk I/O error" in told
        assert "internal error" not in told
        ended = call("resume", tmp_path / "full")
    assert ended.returncode == 0
    assert "finished already" not in ended.stderr
    for name in FILES:
        assert (tmp_path / "full" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_a_read_only_folder_is_named_and_can_be_read(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with FakeOpenAI(serve()) as server:
        assert run(out, server.url, "--max-calls", 5)[0] == 0
        kept = (out / "dataset.jsonl").read_bytes()
        for path in (*out.iterdir(), out):
            path.chmod(0o555)
        ended = call("resume", out, "--max-calls", 90, bound=True)
        assert ended.returncode == 2
        assert f"{out} cannot be written" in ended.stderr
        assert call("tree", out, bound=True).returncode == 0
        out.chmod(0o755)
        for path in out.iterdir():
            path.chmod(0o644)
        assert call("resume", out, "--max-calls", 90).returncode == 0
    assert (out / "dataset.jsonl").read_bytes().startswith(kept)
