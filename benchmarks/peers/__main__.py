"""Measures other frameworks beside the graph and the bare loop, on the same endpoint.

python -m benchmarks.peers [SCENARIO...]

Writes results/peers.json; scenarios are those of benchmarks.orchestration, those named replace
theirs. As there: 640 records, one a call, 32 calls in flight; medians of `REPEATS` runs. Each peer
runs in a process and an environment of its own, build/peers/NAME, which `make bench-peers` sets up.
`makespan_s` goes from after its imports to its data set; `calls_s`, from the first request to the
last answer, is the simulator's and the same for all. CPU and memory are its process's and those of
its children's that ended. `valid` counts the records that ours could read.
"""

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.machine import machine
from benchmarks.orchestration import (
    PARALLEL,
    RECORDS,
    RESULTS,
    ROLES,
    SCENARIOS,
    bare,
    measure,
    ours,
    summed_up,
    warm_up,
)
from prompts.domain import Domain, load_preset
from prompts.parse import parse_records
from prompts.render import RecordTask, record_messages
from simulator import Options, simulator

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ENVIRONMENTS = ROOT / "build" / "peers"
PEERS = ("data_designer", "curator", "distilabel")
REPEATS = 3
LIMIT_S = 300
"""A run that takes longer is given up, and not tried again in that scenario."""


def prompts(domain: Domain) -> list[list[dict[str, str]]]:
    """Return the messages of every call; each asks for a record of another task."""
    asked = []
    for number in range(RECORDS):
        task = f"Kind {number} of text"
        asked_task = RecordTask(
            task=task,
            reason="People need it.",
            path=[domain.task, task],
            topic=domain.topics[number % len(domain.topics)],
            asked=1,
        )
        messages = record_messages(domain, tasks=[asked_task])
        asked.append([{"role": ROLES[m.type], "content": m.text} for m in messages])
    return asked


def measure_peer(name: str, options: Options, domain: Domain) -> dict[str, Any]:
    """Run a peer once against a fresh simulator; return the figures, or why there are none."""
    with simulator(options) as server, TemporaryDirectory() as created:
        folder = Path(created)
        file = folder / "prompts.json"
        file.write_text(json.dumps(prompts(domain)), "utf-8")
        python, script = ENVIRONMENTS / name / "bin" / "python", f"benchmarks.peers.with_{name}"
        command = [str(python), "-m", script, server.url, str(file), created]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=LIMIT_S, cwd=ROOT)
        except subprocess.TimeoutExpired:
            return {"failed": f"no end after {LIMIT_S} s"}
        except subprocess.CalledProcessError as error:
            return {"failed": f"its process ended with {error.returncode}"}
        told = json.loads((folder / "answers.json").read_text("utf-8"))
        counts = server.counts()
    texts = [text for text in told["texts"] if text]
    return {
        "makespan_s": told["makespan_s"],
        "calls_s": counts["span_s"],
        "ideal_s": counts["latency_s"] / PARALLEL,
        "utilisation": counts["latency_s"] / (counts["span_s"] * PARALLEL),
        "cpu_ms_a_call": 1000 * told["cpu_s"] / counts["requests"],
        "peak_mb": told["peak_mb"],
        "valid": sum(bool(parse_records(text, asked=1).items) for text in texts),
        "requests": counts["requests"],
        "good": counts["good"],
        "most_in_flight": counts["most_in_flight"],
        "asked_again": counts["asked_again"],
    }


def compare(name: str, options: Options) -> dict[str, Any]:
    """Measure all in a scenario, in turns; return the medians of each."""
    domain = load_preset("rewriting")
    names = ("ours", "bare", *PEERS)
    runs: dict[str, list[dict[str, Any]]] = {method: [] for method in names}
    for _ in range(REPEATS):
        for method in (ours, bare):
            runs[method.__name__].append(measure(method, options, domain))
        for peer in PEERS:
            if not any("failed" in run for run in runs[peer]):
                runs[peer].append(measure_peer(peer, options, domain))
    print(name)
    told = {method: _told(measured) for method, measured in runs.items()}
    for who, figures in told.items():
        print(f"  {who:<13}", json.dumps(figures), flush=True)
    return told


def _told(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the medians of the runs that came to an end, and why others did not."""
    ended = [run for run in runs if "failed" not in run]
    failures = [run["failed"] for run in runs if "failed" in run]
    return (summed_up(ended) if ended else {}) | ({"failed": failures} if failures else {})


def _versions() -> dict[str, str]:
    """Return what each peer's environment holds."""
    pins = ((HERE / f"{name}.txt").read_text("ascii").split()[0] for name in PEERS)
    return dict(zip(PEERS, pins, strict=True))


def main() -> None:
    """Measure the scenarios named, or all; print, and write the results."""
    file = RESULTS / "peers.json"
    known = json.loads(file.read_text("utf-8"))["scenarios"] if file.exists() else {}
    about = {"machine": machine(), "peers": _versions(), "records": RECORDS}
    warm_up()
    measured = {name: compare(name, SCENARIOS[name]) for name in sys.argv[1:] or SCENARIOS}
    results = {**about, "parallel": PARALLEL, "repeats": REPEATS, "scenarios": known | measured}
    file.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
