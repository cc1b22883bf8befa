"""The strategies side by side: one domain, the same model, as many calls each.

python -m benchmarks.compare [--domain D] [--model M] [--base-url U] [--max-calls N] [--seed N]
    [--strategies NAME...]

Makes a folder for each run and report.html, all side by side, in --out, and writes the table to
--results. One run of each is one sample: it says what happened, not what will.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import comb
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from cli.requests import RunRequest
from cli.run import start
from errors import ExploreInstructError
from models.endpoint import EMBEDDED
from nodes.settings import Settings
from report.analysis import Analysis, Measuring, analyse
from report.page import page
from report.parsers import open_parser
from report.summary import lines
from report.verb_noun import counts
from search.table import STRATEGIES
from store.files.data_set import read_data_sets
from store.files.writing import write_text

RESULTS = Path(__file__).parent / "results" / "compare.json"
THRESHOLD = Settings().threshold


def main(words: Sequence[str] | None = None) -> None:
    """Run the strategies, print the table, and write the page and the results."""
    asked = _parser().parse_args(words)
    folders = [asked.out / strategy for strategy in asked.strategies]
    for folder, strategy in zip(folders, asked.strategies, strict=True):
        options = _options(asked, strategy)
        start(RunRequest(asked.domain, folder), options)
    how = Measuring(Fraction(str(THRESHOLD)), open_parser())
    found = [analyse(data, how) for data in read_data_sets(folders)]
    write_text(asked.out / "report.html", page(found))
    asked_for = {"domain": asked.domain, "seed": asked.seed, "machine": machine()}
    results = compared(found, asked.strategies) | asked_for
    write_text(asked.results, json.dumps(results, ensure_ascii=False, indent=1) + "\n")
    print(table(results["table"]))
    print(f"\nreport: {asked.out / 'report.html'}\nresults: {asked.results}")


def compared(found: Sequence[Analysis], strategies: Sequence[str]) -> dict[str, Any]:
    """Return what the runs of the strategies show, as plain JSON."""
    measures = [one.measures for one in found]
    rows = [[line.name, *line.values] for line in lines(measures)]
    same = min(len(one.data.records) for one in found)
    at_same = [rarefied(one, same) for one in found]
    if None not in at_same:
        told = [f"{value:.1f}" for value in at_same]
        rows.append([f"Unique pairs of {same} records drawn", *told])
    return {
        "models": measures[0]["models"],
        "calls": dict(zip(strategies, (m["run"]["calls"] for m in measures), strict=True)),
        "records": dict(zip(strategies, (m["records"] for m in measures), strict=True)),
        "pairs_at_equal_records": {"records": same, **dict(zip(strategies, at_same, strict=True))},
        "table": [["", *strategies], *rows],
    }


def rarefied(found: Analysis, size: int) -> float | None:
    """Return how many unique pairs `size` of the records would hold on average, None without spaCy.

    Hurlbert's rarefaction (1971): what differs in number of records can so be compared.
    """
    if found.pairs is None:
        return None
    every = len(found.pairs)
    met: Counter[tuple[str, str]] = counts(found.pairs)
    return sum(1 - comb(every - count, size) / comb(every, size) for count in met.values())


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return the rows as a table in Markdown, the first one being its head."""
    told = ["| " + " | ".join(cell or "-" for cell in row) + " |" for row in rows]
    told[0] = "| | " + " | ".join(rows[0][1:]) + " |"
    return "\n".join([told[0], "| --- " * len(rows[0]) + "|", *told[1:]])


def _options(asked: argparse.Namespace, strategy: str) -> Mapping[str, Any]:
    """Return the settings of a run: more records are wanted than the calls can bring."""
    options = {
        "strategy": strategy,
        "model": asked.model or (None if asked.base_url else EMBEDDED),
        "base_url": asked.base_url,
        "max_calls": asked.max_calls,
        "per_task": max(10, asked.max_calls // 4),
        "seed": asked.seed,
    }
    return {name: value for name, value in options.items() if value is not None}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare")
    parser.add_argument("--domain", default="rewriting", help="a preset, or a YAML file")
    parser.add_argument("--model", help="as of explore-instruct run; none: embedded")
    parser.add_argument("--base-url")
    parser.add_argument("--max-calls", type=int, default=60, help="of each strategy")
    parser.add_argument("--strategies", nargs="+", choices=STRATEGIES, default=list(STRATEGIES))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("runs/compare"))
    parser.add_argument("--results", type=Path, default=RESULTS)
    return parser


if __name__ == "__main__":
    try:
        main()
    except ExploreInstructError as error:
        sys.exit(f"compare: {error}")
