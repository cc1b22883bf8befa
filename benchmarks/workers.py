"""Measures `filter` on workers beside `filter` alone: the whole command, on a file of rows.

python -m benchmarks.workers [TEXTS] [WORKERS]

Writes results/workers.json. Both commands run in turn, `REPEATS` times each, on the same file of
perturbed instructions; `ratio` is the wall time with workers, of that without, turn by turn. What
they keep is compared byte by byte. 1,000,000 texts take some six minutes; nothing else should run.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from benchmarks.corpus import perturbed
from benchmarks.machine import machine

RESULTS = Path(__file__).parent / "results"
TEXTS, WORKERS = 1_000_000, 2
REPEATS = 5
START = "from cli.main import main; main()"


def filtered(folder: Path, kept: str, *words: str) -> dict[str, float]:
    """Filter the file in the folder; return the seconds that passed, and those of CPU."""
    command = [sys.executable, "-c", START, "filter", "texts.jsonl", "--out", kept, *words]
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    start = perf_counter()
    with subprocess.Popen(
        command, cwd=folder, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"filter ended with {process.returncode}")
    seconds = {"wall_s": perf_counter() - start, "cpu_s": used.ru_utime + used.ru_stime}
    return {name: round(value, 2) for name, value in seconds.items()}


def measure(folder: Path, workers: int) -> dict[str, Any]:
    """Return the figures of both commands, and their ratios."""
    turns: list[dict[str, Any]] = []
    for turn in range(REPEATS):
        alone = filtered(folder, "alone.jsonl")
        shared = filtered(folder, "shared.jsonl", "--workers", str(workers))
        if (folder / "alone.jsonl").read_bytes() != (folder / "shared.jsonl").read_bytes():
            raise SystemExit("the workers kept other rows")
        ratio = round(shared["wall_s"] / alone["wall_s"], 3)
        turns.append({"alone": alone, "workers": shared, "ratio": ratio})
        print(f"{turn + 1} of {REPEATS}: {json.dumps(turns[-1])}", flush=True)
    return {
        "alone_wall_s": median(turn["alone"]["wall_s"] for turn in turns),
        "workers_wall_s": median(turn["workers"]["wall_s"] for turn in turns),
        "ratio": median(turn["ratio"] for turn in turns),
        "turns": turns,
    }


def main(texts: int = TEXTS, workers: int = WORKERS) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "texts.jsonl").open("w", encoding="utf-8") as file:
            for text in perturbed(texts):
                file.write(json.dumps({"instruction": text}) + "\n")
        found = measure(folder, workers)
    result = {"machine": machine(), "texts": texts, "workers": workers, **found}
    (RESULTS / "workers.json").write_text(json.dumps(result, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
