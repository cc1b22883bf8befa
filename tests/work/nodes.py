"""A Ray cluster of two nodes on this machine, and the marks of tests that start one."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NODES = Path(__file__).with_name("ray_nodes.py")

needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason='needs Ray: pip install ".[ray]"'
)
slow = [
    pytest.mark.slow,
    pytest.mark.ray,
    needs_ray,
    # Ray warns of what is to change in it.
    pytest.mark.filterwarnings("ignore"),
]


class Nodes:
    """A cluster of two nodes with a processor each, as tests/work/ray_nodes.py starts it."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.address = self._told()

    def kill_the_second(self) -> None:
        assert self._process.stdin
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        assert self._told() == "killed"

    def _told(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


@contextmanager
def cluster(*words: str) -> Iterator[Nodes]:
    environ = {name: value for name, value in os.environ.items() if name != "MARK"}
    with subprocess.Popen(
        [sys.executable, NODES, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environ | {"RAY_USAGE_STATS_ENABLED": "0"},
    ) as process:
        try:
            yield Nodes(process)
        finally:
            assert process.stdin
            process.stdin.close()


def local_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have all that Ray starts listen on 127.0.0.1, without a token."""
    monkeypatch.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
