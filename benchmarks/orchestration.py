"""Measures the graph beside a bare asyncio loop: how busy it keeps an endpoint, and at what price.

python -m benchmarks.orchestration [SCENARIO...]

Writes results/orchestration.json; all scenarios take some 18 minutes, those named replace theirs.

640 records, one a call, 32 calls in flight, medians of `REPEATS` runs. Ours is the real graph with
its journal and its checkpoints on disk, on a tree of 64 tasks that exists already, so that every
call is a generation call. The bare loop is the openai client behind a semaphore: it asks again what
cannot be read, keeps what it got in a list, and neither filters nor stores. Both run in this
process, one after the other; the simulator runs in its own. CPU is this process's alone, all its
threads. `makespan_s` is the whole run, opened, closed and its files written; `calls_s` goes from
the first request to the last answer, as the simulator saw it. Records come without stock ones.
"""

import asyncio
import json
import os
import sqlite3
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any, cast

from openai import AsyncOpenAI

from benchmarks.machine import machine, memory_mb, reset_peak
from graph.local import open_run
from nodes.settings import TRIES, Settings
from prompts.domain import Domain, load_preset
from prompts.parse import parse_records
from prompts.render import RecordTask, record_messages, retry_messages
from prompts.schema import record_schema, record_tokens
from simulator import Options, simulator
from store.digest import seed_of
from store.journal.log import Entry

RESULTS = Path(__file__).parent / "results"
RECORDS, PARALLEL, REPEATS = 640, 32, 5
BREADTH = (7, 8)
TASKS = 1 + 7 + 7 * 8
SCENARIOS = {
    "fixed 0.05 s": Options(repetition=0, latency_s=0.05),
    "fixed 1 s": Options(repetition=0, latency_s=1),
    "log-normal, mean 1 s, sigma 0.5": Options(repetition=0, latency_s=1, sigma=0.5),
    "log-normal, mean 1 s, sigma 0.7": Options(repetition=0, latency_s=1, sigma=0.7),
    "1 s, 10 % 429, 5 % 500, 5 % malformed": Options(
        repetition=0, latency_s=1, faults={"429": 0.1, "500": 0.05, "malformed": 0.05}
    ),
}
ROLES = {"system": "system", "human": "user", "ai": "assistant"}

Run = Callable[[str, Domain, Path], Coroutine[Any, Any, int]]
"""From a base URL, a domain and an empty folder to the number of valid records."""


async def ours(url: str, domain: Domain, folder: Path) -> int:
    settings = Settings(
        model="openai:simulated",
        base_url=url,
        depth=len(BREADTH),
        breadth=BREADTH,
        per_task=RECORDS // TASKS,
        per_call=1,
        parallel=PARALLEL,
    )
    async with open_run(folder, settings) as run:
        await run.plant(domain, planted(domain))
        await run.go(domain, lambda _: None, lambda _: None)
    return len((folder / "dataset.jsonl").read_text("utf-8").splitlines())


def planted(domain: Domain) -> Iterator[Entry]:
    """Yield a tree of 64 tasks that is complete, so that nothing is explored."""
    for number in range(TASKS):
        parent = None if number == 0 else f"t{number // 8}"
        depth = (number > 0) + (number > 7)
        name = domain.task if number == 0 else f"Kind {number} of text"
        body = {"id": f"t{number}", "parent": parent, "depth": depth, "name": name}
        yield Entry("task", body | {"reason": f"People need kind {number}."})


async def bare(url: str, domain: Domain, folder: Path) -> int:
    del folder  # it keeps nothing
    gate = asyncio.Semaphore(PARALLEL)
    async with AsyncOpenAI(base_url=url, api_key="none", max_retries=6, timeout=120) as client:

        async def one(number: int) -> int:
            async with gate:
                return await asked(client, domain, number)

        return sum(await asyncio.gather(*(one(number) for number in range(RECORDS))))


async def asked(client: AsyncOpenAI, domain: Domain, number: int) -> int:
    """Ask for a record until it can be read, as often as ours does; return how many came."""
    task = f"Kind {number % TASKS} of text"
    asked_task = RecordTask(
        task=task,
        reason="People need it.",
        path=[domain.task, task],
        topic=domain.topics[number % len(domain.topics)],
        asked=1,
    )
    messages = record_messages(domain, tasks=[asked_task])
    schema = {"name": "answer", "schema": record_schema(1, domain), "strict": True}
    for attempt in range(TRIES):
        body = await client.chat.completions.create(
            model="simulated",
            messages=cast("Any", [{"role": ROLES[m.type], "content": m.text} for m in messages]),
            seed=seed_of(number, attempt),
            max_tokens=record_tokens(1, domain),
            temperature=0.8,
            response_format=cast("Any", {"type": "json_schema", "json_schema": schema}),
        )
        text = body.choices[0].message.content or ""
        parsed = parse_records(text, asked=1)
        if parsed.items:
            return 1
        messages = retry_messages(messages, text, parsed.problems)
    return 0


def measure(run: Run, options: Options, domain: Domain) -> dict[str, Any]:
    """Run once against a fresh simulator; return the figures."""
    with simulator(options) as server, TemporaryDirectory() as name:
        folder = Path(name)
        reset_peak()
        before, cpu, start = memory_mb("VmRSS"), process_time(), perf_counter()
        valid = asyncio.run(run(server.url, domain, folder))
        makespan, cpu = perf_counter() - start, process_time() - cpu
        counts = server.counts()
        told = {
            "makespan_s": makespan,
            "calls_s": counts["span_s"],
            "ideal_s": counts["latency_s"] / PARALLEL,
            "utilisation": counts["latency_s"] / (makespan * PARALLEL),
            "cpu_ms_a_call": 1000 * cpu / counts["requests"],
            "peak_mb": memory_mb("VmHWM"),
            "grown_mb": memory_mb("VmHWM") - before,
            "valid": valid,
            "requests": counts["requests"],
            "good": counts["good"],
            "most_in_flight": counts["most_in_flight"],
            "asked_again": counts["asked_again"],
        }
        return told | stored(folder)


def stored(folder: Path) -> dict[str, Any]:
    """Return what a run of ours left in its folder; empty for the bare loop."""
    database = folder / "run.db"
    if not database.exists():
        return {}
    with closing(sqlite3.connect(database)) as connection:
        checkpoints, steps, most = connection.execute(
            "SELECT sum(length(checkpoint) + length(metadata)), count(*), max(length(checkpoint)) "
            "FROM checkpoints"
        ).fetchone()
        (writes,) = connection.execute("SELECT sum(length(value)) FROM writes").fetchone()
    return {
        "checkpoint_bytes_a_call": (checkpoints + writes) / RECORDS,
        "checkpoints": steps,
        "largest_checkpoint_bytes": most,
        "database_bytes_a_call": database.stat().st_size / RECORDS,
        "data_sha256": sha256((folder / "dataset.jsonl").read_bytes()).hexdigest(),
    }


def compare(name: str, options: Options) -> dict[str, Any]:
    """Measure both in a scenario, in turns; return medians, every makespan, and the data's hash."""
    domain = load_preset("rewriting")
    told: dict[str, Any] = {"load_average_before": round(os.getloadavg()[0], 2)}
    runs: dict[str, list[dict[str, Any]]] = {"ours": [], "bare": []}
    for _ in range(REPEATS):
        for method in (ours, bare):
            runs[method.__name__].append(measure(method, options, domain))
    told["load_average_after"] = round(os.getloadavg()[0], 2)
    print(name, told)
    for method_name, measured in runs.items():
        told[method_name] = summed_up(measured)
        print(f"  {method_name:<5}", json.dumps(told[method_name]), flush=True)
    return told


def summed_up(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the median of every figure, all makespans, and the one hash of the data (or all)."""
    figures = {key: median(run[key] for run in runs) for key in runs[0] if key != "data_sha256"}
    told = {key: round(figure, 3) for key, figure in figures.items()}
    told["makespans_s"] = [round(run["makespan_s"], 3) for run in runs]
    if "data_sha256" in runs[0]:
        told["data_sha256"] = sorted({run["data_sha256"] for run in runs})
    return told


def warm_up() -> None:
    """Import and compile everything once, so that no run pays for it."""
    domain = load_preset("rewriting")
    for method in (ours, bare):
        measure(method, Options(repetition=0), domain)


def main() -> None:
    """Measure the scenarios named, or all; print, and write the results."""
    file = RESULTS / "orchestration.json"
    known = json.loads(file.read_text("utf-8"))["scenarios"] if file.exists() else {}
    results: dict[str, Any] = {
        "machine": machine(),
        "records": RECORDS,
        "parallel": PARALLEL,
        "repeats": REPEATS,
    }
    warm_up()
    measured = {name: compare(name, SCENARIOS[name]) for name in sys.argv[1:] or SCENARIOS}
    results["scenarios"] = known | measured
    RESULTS.mkdir(exist_ok=True)
    file.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
