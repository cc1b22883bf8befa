"""The simulator in a process of its own, so that what is measured pays only for itself."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from simulator.options import Options

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Simulator:
    """A simulator that runs: `url` is the base URL to give to a client, with /v1."""

    url: str

    def counts(self) -> dict[str, Any]:
        """Return what it counted so far; see `Counts`."""
        with urlopen(f"{self.url.removesuffix('/v1')}/counts", timeout=60) as response:  # noqa: S310 - its own address
            told: dict[str, Any] = json.load(response)
        return told


@contextmanager
def simulator(options: Options | None = None) -> Iterator[Simulator]:
    """Run a simulator on a free port until the block ends, or this process."""
    command = [sys.executable, "-m", "simulator", "--port=0", "--attached"]
    with subprocess.Popen(
        [*command, *(options or Options()).arguments()],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        try:
            url = process.stdout.readline().strip() if process.stdout else ""
            if not url:
                raise RuntimeError("the simulator did not start: see its words above")
            yield Simulator(url)
        finally:
            process.kill()
