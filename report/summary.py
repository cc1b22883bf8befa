"""The measures of several data sets side by side, as words: for the terminal and the page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from words import duration, several

MODELS_NAMED = 3
"""Models that are named, those of most records first."""

LONGEST_MODEL = 100
"""Characters of a model's name that are shown."""

Measures = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One measure: its name, a value for each data set ("" where unknown), and what it says."""

    name: str
    values: Sequence[str]
    about: str = ""


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    value: Callable[[Measures], str]
    about: str = ""


def lines(sets: Sequence[Measures]) -> Iterator[Line]:
    """Yield the measures that at least one data set has."""
    for column in _COLUMNS:
        values = [_value(column, measures) for measures in sets]
        if any(values):
            yield Line(column.name, values, column.about)


def _value(column: _Column, measures: Measures) -> str:
    """Return the value, "" where the data set does not have it."""
    try:
        return column.value(measures)
    except (KeyError, TypeError):  # a part that is None
        return ""


def _words(part: str, measures: Measures) -> str:
    found = measures["words"][part]
    if not found["longest"]:
        return ""
    median = f"{found['median']:,.1f}".removesuffix(".0")
    return f"{found['mean']:,.1f} / {median} / {found['longest']:,}"


def _repeats(measures: Measures) -> str:
    found = measures["repeats"]
    return f"{found['count']:,} ({found['share']:.1%}) at {found['threshold']:g}"


def effort(measures: Measures) -> str:
    """Return what the run took in all, "" where it made no calls."""
    run = measures["run"]
    if not run["calls"]:
        return ""
    parts = [several(run["calls"], "call"), several(run["tokens"], "token")]
    if run["usd"]:
        parts.append(f"${run['usd']:,.2f}")
    return ", ".join([*parts, duration(run["seconds"])])


def _overlap(part: str, measures: Measures) -> str:
    """Return the overlap; a single record has none."""
    return f"{measures['rouge_l'][part]:.3f}" if measures["records"] > 1 else ""


def _pairs(measures: Measures) -> str:
    found = measures["verb_noun"]
    return f"{found['unique']:,} in {found['with_object']:,} instructions"


def _branches(measures: Measures) -> str:
    count, evenness = (measures["branches"][part] for part in ("count", "evenness"))
    if not count:
        return ""
    return f"{count:,}" if evenness is None else f"{count:,}, {evenness:.2f}"


def _models(measures: Measures) -> str:
    """Return which models the records name, else the run's."""
    named = list(measures["models"])
    if not named:
        return measures["run"]["model"] or ""
    more = f" and {len(named) - MODELS_NAMED} more" if len(named) > MODELS_NAMED else ""
    return ", ".join(name[:LONGEST_MODEL] for name in named[:MODELS_NAMED]) + more


def _rejected(measures: Measures) -> str:
    """Return how many records and tasks were rejected; of records the share of those proposed."""
    run, found = measures["run"], measures["rejections"]
    if not found["count"]:
        return "0" if run and run["calls"] else ""
    parts = []
    if records := found["records"]:
        share = f"{found['share_of_records']:.1%} of those proposed"
        parts.append(f"{several(records, 'record')} ({share})")
    if tasks := found["by_kind"].get("task"):
        parts.append(several(tasks, "task"))
    return ", ".join(parts)


def _each(key: str, form: str, measures: Measures) -> str:
    """Return what a record cost; a run without calls has no costs."""
    each = measures["run"]["per_record"][key] if measures["run"]["calls"] else None
    return "" if each is None else format(each, form) if each else "0"


_COLUMNS = (
    _Column("Records", lambda m: f"{m['records']:,}"),
    _Column("Tasks", lambda m: f"{m['tasks']:,}" if m["tasks"] else ""),
    _Column(
        "Branches, evenness",
        _branches,
        "The root's children, and the root where it has records of its own. The entropy of the "
        "records over them, as a share of the most possible: 1 is perfectly even.",
    ),
    _Column(
        "Unique verb-noun pairs",
        _pairs,
        "Root verb and direct object of an instruction, found by a dependency parse; not every "
        "instruction has both.",
    ),
    _Column(
        "Occurrences of a pair",
        lambda m: f"{m['verb_noun']['mean']:.2f} ± {m['verb_noun']['deviation']:.2f}",
        "Mean and standard deviation; lower is more even.",
    ),
    _Column(
        "Pairs that more records like these would reach, at least",
        lambda m: f"{m['verb_noun']['chao1']:,.0f}",
        "Chao1 (Chao 1984). It supposes independent draws; a model that is told what exists "
        "draws otherwise, and then it can be far off.",
    ),
    _Column(
        "Chance that the next pair is a new one, at most",
        lambda m: f"{m['verb_noun']['next_new']:.1%}" if m["records"] > 1 else "",
        "Good-Turing (Good 1953): the share of pairs met once. It overstates what is left where "
        "the model is told what exists: read it as a cautious upper figure.",
    ),
    _Column(
        "ROUGE-L with all others",
        partial(_overlap, "mean"),
        "The words that two instructions have in common, in their order, as a share of both: 1 is "
        "the same text, 0 nothing. The mean over all pairs; lower is more diverse.",
    ),
    _Column(
        "ROUGE-L with the nearest other",
        partial(_overlap, "mean_of_highest"),
        "The mean of every instruction's highest.",
    ),
    _Column(
        "Repeats",
        _repeats,
        "Instructions that the filter would drop, reading the data in order: their ROUGE-L with "
        "one before them reaches the threshold; of texts without letters or digits, equal ones.",
    ),
    _Column("Words in an instruction", partial(_words, "instruction"), "Mean / median / longest."),
    _Column("Words in an input", partial(_words, "input"), "Mean / median / longest."),
    _Column("Words in an output", partial(_words, "output"), "Mean / median / longest."),
    _Column("Rejected", _rejected),
    _Column("The run took", effort, "Dollars at list prices, where they are known."),
    _Column(
        "Calls for a record",
        partial(_each, "calls", ".2f"),
        "All calls of the run, those for tasks too; records that it began with do not count.",
    ),
    _Column("Tokens for a record", partial(_each, "tokens", ",.0f"), "Prompts and answers."),
    _Column("Dollars for a record", partial(_each, "usd", ".5f"), "At list prices."),
    _Column("Seconds for a record", partial(_each, "seconds", ".2f")),
    _Column("Model", _models),
    _Column("Strategy", lambda m: m["run"]["strategy"] or "" if m["run"]["calls"] else ""),
    _Column("Stopped by", lambda m: m["run"]["stopped_by"] or ""),
)
