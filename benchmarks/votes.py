"""Measures votes on final answers: how many kept records are wrong, and what that costs.

python -m benchmarks.votes

Writes results/votes.json; takes some three minutes. The preset `math` against the simulator, whose
problems have one right answer; a share of its answers is wrong, each by one of three numbers, so
that wrong majorities come about: they are what is kept that is wrong. `expected` is the share of
these among all majorities, as the rates imply.
"""

import asyncio
import json
from collections import Counter
from math import comb
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.machine import machine
from graph.local import open_run
from nodes.settings import Settings
from prompts.domain import Domain, load_preset
from simulator import Options, simulator
from simulator.truth import NEARBY, is_wrong

RESULTS = Path(__file__).parent / "results" / "votes.json"
SEEDS, RECORDS = range(5), 200
VOTES, SHARES = (None, 3, 5, 7), (0.1, 0.3)


def measured(votes: int | None, share: float, seed: int) -> dict[str, Any]:
    """Run once; return the share of wrong records among the kept, and the calls."""
    with simulator(Options(wrong=share)) as server, TemporaryDirectory() as name:
        folder = Path(name)
        asyncio.run(_run(folder, server.url, votes, seed))
        kept = [json.loads(line) for line in (folder / "dataset.jsonl").open(encoding="utf-8")]
        refused = [json.loads(line) for line in (folder / "rejected.jsonl").open(encoding="utf-8")]
        return {
            "records": len(kept),
            "wrong": fmean(is_wrong(row["instruction"], row["output"]) for row in kept),
            "calls": server.counts()["requests"],
            "disagree": Counter(row["rule"] for row in refused)["disagree"],
        }


def wrong_majorities(votes: int, share: float) -> float:
    """Return the share of wrong ones among all majorities of so many votes.

    More than half are right with probability R, or give the same one of the wrong numbers, each
    vote with probability share/3, with W: W / (R + W).
    """
    right, wrong = 1 - share, share / NEARBY
    most = range(votes // 2 + 1, votes + 1)
    both = [
        times * sum(comb(votes, k) * p**k * (1 - p) ** (votes - k) for k in most)
        for times, p in ((1, right), (NEARBY, wrong))
    ]
    return both[1] / sum(both)


async def _run(folder: Path, url: str, votes: int | None, seed: int) -> None:
    named = {"model": "openai:m", "base_url": url, "strategy": "adaptive", "seed": seed}
    settings = Settings.model_validate({**named, "records": RECORDS, "parallel": 16})
    async with open_run(folder, settings) as run:
        await run.go(_voting(votes), lambda _: None, lambda _: None)


def _voting(votes: int | None) -> Domain:
    domain = load_preset("math")
    checks = domain.checks.model_copy(update={"agreement": votes})
    return domain.model_copy(update={"checks": checks})


def main() -> None:
    """Measure all, print and write it."""
    found = []
    for share in SHARES:
        for votes in VOTES:
            runs = [measured(votes, share, seed) for seed in SEEDS]
            means = {name: fmean(run[name] for run in runs) for name in runs[0]}
            expected = wrong_majorities(votes or 1, share)
            found.append({"share": share, "votes": votes, "expected": expected, **means})
            print(found[-1], flush=True)
    result = {"machine": machine(), "seeds": len(SEEDS), "runs": found}
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
