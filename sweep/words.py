"""The table of a sweep as words, for the terminal and the page."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from report.comparison import Comparison

NONE = "–"  # noqa: RUF001 - the sign of what is not there

ENOUGH = 5
"""Seeds from which on an interval holds the true mean in some 95 % of cases."""

FOUR_DIGITS = 1_000

Told = Mapping[str, Any]


def comparisons(table: Told) -> list[Comparison]:
    """Return a comparison for every domain and model of a sweep's table."""
    return [_comparison(group) for group in table["groups"]]


def _comparison(group: Told) -> Comparison:
    first = group["strategies"][0]
    title = " · ".join(filter(None, (group["domain"], group["model"])))
    seeds = ", ".join(map(str, group["seeds"]))
    heads = ["", "mean", "95 %", f"seed {seeds}"]
    if len(group["strategies"]) > 1:
        heads += [f"{first} minus it", "95 %"]
    parts = [
        (name, [_row(figure, strategy, first, len(heads)) for strategy in group["strategies"]])
        for name, figure in group["figures"].items()
    ]
    return Comparison(title, heads, parts, list(_notes(group)))


def _row(figure: Told, strategy: str, first: str, size: int) -> Sequence[str]:
    values = ", ".join(map(_number, figure["by_seed"][strategy]))
    cells = [strategy, *_estimate(figure["mean"][strategy]), values]
    if size > len(cells):
        cells += ["", ""] if strategy == first else _apart(figure[f"{first} minus"][strategy])
    return cells


def _apart(told: Told | None) -> Sequence[str]:
    return _estimate(told, "+")


def _estimate(told: Told | None, sign: str = "") -> tuple[str, str]:
    """Return a mean and its interval."""
    if told is None:
        return NONE, NONE
    middle, low, high = (_number(told[key], sign) for key in ("mean", "low", "high"))
    return middle, NONE if told["low"] is None else f"[{low}, {high}]"


def _number(value: float | None, sign: str = "") -> str:
    """Return a figure with four digits, or as a whole number where it has more."""
    if value is None:
        return NONE
    return f"{value:{sign},.0f}" if abs(value) >= FOUR_DIGITS else f"{value:{sign}.4g}"


def _notes(group: Told) -> Iterator[str]:
    wanted = len(group["strategies"]) * len(group["seeds"])
    if group["runs"] < wanted:
        yield f"{group['runs']} of {wanted} runs have ended; the others are not in the table."
    if group["equal"] and group["equal"]["records"]:
        yield f"At equal records: {group['equal']['records']:,}, as many as the smallest run has."
    if 1 < len(group["seeds"]) < ENOUGH:
        share = 1 - 0.5 ** (len(group["seeds"]) - 1)
        yield (
            f"With {len(group['seeds'])} seeds an interval is their range, which holds the true "
            f"mean in {share:.0%} of cases at most: {ENOUGH} or more are needed for 95 %."
        )
