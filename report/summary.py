"""The measures of several data sets side by side, as words: for the terminal and the page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
        values = [_told(column, measures) for measures in sets]
        if any(values):
            yield Line(column.name, values, column.about)


def _told(column: _Column, measures: Measures) -> str:
    """Return the value, "" where the data set does not have it."""
    try:
        return column.value(measures)
    except (KeyError, TypeError):  # a part that is None
        return ""


def _words(part: str) -> Callable[[Measures], str]:
    def told(measures: Measures) -> str:
        found = measures["words"][part]
        return f"{found['mean']:.1f} / {found['median']:g} / {found['longest']:,}"

    return told


def _repeats(measures: Measures) -> str:
    found = measures["repeats"]
    return f"{found['count']:,} ({found['share']:.1%}) at {found['threshold']:g}"


def _rejected(measures: Measures) -> str:
    count = measures["rejections"]["count"]
    if not count:
        return "0" if measures["run"] and measures["run"]["calls"] else ""
    return f"{count:,} ({count / (count + measures['records']):.1%} of all proposals)"


def _each(key: str, form: str) -> Callable[[Measures], str]:
    def told(measures: Measures) -> str:
        if not measures["run"]["calls"]:
            return ""
        return format(measures["run"]["per_record"][key], form)

    return told


_COLUMNS = (
    _Column("Records", lambda m: f"{m['records']:,}"),
    _Column("Tasks", lambda m: f"{m['tasks']:,}" if m["tasks"] else ""),
    _Column(
        "Branches, evenness",
        lambda m: (
            f"{m['branches']['count']:,}, {m['branches']['evenness']:.2f}"
            if m["branches"]["count"]
            else ""
        ),
        "The root's children, and the root where it has records of its own. The entropy of the "
        "records over them, as a share of the most possible: 1 is perfectly even.",
    ),
    _Column(
        "Unique verb-noun pairs",
        lambda m: f"{m['verb_noun']['unique']:,}",
        "Root verb and direct object of each instruction, found by a dependency parse.",
    ),
    _Column(
        "Occurrences of a pair",
        lambda m: f"{m['verb_noun']['mean']:.2f} ± {m['verb_noun']['deviation']:.2f}",
        "Mean and standard deviation; lower is more even.",
    ),
    _Column(
        "Pairs in all, at least",
        lambda m: f"{m['verb_noun']['chao1']:,.0f}",
        "Chao1 (Chao 1984). It supposes independent draws; a model that is told what exists "
        "draws otherwise, and then it can be far off.",
    ),
    _Column(
        "Next pair is new, at most",
        lambda m: f"{m['verb_noun']['next_new']:.1%}",
        "Good-Turing (Good 1953): the share of pairs met once. It overstates what is left where "
        "the model is told what exists: read it as a cautious upper figure.",
    ),
    _Column("Mean ROUGE-L", lambda m: f"{m['rouge_l']['mean']:.3f}", "With all others."),
    _Column(
        "Highest ROUGE-L", lambda m: f"{m['rouge_l']['highest']:.3f}", "With the nearest other."
    ),
    _Column(
        "Repeats",
        _repeats,
        "Instructions that the filter would drop, reading the data in order.",
    ),
    _Column("Words an instruction", _words("instruction"), "Mean / median / longest."),
    _Column("Words an input", _words("input"), "Mean / median / longest."),
    _Column("Words an output", _words("output"), "Mean / median / longest."),
    _Column("Rejected", _rejected),
    _Column("Calls a record", _each("calls", ".2f"), "All calls, those for tasks included."),
    _Column("Tokens a record", _each("tokens", ",.0f"), "Prompts and answers."),
    _Column("Dollars a record", _each("usd", ".5f"), "At list prices."),
    _Column("Seconds a record", _each("seconds", ".2f")),
    _Column("Model", lambda m: m["run"]["model"] or ""),
    _Column("Strategy", lambda m: m["run"]["strategy"] if m["run"]["calls"] else ""),
    _Column("Stopped by", lambda m: m["run"]["stopped_by"] or ""),
)
