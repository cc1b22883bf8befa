"""What a run took, in all and for a record, and how it was made."""

from functools import partial
from typing import Any

from report.analysis import Analysis
from report.measure import Measure, Measures, Row, TileFigure
from words import clip, duration, several

MODELS_NAMED = 3
"""Models that are named, those of most records first."""

LONGEST_MODEL = 100
"""Characters of a model's name that are shown."""

LONGEST_CAP = 40
"""Characters of what stopped a run that a tile shows."""


def _run(found: Analysis) -> dict[str, Any] | None:
    stats = found.data.stats
    if stats is None:
        return None
    tokens = stats.prompt_tokens + stats.completion_tokens
    spent = {"tokens": tokens, "calls": stats.calls, "usd": stats.usd, "seconds": stats.seconds}
    own = stats.records - stats.inherited
    each = {
        key: value / own if value is not None and own > 0 else None for key, value in spent.items()
    }
    return {**stats.model_dump(exclude={"unseen"}), "tokens": tokens, "per_record": each}


def _took(measures: Measures) -> str:
    """Return what the run took in all, "" where it made no calls."""
    run = measures["run"]
    if not run["calls"]:
        return ""
    parts = [several(run["calls"], "call"), several(run["tokens"], "token")]
    if run["usd"]:
        parts.append(f"${run['usd']:,.2f}")
    return ", ".join([*parts, duration(run["seconds"])])


def _each(key: str, form: str, measures: Measures) -> str:
    """Return what a record cost; a run without calls has no costs."""
    each = measures["run"]["per_record"][key] if measures["run"]["calls"] else None
    return "" if each is None else format(each, form) if each else "0"


def _models(measures: Measures) -> str:
    """Return which models the records name, else the run's."""
    named = list(measures["models"])
    if not named:
        return measures["run"]["model"] or ""
    more = f" and {len(named) - MODELS_NAMED} more" if len(named) > MODELS_NAMED else ""
    return ", ".join(name[:LONGEST_MODEL] for name in named[:MODELS_NAMED]) + more


def _tokens_tile(measures: Measures) -> TileFigure | None:
    run = measures["run"]
    if not run or not run["calls"] or run["per_record"]["tokens"] is None:
        return None
    each = run["per_record"]
    dollars = "price unknown" if each["usd"] is None else f"${each['usd']:.5f}"
    return TileFigure(f"{each['tokens']:,.0f}", dollars if each["usd"] != 0 else "no cost")


def _stopped_tile(measures: Measures) -> TileFigure | None:
    run = measures["run"]
    if not run or not run["calls"]:
        return None
    return TileFigure(clip(run["stopped_by"] or "no cap", LONGEST_CAP), _took(measures))


RUN = Measure(
    "run",
    _run,
    rows=(
        Row("The run took", _took, "Dollars at list prices, where they are known."),
        Row(
            "Calls for a record",
            partial(_each, "calls", ".2f"),
            "All calls of the run, those for tasks too; records that it began with do not count.",
        ),
        Row("Tokens for a record", partial(_each, "tokens", ",.0f"), "Prompts and answers."),
        Row("Dollars for a record", partial(_each, "usd", ".5f"), "At list prices."),
        Row("Seconds for a record", partial(_each, "seconds", ".2f")),
        Row("Model", _models),
        Row("Strategy", lambda m: m["run"]["strategy"] or "" if m["run"]["calls"] else ""),
        Row("Stopped by", lambda m: m["run"]["stopped_by"] or ""),
    ),
    tiles={"Tokens for a record": _tokens_tile, "Stopped by": _stopped_tile},
)
