"""The strategies side by side: one domain, the same model, the same seeds, as many calls each.

python -m benchmarks.compare [--domain D] [--model M] [--base-url U] [--max-calls N]
    [--seeds N...] [--strategies NAME...] [--questions FILE [--questions-cosine F]]

Makes a folder for each run and report.html, all side by side, in --out, and writes the figures to
--results, results/compare-DOMAIN.json where none is named. Runs that ended there before are taken
as they are, and those that were cut off go on. The first strategy is set against each of the
others, seed by seed.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from benchmarks.paired import Values, difference, mean_of
from cli.questions import read_questions
from cli.requests import RunRequest
from cli.resume import go_on
from cli.run import start
from errors import ExploreInstructError
from models.embeddings import embeddings
from models.endpoint import EMBEDDED
from nodes.settings import Settings
from report.analysis import Measuring
from report.measuring import analyse_all
from report.page import page
from report.parsers import open_parser
from search.table import STRATEGIES
from store.files.data_set import read_data_sets
from store.files.folder import STATS, read_stats
from store.files.writing import write_text

RESULTS = Path(__file__).parent / "results"
THRESHOLD = Settings().threshold

Measures = Mapping[str, Any]
FIGURES: Mapping[str, Callable[[Measures], float | None]] = {
    "tasks": lambda m: m["tasks"],
    "records": lambda m: m["records"],
    "records rejected, share": lambda m: m["rejections"]["share_of_records"],
    "tokens": lambda m: m["run"]["tokens"],
    "verb-noun pairs": lambda m: m["verb_noun"] and m["verb_noun"]["unique"],
    "verb-noun pairs at equal records": lambda m: (
        m["verb_noun"] and m["verb_noun"]["at_equal_records"]
    ),
    "Vendi score": lambda m: m["vendi"] and m["vendi"]["score"],
    "Vendi score at equal records": lambda m: m["vendi"] and m["vendi"]["at_equal_records"],
    "ROUGE-L with the nearest other": lambda m: m["rouge_l"] and m["rouge_l"]["mean_of_highest"],
    "questions covered, share": lambda m: m["questions"] and m["questions"]["share"],
    "questions covered at equal records, share": lambda m: (
        m["questions"] and m["questions"]["at_equal_records"]
    ),
}
"""What is compared, and where it stands among a run's measures."""


def main(words: Sequence[str] | None = None) -> None:
    """Run what is missing, print the tables, and write the page and the results."""
    asked = _parser().parse_args(words)
    questions = read_questions(asked.questions, asked.questions_cosine)
    runs = list(product(asked.strategies, asked.seeds))
    folders = [asked.out / f"{strategy}-{seed}" for strategy, seed in runs]
    for seed in asked.seeds:  # all strategies of a seed before the next: what is there is paired
        for strategy in asked.strategies:
            _run(asked, asked.out / f"{strategy}-{seed}", strategy, seed)
    how = Measuring(
        Fraction(str(THRESHOLD)), open_parser(), embeddings=embeddings(), questions=questions
    )
    found = analyse_all(read_data_sets(folders), how)
    write_text(asked.out / "report.html", page(found))
    measured = dict(zip(runs, (one.measures for one in found), strict=True))
    asked_for = {"domain": asked.domain, "seeds": asked.seeds, "machine": machine()}
    if asked.served_by:
        asked_for["served_by"] = asked.served_by
    file = asked.results or RESULTS / f"compare-{Path(asked.domain).stem}.json"
    results = compared(measured, asked.strategies, asked.seeds) | asked_for
    write_text(file, json.dumps(results, ensure_ascii=False, indent=1) + "\n")
    print(table(results, asked.strategies))
    print(f"\nreport: {asked.out / 'report.html'}\nresults: {file}")


def _run(asked: argparse.Namespace, folder: Path, strategy: str, seed: int) -> None:
    """Make the run, let it go on, or leave it as it is where it has ended."""
    if not folder.exists():
        start(RunRequest(asked.domain, folder), _options(asked, strategy, seed))
    elif not (folder / STATS).exists() or not read_stats(folder).get("finished"):
        go_on(folder, {}, as_json=False)


def compared(
    measured: Mapping[tuple[str, int], Measures], strategies: Sequence[str], seeds: Sequence[int]
) -> dict[str, Any]:
    """Return every figure by strategy and seed, and its paired differences, as plain JSON."""
    figures: dict[str, Any] = {}
    for name, figure in FIGURES.items():
        of: dict[str, Values] = {
            strategy: [figure(measured[strategy, seed]) for seed in seeds]
            for strategy in strategies
        }
        first, *others = strategies
        told = {other: difference(of[first], of[other]) for other in others}
        figures[name] = {
            "by_seed": of,
            "mean": {strategy: mean_of(values) for strategy, values in of.items()},
            f"{first} minus": {other: d and asdict(d) for other, d in told.items()},
        }
    one = next(iter(measured.values()))
    calls = {s: [measured[s, seed]["run"]["calls"] for seed in seeds] for s in strategies}
    return {"models": one["models"], "calls": calls, "equal": one["equal"], "figures": figures}


def table(results: Mapping[str, Any], strategies: Sequence[str]) -> str:
    """Return the figures as a table in Markdown: means with every seed, and the differences."""
    first, *others = strategies
    heads = ["", *strategies, *(f"{first} - {other}, 95 % interval" for other in others)]
    lines = [heads, ["---"] * len(heads)]
    for name, figure in results["figures"].items():
        if all(value is None for value in figure["mean"].values()):
            continue
        cells = [_with_seeds(figure["mean"][s], figure["by_seed"][s]) for s in strategies]
        apart = [_interval(figure[f"{first} minus"][other]) for other in others]
        lines.append([name, *cells, *apart])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _with_seeds(middle: float | None, values: Values) -> str:
    if middle is None:
        return "-"
    each = ", ".join("-" if value is None else f"{value:.4g}" for value in values)
    return f"**{middle:.4g}** ({each})" if len(values) > 1 else f"{middle:.4g}"


def _interval(apart: Mapping[str, Any] | None) -> str:
    if apart is None:
        return "-"
    if apart["low"] is None:
        return f"{apart['mean']:+.4g} (one seed)"
    return f"{apart['mean']:+.4g} [{apart['low']:+.4g}, {apart['high']:+.4g}]"


def _options(asked: argparse.Namespace, strategy: str, seed: int) -> Mapping[str, Any]:
    """Return the settings of a run: more records are wanted than the calls can bring."""
    options = {
        "strategy": strategy,
        "model": asked.model or (None if asked.base_url else EMBEDDED),
        "base_url": asked.base_url,
        "max_calls": asked.max_calls,
        "per_task": max(10, asked.max_calls // 4),
        "seed": seed,
    }
    return {name: value for name, value in options.items() if value is not None}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare")
    parser.add_argument("--domain", default="rewriting", help="a preset, or a YAML file")
    parser.add_argument("--model", help="as of explore-instruct run; none: embedded")
    parser.add_argument("--base-url")
    parser.add_argument("--max-calls", type=int, default=40, help="of each run")
    parser.add_argument("--strategies", nargs="+", choices=STRATEGIES, default=list(STRATEGIES))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--questions", type=Path, help="as of explore-instruct analyze")
    parser.add_argument("--questions-cosine", type=float)
    parser.add_argument("--out", type=Path, default=Path("runs/compare"))
    parser.add_argument("--results", type=Path)
    parser.add_argument("--served-by", help="what served the model, told in the results")
    return parser


if __name__ == "__main__":
    try:
        main()
    except ExploreInstructError as error:
        sys.exit(f"compare: {error}")
