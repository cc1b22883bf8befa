"""Measures a long run: a record is to cost at the end what it cost at the beginning.

python -m benchmarks.scale [RECORDS]

Writes results/scale.json; 50,000 records take some ten minutes. The real graph with its journal
and checkpoints on disk, against the simulator without latency in a process of its own. Told of
every fiftieth of the run: CPU time of this process, all its threads, and its memory. `growth` is
the CPU time per record in the last tenth, of that in the first. The very first fiftieth, in which
the tree is explored, and the very last, whose calls have been made ahead, do not count. Wall time
depends on what else the machine does.
"""

import asyncio
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

from benchmarks.machine import machine, memory_mb, reset_peak
from graph.local import open_run
from nodes.settings import Settings
from prompts.domain import load_preset
from simulator import Options, simulator

RESULTS = Path(__file__).parent / "results"
RECORDS, PARALLEL, DEPTH = 50_000, 32, 3
PARTS = 50
"""How often along the run it is looked at."""


class Course:
    """CPU time and memory along a run, told of every event."""

    def __init__(self, records: int) -> None:
        self._step = records // PARTS
        self._kept = 0
        self._cpu = process_time()
        self.parts: list[dict[str, float]] = []

    def __call__(self, event: dict[str, Any]) -> None:
        """Take in an event; note the figures where a part is complete."""
        self._kept += event["type"] == "record_kept"
        if self._kept < self._step * (len(self.parts) + 1):
            return
        cpu = process_time()
        spent, self._cpu = cpu - self._cpu, cpu
        part = {
            "records": self._kept,
            "cpu_ms_a_record": round(1000 * spent / self._step, 3),
            "memory_mb": round(memory_mb("VmRSS"), 1),
        }
        self.parts.append(part)
        print(json.dumps(part), flush=True)

    def growth(self) -> float:
        """Return what a record cost in the last tenth of the run, of what it did in the first."""
        tenth = PARTS // 10
        costs = [part["cpu_ms_a_record"] for part in self.parts[1:-1]]
        return sum(costs[-tenth:]) / sum(costs[:tenth])


async def run_through(folder: Path, url: str, records: int, course: Course) -> None:
    settings = Settings(
        model="openai:simulated", base_url=url, depth=DEPTH, records=records, parallel=PARALLEL
    )
    async with open_run(folder, settings) as run:
        await run.go(load_preset("rewriting"), course, lambda _: None)


def measure(records: int) -> dict[str, Any]:
    """Run once; return the figures."""
    with simulator(Options(repetition=0)) as server, TemporaryDirectory() as name:
        folder, course = Path(name), Course(records)
        reset_peak()
        start, cpu = perf_counter(), process_time()
        asyncio.run(run_through(folder, server.url, records, course))
        wall_s, cpu_s = perf_counter() - start, process_time() - cpu
        stats = json.loads((folder / "stats.json").read_text("utf-8"))
        return {
            "records": stats["records"],
            "tasks": stats["tasks"],
            "rejected": stats["rejected"],
            "calls": server.counts()["requests"],
            "peak_mb": round(memory_mb("VmHWM"), 1),
            "cpu_s": round(cpu_s, 1),
            "wall_s": round(wall_s, 1),
            "growth": round(course.growth(), 3),
            "database_bytes_a_record": (folder / "run.db").stat().st_size // records,
            "parts": course.parts,
        }


def main() -> None:
    """Measure; print, and write the results."""
    records = int(sys.argv[1]) if sys.argv[1:] else RECORDS
    measured = {"machine": machine(), "parallel": PARALLEL, **measure(records)}
    print({name: figure for name, figure in measured.items() if name != "parts"})
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "scale.json").write_text(json.dumps(measured, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
