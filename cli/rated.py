"""What `evaluate --ratings` tells: people's ratings of two models' answers."""

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from report.agreement import Interval
from training.rating.judged import Beside, beside_judge
from training.rating.outcome import Outcome, Rated, Score, alpha, read_rated
from words import printable, several

_OUTCOMES: tuple[Outcome, ...] = ("win", "tie", "lose")


def show_ratings(ratings: list[Path], verdicts: Path | None, *, as_json: bool = False) -> None:
    """Print what files of ratings say; `verdicts` is a folder of `evaluate` to compare with.

    Raises InputError where they do not belong together.
    """
    rated = read_rated(ratings)
    judged = beside_judge(rated, verdicts) if verdicts else None
    if as_json:
        typer.echo(json.dumps(_told(rated, judged), ensure_ascii=False))
        return
    console = Console()
    console.print(_scores(rated))
    console.print(_agreement(rated), highlight=False, soft_wrap=True)
    if judged:
        console.print(_beside(judged))
        console.print(_kappa(judged), highlight=False, soft_wrap=True)


def _told(rated: Rated, judged: Beside | None) -> dict[str, Any]:
    """Return all of it as plain JSON."""
    value, why = alpha(rated)
    return {
        "comparison": rated.comparison,
        "questions": len(rated.majority),
        **_figures(rated.majority.values()),
        "raters": {name: _figures(said.values()) for name, said in rated.by_rater.items()},
        "alpha": value,
        "alpha_undefined": why or None,
        "judge": judged
        and {
            "questions": judged.same.of,
            "same": judged.same.value,
            "same_interval": judged.same.interval,
            "kappa": judged.kappa,
            "kappa_interval": judged.interval,
        },
    }


def _figures(outcomes: Iterable[Outcome]) -> dict[str, Any]:
    score = Score.of(outcomes)
    return {**asdict(score), "beat_rate": score.beat_rate, "interval": score.interval}


def _scores(rated: Rated) -> Table:
    """Return the table of A's wins, by majority and by rater."""
    table = Table("", "questions", "win : tie : lose", "beat rate", title="A as people see it")
    for column in table.columns[1:]:
        column.justify = "right"
    majority = rated.majority.values()
    table.add_row("majority", *_cells(majority), end_section=True, style="bold")
    for rater, outcomes in sorted(rated.by_rater.items()):
        table.add_row(escape(printable(rater)), *_cells(outcomes.values()))
    return table


def _cells(outcomes: Iterable[Outcome]) -> tuple[str, str, str]:
    score = Score.of(outcomes)
    counts = (score.win, score.tie, score.lose)
    return f"{sum(counts):,}", " : ".join(f"{n:,}" for n in counts), _rate(score)


def _rate(score: Score) -> str:
    if score.beat_rate is None or score.interval is None:
        return "none decided"
    return f"{score.beat_rate:.1%} {_within(score.interval, '.1%')}"


def _agreement(rated: Rated) -> str:
    shared = sum(len(said) > 1 for said in rated.by_question.values())
    value, why = alpha(rated)
    found = f"not defined: {why}" if value is None else f"{value:.2f}"
    return (
        f"Raters agree with Krippendorff's alpha {found}; "
        f"{several(shared, 'question')} with two ratings or more."
    )


def _beside(judged: Beside) -> Table:
    names = (f"judge: {outcome}" for outcome in _OUTCOMES)
    table = Table("people", *names, title="People beside the judge")
    for column in table.columns[1:]:
        column.justify = "right"
    for people in _OUTCOMES:
        table.add_row(people, *(f"{judged.pairs[people, judge]:,}" for judge in _OUTCOMES))
    return table


def _kappa(judged: Beside) -> str:
    share = judged.same.value or 0.0
    within = _within(judged.same.interval or (0.0, 1.0), ".0%")
    return (
        f"The judge agrees with people on {share:.0%} {within} of "
        f"{several(judged.same.of, 'question')}; Cohen's kappa {judged.kappa:.2f} "
        f"{_within(judged.interval, '.2f')}."
    )


def _within(interval: Interval, form: str) -> str:
    return escape(f"[{interval[0]:{form}}, {interval[1]:{form}}]")
