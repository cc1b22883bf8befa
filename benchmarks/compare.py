"""The strategies side by side: one domain, the same model, as many calls each.

python -m benchmarks.compare [--domain D] [--model M] [--base-url U] [--max-calls N] [--seed N]
    [--strategies NAME...] [--questions FILE [--questions-cosine F]]

Makes a folder for each run and report.html, all side by side, in --out, and writes the table to
--results. One run of each is one sample: it says what happened, not what will.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from cli.questions import read_questions
from cli.requests import RunRequest
from cli.run import start
from errors import ExploreInstructError
from models.embeddings import embeddings
from models.endpoint import EMBEDDED
from nodes.settings import Settings
from report.analysis import Analysis, Measuring
from report.measuring import analyse_all
from report.page import page
from report.parsers import open_parser
from report.summary import lines
from search.table import STRATEGIES
from store.files.data_set import read_data_sets
from store.files.writing import write_text

RESULTS = Path(__file__).parent / "results" / "compare.json"
THRESHOLD = Settings().threshold


def main(words: Sequence[str] | None = None) -> None:
    """Run the strategies, print the table, and write the page and the results."""
    asked = _parser().parse_args(words)
    questions = read_questions(asked.questions, asked.questions_cosine)
    folders = [asked.out / strategy for strategy in asked.strategies]
    for folder, strategy in zip(folders, asked.strategies, strict=True):
        options = _options(asked, strategy)
        start(RunRequest(asked.domain, folder), options)
    threshold, parser = Fraction(str(THRESHOLD)), open_parser()
    how = Measuring(threshold, parser, embeddings=embeddings(), questions=questions)
    found = analyse_all(read_data_sets(folders), how)
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
    return {
        "models": measures[0]["models"],
        "calls": dict(zip(strategies, (m["run"]["calls"] for m in measures), strict=True)),
        "records": dict(zip(strategies, (m["records"] for m in measures), strict=True)),
        "equal": measures[0]["equal"],
        "at_equal": dict(zip(strategies, map(_at_equal, measures), strict=True)),
        "table": [["", *strategies], *rows],
    }


def _at_equal(measures: Mapping[str, Any]) -> dict[str, dict[str, float | None]]:
    """Return the measures of diversity at equal records and at equal tokens."""
    efforts = ("at_equal_records", "at_equal_tokens")
    found = {name: measures[name] for name in ("verb_noun", "questions", "vendi")}
    return {name: {e: value[e] for e in efforts} for name, value in found.items() if value}


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
    parser.add_argument("--questions", type=Path, help="as of explore-instruct analyze")
    parser.add_argument("--questions-cosine", type=float)
    parser.add_argument("--out", type=Path, default=Path("runs/compare"))
    parser.add_argument("--results", type=Path, default=RESULTS)
    return parser


if __name__ == "__main__":
    try:
        main()
    except ExploreInstructError as error:
        sys.exit(f"compare: {error}")
