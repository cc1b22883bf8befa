"""Measures the mean and highest overlap of many instructions: time, memory, and the told error.

python -m benchmarks.overlap [all|floor|draws [INSTRUCTIONS...]]

`all` compares all pairs; 100,000 instructions, five billion pairs, take some minutes on two cores.
`floor` finds the highest overlaps from a floor on, and samples the means, on one core; a million
take a quarter of an hour. `draws` tells how often the error that 100 samples tell holds the truth.
The texts are the real instructions of ../shared/data with perturbed copies, for `floor` also with
copies that differ little. `grown_mb` is the peak of this process's memory over what it held before,
the texts themselves included. Writes results/overlap.json, each part for itself.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

from benchmarks.corpus import perturbed, repeated
from benchmarks.machine import machine, memory_mb, reset_peak
from report.analysis import FLOOR
from report.overlap import Overlaps, overlaps, overlaps_from
from report.sampling import DRAWS, Drawn, drawn_places, estimated_highest, estimated_mean

RESULTS = Path(__file__).parent / "results" / "overlap.json"
SAMPLES = 100


def measure(
    texts_of: Callable[[int], Iterator[str]], find: Callable[[list[str]], Overlaps], size: int
) -> tuple[dict[str, Any], Overlaps]:
    """Return the figures for so many instructions, and what was found."""
    reset_peak()
    before = memory_mb("VmRSS")
    texts = list(texts_of(size))
    start, cpu = perf_counter(), process_time()
    found = find(texts)
    wall, cpu = perf_counter() - start, process_time() - cpu
    told = {
        "texts": texts_of.__name__,
        "instructions": size,
        "seconds": round(wall, 1),
        "cpu_seconds": round(cpu, 1),
        "cpu_ns_a_pair": round(1e9 * cpu / (size * (size - 1) / 2), 2),
        "grown_mb": round(memory_mb("VmHWM") - before, 1),
    }
    return told, found


def compare_all(sizes: list[int]) -> list[dict[str, Any]]:
    """Return the figures of all pairs."""
    rows = []
    for size in sizes or [10_000, 30_000, 100_000]:
        told, found = measure(perturbed, overlaps, size)
        means = {"mean": found.mean.mean(), "mean_of_highest": found.highest.mean()}
        rows.append(told | {name: round(float(value), 4) for name, value in means.items()})
        print(rows[-1], flush=True)
    return rows


def from_floor(sizes: list[int]) -> list[dict[str, Any]]:
    """Return the figures of the highest from a floor on, with sampled means."""
    rows = []
    for size in sizes or [100_000, 300_000, 1_000_000]:
        for texts in (perturbed, repeated):
            told, found = measure(texts, lambda texts: overlaps_from(FLOOR, texts), size)
            rows.append(told | _estimates(found))
            print(rows[-1], flush=True)
    return rows


def _estimates(found: Overlaps) -> dict[str, float]:
    drawn = found.drawn
    if drawn is None:
        raise ValueError("a sample was asked for")
    mean = estimated_mean(drawn.mean, len(found.highest))
    nearest = estimated_highest(found.highest, drawn, FLOOR)
    told = {
        "mean": mean.value,
        "mean_error": mean.error,
        "mean_of_highest": nearest.value,
        "mean_of_highest_error": nearest.error,
        "share_below_floor": float((found.highest < FLOOR).mean()),
    }
    return {name: round(value, 5) for name, value in told.items()}


def hundred_draws(sizes: list[int]) -> list[dict[str, Any]]:
    """Return in how many of SAMPLES samples the truth lies within the told error."""
    rows = []
    for size in sizes or [20_000]:
        exact = overlaps(list(perturbed(size)))
        known = np.where(exact.highest >= FLOOR, exact.highest, 0.0)
        held = {"mean": 0, "mean_of_highest": 0}
        most = dict.fromkeys(held, 0.0)
        for seed in range(SAMPLES):
            places = drawn_places(size, DRAWS, seed)
            drawn = Drawn(places, exact.mean[places], exact.highest[places])
            for name, found, truth in (
                ("mean", estimated_mean(drawn.mean, size), exact.mean.mean()),
                ("mean_of_highest", estimated_highest(known, drawn, FLOOR), exact.highest.mean()),
            ):
                held[name] += bool(abs(found.value - truth) <= found.error)
                most[name] = max(most[name], found.error)
        errors = {name: round(value, 5) for name, value in most.items()}
        rows.append({"instructions": size, "samples": SAMPLES, "held": held, "most": errors})
        print(rows[-1], flush=True)
    return rows


PARTS = {"all": compare_all, "floor": from_floor, "draws": hundred_draws}


def main() -> None:
    """Measure one part; print, and write it into the results."""
    part, *sizes = sys.argv[1:] or ["all"]
    load = round(os.getloadavg()[0], 2)
    rows = PARTS[part]([int(word) for word in sizes])
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.is_file() else {}
    results[part] = {"machine": machine(), "load_average": load, "sizes": rows}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
