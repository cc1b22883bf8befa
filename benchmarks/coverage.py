"""Measures how much of a hidden taxonomy each strategy covers for the same tokens.

python -m benchmarks.coverage [--strategies NAME...] [--characters NAME...] [--tokens N...]
    [--seeds N...] [--afresh]

Writes results/coverage.json and coverage.svg; what stands there is not measured again unless
`--afresh`. The real pipeline against the simulator, whose taxonomy is the truth: a leaf is covered
if a kept record is of it, as the records' outputs say. All runs ask for five records a call, and
for as many as their tokens pay for. `rejected` is the share of names asked for that were not taken,
`names` the share of all tokens that went into calls for names. No model behaves quite like a
character of the simulator: this compares searches, and says nothing of a model's data.
"""

import argparse
import asyncio
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.machine import machine
from benchmarks.pipeline import MORE_THAN_PAID_FOR, explore
from search.table import STRATEGIES
from simulator import Options, simulator
from simulator.character import CHARACTERS
from simulator.coverage import covered_leaves

RESULTS = Path(__file__).parent / "results"
TOKENS = (150_000, 400_000, 1_000_000, 3_000_000)
FANOUTS = {11: "28-32,7-13,6-12", 12: "12-40,4-16,3-14", 13: "18-24,14-20,4-9"}
"""The shape of the taxonomy of each seed."""
FIXED = ("", "30,10", "12,6", "20,8,4", "8,6,4", "40")
"""Breadths of depth-first search; the first is its default."""
PER_CALL, PARALLEL = 5, 32


@dataclass(frozen=True, slots=True)
class Case:
    """One run: how it searches, what is hidden, and the tokens that it may spend."""

    strategy: str
    breadth: str
    character: str
    seed: int
    tokens: int

    @property
    def options(self) -> Options:
        """The simulator that it runs against."""
        return Options(character=self.character, taxonomy_seed=self.seed, fanout=FANOUTS[self.seed])

    @property
    def settings(self) -> dict[str, Any]:
        """What is set beside the endpoint."""
        chosen: dict[str, Any] = {
            "strategy": self.strategy,
            "max_tokens": self.tokens,
            "records": MORE_THAN_PAID_FOR,
            "per_call": PER_CALL,
            "parallel": PARALLEL,
        }
        if self.breadth:
            breadth = [int(number) for number in self.breadth.split(",")]
            chosen |= {"breadth": breadth, "depth": len(breadth)}
        return chosen


def measured(case: Case) -> dict[str, Any]:
    """Run the case; return its figures."""
    with simulator(case.options) as server, TemporaryDirectory() as name:
        folder = Path(name)
        asyncio.run(explore(folder, server.url, case.settings))
        taxonomy = case.options.taxonomy
        outputs = [row["output"] for row in _rows(folder / "dataset.jsonl")]
        calls = list(_rows(folder / "calls.jsonl"))
        naming = [call for call in calls if call["operation"] != "generate"]
        refused = sum(row["kind"] == "task" for row in _rows(folder / "rejected.jsonl"))
        stats = json.loads((folder / "stats.json").read_text("utf-8"))
        taken = sum(call["kept"] for call in naming)
        return {
            **asdict(case),
            "leaves": len(taxonomy.leaves),
            "coverage": round(len(covered_leaves(outputs, taxonomy)) / len(taxonomy.leaves), 4),
            "tasks": stats["tasks"],
            "records": stats["records"],
            "rejected": round(refused / (taken + refused), 4) if naming else None,
            "names": round(_tokens(naming) / _tokens(calls), 4),
            "spent": stats["prompt_tokens"] + stats["completion_tokens"],
        }


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _tokens(calls: Iterable[dict[str, Any]]) -> int:
    return sum(call["prompt_tokens"] + call["completion_tokens"] for call in calls)


Means = dict[tuple[str, str], dict[int, float]]
"""The mean coverage over the taxonomies, by character and search, by the tokens spent."""


def means(rows: Iterable[dict[str, Any]]) -> Means:
    """Return the mean coverage of each search, for each character and number of tokens."""
    found: dict[tuple[str, str], dict[int, list[float]]] = {}
    for row in rows:
        search = f"{row['strategy']} {row['breadth']}".strip()
        by_tokens = found.setdefault((row["character"], search), {})
        by_tokens.setdefault(row["tokens"], []).append(row["coverage"])
    return {
        key: {tokens: sum(shares) / len(shares) for tokens, shares in sorted(by_tokens.items())}
        for key, by_tokens in sorted(found.items())
    }


def table(found: Means) -> str:
    """Return the means as a table, a line for each character and search."""
    budgets = sorted({tokens for by_tokens in found.values() for tokens in by_tokens})
    lines = [["model", "search", *(f"{tokens:,}" for tokens in budgets)]]
    lines.append(["---"] * len(lines[0]))
    for key, by_tokens in found.items():
        cells = (f"{by_tokens[b]:.3f}"[1:] if b in by_tokens else "" for b in budgets)
        lines.append([*key, *cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plot(found: Means) -> None:
    """Draw coverage against tokens, a panel for each character; no breadths but the usual ones."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot as plt

    mpl.rcParams["svg.hashsalt"] = "coverage"  # the same picture for the same figures
    characters = list(dict.fromkeys(character for character, _ in found))
    searches = [search for search in STRATEGIES if any(search == other for _, other in found)]
    figure, panels = plt.subplots(
        1, len(characters), figsize=(3 * len(characters), 3.4), sharey=True, squeeze=False,
        layout="constrained",
    )  # fmt: skip
    for character, axes in zip(characters, panels[0], strict=True):
        for number, search in enumerate(searches):
            by_tokens = found.get((character, search), {})
            style = {"ms": 3, "label": search, "color": f"C{number}"}
            axes.plot(list(by_tokens), list(by_tokens.values()), "o-", **style)
        axes.set(title=character, xscale="log", xlabel="tokens", ylim=(0, 1))
        axes.set_xticks(TOKENS, [f"{tokens // 1000:,}k" for tokens in TOKENS])
        axes.minorticks_off()
        axes.grid(visible=True, alpha=0.3)
    panels[0][0].set_ylabel("share of leaves with a record")
    figure.legend(
        *panels[0][0].get_legend_handles_labels(),
        frameon=False, loc="outside lower center", ncols=len(searches),
    )  # fmt: skip
    figure.savefig(RESULTS / "coverage.svg", metadata={"Date": None})


def main() -> None:
    """Measure what is missing; print the table, and write the results."""
    asked = _parser().parse_args()
    path = RESULTS / "coverage.json"
    known = [] if asked.afresh or not path.exists() else json.loads(path.read_text())["runs"]
    done = {tuple(row[name] for name in Case.__slots__) for row in known}
    searches = [(s, b) for s in asked.strategies for b in _breadths(s, fixed=asked.fixed)]
    combined = product(searches, asked.characters, asked.seeds, asked.tokens)
    for (strategy, breadth), character, seed, tokens in combined:
        case = Case(strategy, breadth, character, seed, tokens)
        if tuple(asdict(case).values()) not in done:
            known.append(measured(case))
            print(json.dumps(known[-1]), flush=True)
            told = {"machine": machine(), "fanouts": FANOUTS, "runs": known}
            path.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    found = means(known)
    plot(found)
    print(table(found))


def _breadths(strategy: str, *, fixed: bool) -> Sequence[str]:
    return FIXED if fixed and strategy == "depth-first" else FIXED[:1]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.coverage", description=__doc__)
    parser.add_argument("--strategies", nargs="+", default=list(STRATEGIES), choices=STRATEGIES)
    parser.add_argument("--characters", nargs="+", default=list(CHARACTERS), choices=CHARACTERS)
    parser.add_argument("--tokens", nargs="+", type=int, default=TOKENS)
    parser.add_argument("--seeds", nargs="+", type=int, default=list(FANOUTS), choices=FANOUTS)
    parser.add_argument("--fixed", action="store_true", help="depth-first with six breadths")
    parser.add_argument("--afresh", action="store_true", help="measure all anew")
    return parser


if __name__ == "__main__":
    main()
