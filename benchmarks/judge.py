"""Measures a judge in the run: what is still wrong, its calls, and how busy an endpoint is kept.

python -m benchmarks.judge [quality|utilisation]

Writes results/judge.json; takes some ten minutes. The simulator gets a fifth of its outputs wrong,
and judges nine in ten of them right, right outputs and wrong ones alike. `RECORDS` are wanted. What
the rates imply: so many verdicts that enough pass, so many records that enough are left to judge
after rules and filter, `PER_CALL` records a call, and the calls that explored.

The endpoint's utilisation is measured on a tree that exists already, with one second an answer,
`PARALLEL` calls in flight, judge and writer at the same endpoint; medians of `REPEATS` runs of
640 records, one a call.
"""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from statistics import fmean, median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from benchmarks.machine import machine
from benchmarks.orchestration import BREADTH, PARALLEL, TASKS, planted
from benchmarks.pipeline import explore
from graph.local import open_run
from nodes.settings import Settings
from prompts.domain import load_preset
from simulator import Options, simulator
from simulator.truth import is_wrong

RESULTS = Path(__file__).parent / "results" / "judge.json"
SEEDS, RECORDS, PER_CALL, REPEATS = range(20), 500, 5, 3
FALLIBLE = Options(wrong=0.2, sensitivity=0.9, specificity=0.9)
PASSES = 0.8 * 0.9 + 0.2 * 0.1
"""The share of judged records that pass: right ones found right, and wrong ones missed."""

WAYS: Mapping[str, dict[str, Any]] = {
    "no judge": {},
    "judge": {"judge_model": "openai:judge"},
    "judge, revise": {"judge_model": "openai:judge", "revise": True},
}


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    """Return the lines of a run's file."""
    return [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]


def kept_wrong(seed: int, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Run once; return the share of wrong records among the kept, and the calls."""
    with simulator(FALLIBLE) as server, TemporaryDirectory() as name:
        folder = Path(name)
        wanted = {"records": RECORDS, "parallel": 16, "strategy": "adaptive", "seed": seed}
        asyncio.run(explore(folder, server.url, {**wanted, **chosen}))
        kept, counts = rows(folder, "dataset.jsonl"), server.counts()
        return {
            "records": len(kept),
            "wrong": fmean(is_wrong(row["instruction"], row["output"]) for row in kept),
            "calls": counts["requests"],
            "asked_again": counts["asked_again"],
            "of_implied": counts["requests"] / implied(folder),
        }


def implied(folder: Path) -> float:
    """Return the calls that the rates imply for the records of a judged run without revisions."""
    gone = [str(row["rule"]) for row in rows(folder, "rejected.jsonl") if row["kind"] == "record"]
    calls = Counter[str](row["operation"] for row in rows(folder, "calls.jsonl"))
    unfit = sum(rule != "judge" for rule in gone) / (RECORDS + len(gone))
    judged = RECORDS / PASSES
    written = judged / (1 - unfit)
    return calls["lookahead"] + calls["backtrack"] + written / PER_CALL + judged


def quality() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what each way keeps, over all seeds."""
    for way, chosen in WAYS.items():
        found = [kept_wrong(seed, chosen) for seed in SEEDS]
        told = {
            "wrong_mean": round(fmean(one["wrong"] for one in found), 4),
            "wrong": [round(one["wrong"], 4) for one in found],
            "records": sorted({one["records"] for one in found}),
            "calls_mean": round(fmean(one["calls"] for one in found), 1),
            "asked_again": sum(one["asked_again"] for one in found),
        }
        if way == "judge":
            told["calls_of_implied_mean"] = round(fmean(one["of_implied"] for one in found), 4)
            told["calls_of_implied_most"] = round(max(one["of_implied"] for one in found), 4)
        print(way, json.dumps(told), flush=True)
        yield way, told


async def write(folder: Path, url: str, chosen: Mapping[str, Any]) -> None:
    """Write records on a tree that exists already."""
    each = {"per_task": 640 // TASKS, "depth": len(BREADTH), "breadth": BREADTH}
    settings = Settings.model_validate(
        {"model": "openai:simulated", "base_url": url, "parallel": PARALLEL, **each, **chosen}
    )
    domain = load_preset("rewriting")
    async with open_run(folder, settings) as run:
        await run.plant(domain, planted(domain))
        await run.go(domain, lambda _: None, lambda _: None)


def busy(chosen: Mapping[str, Any], options: Options) -> dict[str, float]:
    """Run once; return how busy the endpoint was kept."""
    with simulator(options) as server, TemporaryDirectory() as name:
        start = perf_counter()
        asyncio.run(write(Path(name), server.url, chosen))
        makespan, counts = perf_counter() - start, server.counts()
        return {
            "makespan_s": makespan,
            "utilisation": counts["latency_s"] / (makespan * PARALLEL),
            "calls": counts["requests"],
        }


def utilisation() -> Iterator[tuple[str, dict[str, float]]]:
    """Yield how busy each way keeps an endpoint; where outputs are wrong, the end is thin."""
    ways = (
        ("all right, no judge", Options(), WAYS["no judge"]),
        ("all right, judge", Options(), WAYS["judge"]),
        ("a fifth wrong, judge", FALLIBLE, WAYS["judge"]),
    )
    for way, options, chosen in ways:
        slow = replace(options, repetition=0, latency_s=1)
        found = [busy({**chosen, "per_call": 1}, slow) for _ in range(REPEATS)]
        told = {key: round(median(one[key] for one in found), 3) for key in found[0]}
        print(way, json.dumps(told), flush=True)
        yield way, told


PARTS = {"quality": quality, "utilisation": utilisation}


def main() -> None:
    """Measure the parts named, or both; print, and write the results."""
    known = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    results = {
        **known,
        "machine": machine(),
        "records": RECORDS,
        "seeds": len(SEEDS),
        "parallel": PARALLEL,
        "repeats": REPEATS,
    }
    for name in sys.argv[1:] or PARTS:
        load = round(os.getloadavg()[0], 2)
        results[name] = dict(PARTS[name]()) | {"load_average_before": load}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
