"""The answer in a few figures: the tiles that a page opens with. Their numbers are the table's.

To add a tile: a function from the measures to a figure here, and its row in TILES.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from report.summary import effort
from words import clip, several

Measures = Mapping[str, Any]

LONGEST = 40
"""Characters of a word that is shown as a figure."""


@dataclass(frozen=True, slots=True)
class TileFigure:
    """The value of one data set, "" where it is unknown, and what stands beside it."""

    value: str = ""
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure of every data set."""

    name: str
    figures: Sequence[TileFigure]


def tiles(sets: Sequence[Measures]) -> Iterator[Tile]:
    """Yield the tiles that at least one data set has a value for."""
    for name, figure in TILES.items():
        figures = [figure(measures) or TileFigure() for measures in sets]
        if any(one.value for one in figures):
            yield Tile(name, figures)


def _records(measures: Measures) -> TileFigure:
    run, rejected = measures["run"], measures["rejections"]
    beside = f"of {rejected['proposed_records']:,} proposed" if rejected["records"] else ""
    if run and run["inherited"]:
        beside = f"{run['inherited']:,} of them inherited"
    return TileFigure(f"{measures['records']:,}", beside)


def _tasks(measures: Measures) -> TileFigure | None:
    tasks, branches = measures["tasks"], measures["branches"]["count"]
    beside = f"records in {branches:,} branches" if branches > 1 else ""
    return TileFigure(f"{tasks:,}", beside) if tasks else None


def _pairs(measures: Measures) -> TileFigure | None:
    found = measures["verb_noun"]
    if found is None:
        return None
    return TileFigure(f"{found['unique']:,}", f"in {several(found['with_object'], 'instruction')}")


def _rejected(measures: Measures) -> TileFigure | None:
    run, found = measures["run"], measures["rejections"]
    if found["share_of_records"] is None or not (found["count"] or (run and run["calls"])):
        return None
    tasks = found["by_kind"].get("task", 0)
    told = [several(found["records"], "record"), *([several(tasks, "task")] if tasks else [])]
    return TileFigure(f"{found['share_of_records']:.1%}", ", ".join(told))


def _repeats(measures: Measures) -> TileFigure:
    found = measures["repeats"]
    beside = f"{found['count']:,} at ROUGE-L {found['threshold']:g}"
    return TileFigure(f"{found['share']:.1%}", beside)


def _tokens(measures: Measures) -> TileFigure | None:
    run = measures["run"]
    if not run or not run["calls"] or run["per_record"]["tokens"] is None:
        return None
    each = run["per_record"]
    dollars = "price unknown" if each["usd"] is None else f"${each['usd']:.5f}"
    return TileFigure(f"{each['tokens']:,.0f}", dollars if each["usd"] != 0 else "no cost")


def _stopped_by(measures: Measures) -> TileFigure | None:
    run = measures["run"]
    if not run or not run["calls"]:
        return None
    return TileFigure(clip(run["stopped_by"] or "no cap", LONGEST), effort(measures))


TILES: Mapping[str, Callable[[Measures], TileFigure | None]] = {
    "Records": _records,
    "Tasks": _tasks,
    "Verb-noun pairs": _pairs,
    "Rejected": _rejected,
    "Repeats": _repeats,
    "Tokens for a record": _tokens,
    "Stopped by": _stopped_by,
}
"""What a reader wants to know first, in this order."""
