"""What a sweep ends with: its table, the page of all runs, and what it says of both."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import typer

from cli.report import measuring
from cli.swept import Outcome
from errors import RunError
from models.embeddings import embeddings
from report.analysis import Analysis, Measuring, Questions
from report.measuring import analyse_all
from report.parsers import open_parser
from store.files.data_set import read_data_sets
from store.files.writing import write_text
from sweep.file import SweepFile
from sweep.folder import REPORT, TABLE, Prepared
from sweep.table import Group, table
from sweep.words import comparisons
from words import several
from work.team import Team

MOST_SHOWN = 24
"""Runs that a page shows side by side, but for the table: more could not be told apart."""

FAILED_NAMED = 3
"""Runs that failed which the command's error names; the lines before it name them all."""


def groups_of(
    out: Path,
    file: SweepFile,
    prepared: Iterable[Prepared],
    outcomes: Mapping[str, Outcome],
    *,
    questions: Questions | None,
    team: Team | None,
) -> list[Group]:
    """Return the runs by domain and model, those that ended measured side by side in each.

    A team shares the work on runs of many records.
    """
    by_group: dict[tuple[str, str], list[Prepared]] = {}
    for one in prepared:
        by_group.setdefault((one.run.key.domain, one.run.key.model), []).append(one)
    how = Measuring(
        Fraction(1), open_parser(), embeddings=embeddings(), questions=questions, team=team
    )
    groups = []
    for (domain, model), members in by_group.items():
        finished = [one for one in members if outcomes[one.run.name].state == "finished"]
        keys = (one.run.key for one in finished)
        found = dict(zip(keys, _analyses(out, finished, how), strict=True))
        asked = members[0].settings.write_model or members[0].settings.model or ""
        groups.append(Group(domain, model, file.strategies, file.seeds, found, asked))
    return groups


def _analyses(out: Path, members: Sequence[Prepared], how: Measuring) -> list[Analysis]:
    """Return the analyses of runs of one model, which share a threshold."""
    if not members:
        return []
    data = read_data_sets([out / one.run.name for one in members])
    threshold = Fraction(str(members[0].settings.threshold))
    with measuring(len(data)) as advance:
        return analyse_all(data, replace(how, threshold=threshold), advance)


def write_table(out: Path, groups: Sequence[Group]) -> dict[str, Any]:
    """Write the table, and the page where a run has ended; return the table."""
    from report.page import page  # noqa: PLC0415 - plotly is needed for the page only

    compared = table(groups)
    write_text(out / TABLE, json.dumps(compared, ensure_ascii=False, indent=1) + "\n")
    seeds = _shown_seeds(groups)
    shown = [found for group in groups for key, found in group.found.items() if key.seed in seeds]
    if shown:
        told = comparisons(compared)
        left = sum(len(group.found) for group in groups) - len(shown)
        if left:
            named = ", ".join(map(str, seeds))
            note = f"Below are the runs of seed {named} alone, without {several(left, 'other')}."
            told[-1] = replace(told[-1], notes=[*told[-1].notes, note])
        write_text(out / REPORT, page(shown, told, out.resolve().name))
    return compared


def _shown_seeds(groups: Sequence[Group]) -> Sequence[int]:
    """Return the seeds whose runs the page shows side by side: one, or as many as it holds."""
    seeds = groups[0].seeds
    a_seed = sum(len(group.strategies) for group in groups)
    return seeds[: max(1, MOST_SHOWN // a_seed)]


def conclude(
    out: Path, compared: Mapping[str, Any], outcomes: Mapping[str, Outcome], *, as_json: bool
) -> None:
    """Say what the sweep brought. Raises RunError where a run failed."""
    failed = [outcome for outcome in outcomes.values() if outcome.state == "failed"]
    if as_json:
        result = {
            "folder": str(out),
            **_spent(outcomes),
            "failed": {outcome.name: outcome.why for outcome in failed},
            "table": compared,
            "report": str(out / REPORT),
        }
        typer.echo(json.dumps(result, ensure_ascii=False))
    else:
        for comparison in comparisons(compared):
            typer.echo(f"{comparison.text}\n")
        typer.echo(_words(_spent(outcomes)))
        typer.echo(f"table: {out / TABLE}\nreport: {out / REPORT}")
    if failed:
        named = "; ".join(f"{one.name}: {one.why}" for one in failed[:FAILED_NAMED])
        more = f"; and {len(failed) - FAILED_NAMED} more" if len(failed) > FAILED_NAMED else ""
        raise RunError(
            f"{len(failed)} of {several(len(outcomes), 'run')} failed: {named}{more} (the same "
            "command tries them again)"
        )


def _spent(outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    """Return what all runs took together; dollars are None where a price is unknown."""
    stats = [outcome.stats for outcome in outcomes.values() if outcome.stats]
    prices = [one["usd"] for one in stats]
    return {
        "runs": len(outcomes),
        "records": sum(one["records"] for one in stats),
        "calls": sum(one["calls"] for one in stats),
        "tokens": sum(one["prompt_tokens"] + one["completion_tokens"] for one in stats),
        "usd": None if None in prices else sum(prices),
        "seconds": sum(one["seconds"] for one in stats),
    }


def _words(spent: Mapping[str, Any]) -> str:
    amounts = ", ".join(several(spent[name], name[:-1]) for name in ("records", "calls", "tokens"))
    usd = f", {spent['usd']:.2f} USD" if spent["usd"] else ""
    return f"{several(spent['runs'], 'run')}: {amounts}{usd}"
