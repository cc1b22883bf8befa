"""Measures the mean and highest overlap of many instructions: time, and memory.

python -m benchmarks.overlap [INSTRUCTIONS...]

Writes results/overlap.json; 100,000 instructions, all five billion pairs, take some minutes on two
cores. The texts are the real instructions of ../shared/data and perturbed copies. `grown_mb` is
the peak of this process's memory over what it held before, the texts themselves included.
"""

import json
import os
import sys
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks.corpus import perturbed
from benchmarks.machine import machine, memory_mb, reset_peak
from report.overlap import overlaps

RESULTS = Path(__file__).parent / "results"
SIZES = (10_000, 30_000, 100_000)


def measure(size: int) -> dict[str, float]:
    """Return the figures for so many instructions, with what the measures came to."""
    reset_peak()
    before = memory_mb("VmRSS")
    texts = list(perturbed(size))
    start, cpu = perf_counter(), process_time()
    found = overlaps(texts)
    wall, cpu = perf_counter() - start, process_time() - cpu
    return {
        "instructions": size,
        "seconds": round(wall, 1),
        "cpu_seconds": round(cpu, 1),
        "ns_a_pair": round(1e9 * wall / (size * (size - 1) / 2), 1),
        "grown_mb": round(memory_mb("VmHWM") - before, 1),
        "mean": round(float(found.mean.mean()), 4),
        "mean_of_highest": round(float(found.highest.mean()), 4),
    }


def main() -> None:
    """Measure every size; print, and write the results."""
    overlaps(list(perturbed(1_000)))
    sizes = [int(word) for word in sys.argv[1:]] or SIZES
    results: dict[str, Any] = {"machine": machine(), "load_average": round(os.getloadavg()[0], 2)}
    results["sizes"] = []
    for size in sizes:
        results["sizes"].append(measure(size))
        print(results["sizes"][-1], flush=True)
    (RESULTS / "overlap.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
