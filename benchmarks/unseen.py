"""Measures how often the estimate of the unseen holds the truth, and how wide it is.

python -m benchmarks.unseen [--seeds N...]

Writes results/unseen.json and unseen.svg: the real pipeline against the simulator, for domains of
about 500, 3,000 and 15,000 tasks, every character of the model, 1M and 3M tokens; the truth is how
many tasks of the hidden taxonomy no task of the tree names. The weights were learned from other
domains: benchmarks/unseen_lessons.py.
"""

import argparse
import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.machine import machine
from benchmarks.pipeline import MORE_THAN_PAID_FOR, explore
from search.unseen import BESIDE
from simulator import Options, simulator
from simulator.character import CHARACTERS

RESULTS = Path(__file__).parent / "results"
SIZES = (500, 3_000, 15_000)
TOKENS = (1_000_000, 3_000_000)
SEEDS = (31, 32)


@dataclass(frozen=True, slots=True)
class Case:
    """One run: what is hidden, how the model answers, and the tokens that may be spent."""

    seed: int
    size: int
    fanout: str
    character: str
    tokens: int

    @property
    def options(self) -> Options:
        """The simulator that it runs against."""
        return Options(character=self.character, taxonomy_seed=self.seed, fanout=self.fanout)

    @property
    def settings(self) -> dict[str, Any]:
        """What is set beside the endpoint."""
        wanted = {"max_tokens": self.tokens, "records": MORE_THAN_PAID_FOR}
        return {"strategy": "adaptive", "per_call": 5, "parallel": 32, **wanted}


def shape(draw: Random, size: int) -> str:
    """Return a random shape of a domain of about so many tasks, of two to four levels."""
    while True:
        depth = draw.choice((2, 3, 3, 3, 4, 4))
        least = [draw.randint(3, 40 if depth < 4 else 20) for _ in range(depth)]
        ranges = [(low, low + draw.randint(0, low)) for low in least]
        total, level = 0.0, 1.0
        for low, high in ranges:
            level *= (low + high) / 2
            total += level
        if 0.75 * size < total < 1.35 * size:
            return ",".join(f"{low}-{high}" for low, high in ranges)


def cases(seeds: Iterable[int]) -> list[Case]:
    """Return every size, character and budget, with a shape for each seed, size and character."""
    return [
        Case(seed, size, shape(Random(f"{seed} {size} {character}"), size), character, tokens)
        for seed, size, character in product(seeds, SIZES, CHARACTERS)
        for tokens in TOKENS
    ]


def measured(case: Case) -> dict[str, Any]:
    """Run the case; return its truth and the estimate of it."""
    with simulator(case.options) as server, TemporaryDirectory() as name:
        asyncio.run(explore(Path(name), server.url, case.settings))
        tree = json.loads((Path(name) / "tree.json").read_text("utf-8"))
        stats = json.loads((Path(name) / "stats.json").read_text("utf-8"))
    taxonomy = case.options.taxonomy
    names = [node["name"] for node in tree["nodes"]]
    truth = taxonomy.unnamed(names)
    return {
        **asdict(case),
        "hidden": len(taxonomy),
        "tasks": len(names),
        "truth": truth,
        **stats["unseen"],
        "held": stats["unseen"]["low"] <= truth <= stats["unseen"]["high"],
    }


def table(runs: Sequence[dict[str, Any]]) -> str:
    """Return how often the interval held the truth and how wide it is, as a Markdown table."""
    groups = defaultdict(list)
    for run in runs:
        size, tokens = f"about {run['size']:,} tasks", f"{run['tokens']:,} tokens"
        for group in ("all", size, run["character"], tokens):
            groups[group].append(run)
    lines = ["| runs | held | high by low, median | truth by expected, median |"]
    lines.append("| --- | --- | --- | --- |")
    for group, members in groups.items():
        held = np.mean([run["held"] for run in members])
        width, by = (np.median([_beside(r, *pair) for r in members]) for pair in PAIRS)
        lines.append(f"| {group} ({len(members)}) | {held:.2f} | {width:.1f} | {by:.2f} |")
    return "\n".join(lines)


PAIRS = (("high", "low"), ("truth", "expected"))


def _beside(run: dict[str, Any], above: str, below: str) -> float:
    ratio: float = (run[above] + BESIDE) / (run[below] + BESIDE)
    return ratio


def plot(runs: Sequence[dict[str, Any]]) -> None:
    """Draw the intervals against the truth."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    mpl.rcParams["svg.hashsalt"] = "unseen"  # the same picture for the same figures
    figure, axes = plt.subplots(figsize=(5, 4.4), layout="constrained")
    for colour, character in enumerate(CHARACTERS):
        own = [run for run in runs if run["character"] == character]
        truth, low, high, expected = (
            [run[key] + 1 for run in own] for key in ("truth", "low", "high", "expected")
        )
        axes.vlines(truth, low, high, f"C{colour}", alpha=0.4)
        axes.plot(truth, expected, "o", ms=3, color=f"C{colour}", label=character)
    axes.plot((1, 20_000), (1, 20_000), "k-", lw=0.7)
    axes.set(xscale="log", yscale="log", xlabel="tasks not found, and 1", ylabel="estimate, and 1")
    axes.legend(frameon=False, fontsize="small")
    figure.savefig(RESULTS / "unseen.svg", metadata={"Date": None})


def main() -> None:
    """Measure, write and draw."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.unseen")
    parser.add_argument("--seeds", nargs="+", type=int, default=SEEDS)
    asked = parser.parse_args()
    with ProcessPoolExecutor() as pool:
        runs = list(pool.map(measured, cases(asked.seeds)))
    results = {"machine": machine(), "runs": runs}
    (RESULTS / "unseen.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    plot(runs)
    print(table(runs))


if __name__ == "__main__":
    main()
