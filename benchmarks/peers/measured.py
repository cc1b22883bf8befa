"""What every peer's script is told and tells; imports nothing of the project, nor of a peer.

    python -m benchmarks.peers.with_PEER BASE_URL PROMPTS FOLDER

PROMPTS is a JSON list of prompts, each a list of {"role": …, "content": …}. FOLDER gets
answers.json: the answers' texts (None where there is none), and how long it took, CPU time and
memory, child processes included. Imports before `run` do not count.
"""

import json
import resource
import sys
from collections.abc import Callable
from importlib.metadata import version
from os import times
from pathlib import Path
from time import perf_counter

PARALLEL = 32
TIMEOUT_S = 120

Prompt = list[dict[str, str]]
Run = Callable[[str, list[Prompt], Path], list[str | None]]
"""From base URL, prompts and an empty folder to an answer for each prompt."""


def measure(run: Run, package: str) -> None:
    """Run as the command line says, and write what it took."""
    url, prompts, folder = sys.argv[1], json.loads(Path(sys.argv[2]).read_text()), Path(sys.argv[3])
    before, start = times(), perf_counter()
    texts = run(url, prompts, folder)
    makespan, after = perf_counter() - start, times()
    peaks = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    told = {
        "version": version(package),
        "makespan_s": makespan,
        "cpu_s": sum(after[:4]) - sum(before[:4]),
        "peak_mb": sum(resource.getrusage(who).ru_maxrss for who in peaks) / 1024,
        "texts": texts,
    }
    (folder / "answers.json").write_text(json.dumps(told))
