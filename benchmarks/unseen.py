"""Measures how often the estimate of the unseen holds the truth, and how wide it is.

python -m benchmarks.unseen [--seeds N...] [--learn N]

Writes results/unseen.json and unseen.svg: the real pipeline against the simulator, for domains of
about 500, 3,000 and 15,000 tasks, every character of the model, 1M and 3M tokens; the truth is how
many tasks of the hidden taxonomy no task of the tree names. `--learn N` learns the weights of
search/unseen_weights.py anew and prints that file: from N other domains, of random shapes, searched
within this process (benchmarks/filling.py). No seed is used for both.
"""

import argparse
import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import pairwise, product
from math import inf, log
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.filling import Filling
from benchmarks.machine import machine
from graph.local import open_run
from nodes.settings import Settings
from prompts.domain import load_preset
from search.limits import Limits
from search.schedule import Quota
from search.strategy import Plan
from search.table import STRATEGIES
from search.unseen import BESIDE, Outlook
from simulator import Options, simulator
from simulator.character import CHARACTERS
from simulator.taxonomy import Taxonomy

RESULTS = Path(__file__).parent / "results"
SIZES = (500, 3_000, 15_000)
TOKENS = (1_000_000, 3_000_000)
SEEDS = (31, 32)
LEARNING = 10_000
"""Seeds from here on are learned from."""
RIDGE = 5.0
"""What keeps the weights small."""
PARTS = 10
"""Parts of what is learned from: how far off the estimate is, is told by domains of other parts."""
TAIL = 0.03
"""The share of what is learned from that lies beyond an end. It is below the twentieth that 90 %
leave, since other domains have shapes that none of these has."""
LARGER = (350, 700)
"""Tasks of a tree from which on the estimate is surer."""
MANY = 200_000


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
        asyncio.run(_run(Path(name), case, server.url))
        tree = json.loads((Path(name) / "tree.json").read_text("utf-8"))
        stats = json.loads((Path(name) / "stats.json").read_text("utf-8"))
    taxonomy = case.options.taxonomy
    names = [node["name"] for node in tree["nodes"]]
    truth = len(taxonomy) - len({taxonomy.number_of(name) for name in names} - {None})
    return {
        **asdict(case),
        "hidden": len(taxonomy),
        "tasks": len(names),
        "truth": truth,
        **stats["unseen"],
        "held": stats["unseen"]["low"] <= truth <= stats["unseen"]["high"],
    }


async def _run(folder: Path, case: Case, url: str) -> None:
    given = {"model": "openai:simulated", "base_url": url, "strategy": "adaptive"}
    how = {"max_tokens": case.tokens, "records": MANY, "per_call": 5, "parallel": 32}
    async with open_run(folder, Settings.model_validate(given | how)) as run:
        await run.go(load_preset("rewriting"), lambda _: None, lambda _: None)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a searched domain teaches: the signs, the tasks not found, and those of branches.

    Of a branch: what the estimate would be by its share of the truth, and the truth.
    """

    signs: Sequence[float]
    truth: int
    branches: Sequence[tuple[float, int]]


def lesson(number: int) -> Lesson:
    """Search a domain of a random shape, with a random budget; return what it teaches."""
    draw = Random(f"lesson {number}")
    size, tokens = int(10 ** draw.uniform(2.4, 4.4)), int(10 ** draw.uniform(5.2, 6.5))
    case = Case(LEARNING + number, size, shape(draw, size), draw.choice(list(CHARACTERS)), tokens)
    quota = Quota(MANY, 5, 5, MANY)
    if draw.random() < 0.75:
        strategy, limits = STRATEGIES["adaptive"], STRATEGIES["adaptive"].limits(None, (), 2)
    else:
        strategy, breadth = STRATEGIES["depth-first"], draw.choice(((6, 4), (20, 8, 4), (30, 10)))
        limits = Limits(len(breadth), breadth, 2)
    filling = Filling(strategy, Plan(limits, quota, 4, tokens=tokens), case.options)
    filling.run()
    outlook = Outlook(filling.known.standings)
    return Lesson(list(outlook.signs.values()), filling.unseen(), list(_branches(filling, outlook)))


def _branches(filling: Filling, outlook: Outlook) -> Iterator[tuple[float, int]]:
    tree, standings, truth = filling.known.tree, filling.known.standings, filling.unseen()
    places = Taxonomy.number_of
    for branch in tree.children(tree.root):
        number = places(filling.taxonomy, tree.task(branch).name)
        if number and filling.taxonomy.tasks[number].depth == 1:
            share = outlook.share(standings[task] for task in tree.preorder(branch))
            yield log(share * truth + BESIDE), filling.unseen(below=number)


def learned(lessons: Sequence[Lesson]) -> str:
    """Return search/unseen_weights.py: what fits the lessons best, and how far off it is."""
    signs = np.array([one.signs for one in lessons])
    truth = np.log(np.array([one.truth for one in lessons]) + BESIDE)
    centres, spreads = signs.mean(0).round(3), signs.std(0).round(3)
    table = quadratic((signs - centres) / spreads)
    off = np.zeros(len(truth))
    for part in range(PARTS):
        held = np.arange(len(truth)) % PARTS == part
        off[held] = truth[held] - table[held] @ _fitted(table[~held], truth[~held])
    branches = [pair for one in lessons for pair in one.branches]
    told, true = np.array(branches).T
    apart = np.log(true + BESIDE) - told
    both = np.resize(off, apart.size) + np.random.default_rng(0).permutation(apart)
    return WRITTEN.format(
        count=len(lessons),
        learned=tuple((float(a), float(b)) for a, b in _spans(signs)),
        centres=tuple(map(float, centres)),
        spreads=tuple(map(float, spreads)),
        weights=tuple(float(weight) for weight in _fitted(table, truth).round(3)),
        in_all=tuple(_bands(np.exp(signs[:, 0]), off)),
        below=_ends(both),
        deviation=off.std(),
        held=round(100 * (1 - 2 * TAIL)),
    )


WRITTEN = '''"""What was learned of the unseen from {count:,} simulated domains.

Written by `python -m benchmarks.unseen --learn`. The logarithm of the estimate was off by
{deviation:.2f} (its standard deviation) on domains that the weights had not seen.
"""

from math import inf

LEARNED = {learned}
"""Of each sign: the least and the most that occurred, but for one in a hundred."""

CENTRES = {centres}
SPREADS = {spreads}
"""Of each sign: what is taken off it, and what it is divided by."""

WEIGHTS = {weights}
"""Of 1, the signs and their products, two by two."""

IN_ALL = {in_all}
"""How far the truth lies below and above, at most, in {held} of 100 domains: logarithms, by the
tasks that a tree has, up to the first number."""

BELOW = {below}
"""The same for the tasks below one."""
'''


def quadratic(signs: Any) -> Any:  # noqa: ANN401 - arrays
    """Return 1, the signs and their products, a row for each domain, in search.unseen's order."""
    ones = np.ones((len(signs), 1))
    whole = np.hstack([ones, signs])
    left, right = np.triu_indices(whole.shape[1])
    return whole[:, left] * whole[:, right]


def _fitted(table: Any, truth: Any) -> Any:  # noqa: ANN401 - arrays
    square = table.T @ table + RIDGE * np.eye(table.shape[1])
    return np.linalg.solve(square, table.T @ truth)


def _spans(signs: Any) -> Any:  # noqa: ANN401 - arrays
    """Return the least and the most of each sign, but for one in a hundred, both ends together."""
    return np.quantile(signs, (0.005, 0.995), axis=0).round(3).T


def _bands(sizes: Any, off: Any) -> Iterator[tuple[float, float, float]]:  # noqa: ANN401 - arrays
    """Yield up to how many tasks a run counts as this large, and its ends."""
    for least, most in pairwise((0, *LARGER, inf)):
        yield (most, *_ends(off[(sizes >= least) & (sizes < most)]))


def _ends(off: Any) -> tuple[float, float]:  # noqa: ANN401 - an array
    low, high = np.quantile(off, (TAIL, 1 - TAIL))
    return round(-float(low), 2), round(float(high), 2)


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
    """Measure, or learn."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.unseen")
    parser.add_argument("--seeds", nargs="+", type=int, default=SEEDS)
    parser.add_argument("--learn", type=int, default=0, metavar="N")
    asked = parser.parse_args()
    with ProcessPoolExecutor() as pool:
        if asked.learn:
            print(learned(list(pool.map(lesson, range(asked.learn)))))
            return
        runs = list(pool.map(measured, cases(asked.seeds)))
    results = {"machine": machine(), "runs": runs}
    (RESULTS / "unseen.json").write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    plot(runs)
    print(table(runs))


if __name__ == "__main__":
    main()
