"""The measures of one data set, as plain JSON; what `analyze --json` writes and the page shows."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from typing import Any

from record import PARTS, Record
from report.measures import growth, histogram, kept_in_order, kept_rate, lengths, spread, unseen
from report.overlap import LONGEST, Overlaps, overlaps
from report.parsers import parser_for
from report.saturation import by_branch, by_depth
from report.verb_noun import Pair, Parser, counts, repetition
from store.files.data_set import DataSet
from store.filter.tokens import tokens

TOP_PAIRS = 100
"""Pairs that are written out, the most frequent first."""

Measures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Measuring:
    """How to measure: the filter's threshold, the parser, and whether a person chose it."""

    threshold: Fraction
    parser: Parser | None
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Analysis:
    """A data set, what was found for each record by position, and its measures (plain JSON).

    `kept` says which of the instructions the filter would keep at `threshold`, reading them in
    order. `pairs` is None where no parser fits; `missing` then says why.
    """

    data: DataSet
    threshold: Fraction
    kept: Sequence[bool]
    overlaps: Overlaps
    parser: Parser | None
    pairs: Sequence[Pair | None] | None
    missing: str | None
    measures: Measures = field(default_factory=dict)


def analyse(
    data: DataSet, how: Measuring, advance: Callable[[int], None] = lambda _: None
) -> Analysis:
    """Return the analysis of a data set; `advance` is called with how many pairs were compared."""
    instructions = [record.instruction for record in data.records]
    kept = kept_in_order(instructions, how.threshold)
    overlap = overlaps(instructions, advance)
    parser, missing = parser_for(data, how.parser, chosen=how.chosen)
    pairs = None if parser is None else list(parser.pairs(instructions))
    found = Analysis(data, how.threshold, kept, overlap, parser, pairs, missing)
    return replace(found, measures={name: measure(found) for name, measure in MEASURES.items()})


def _notes(found: Analysis) -> Iterator[str]:
    """Yield what a reader has to know to compare this data with other."""
    data = found.data
    yield from data.notes
    if found.missing:
        yield found.missing
    if data.chats:
        yield (
            f"{data.chats:,} records were read from chats, in which instruction and input are one "
            "text: their lengths and overlaps do not compare with those of records that keep them "
            "apart."
        )
    long = [r.instruction for r in data.records if len(r.instruction) > LONGEST]
    if cut := sum(len(tokens(text)) > LONGEST for text in long):
        yield (
            f"Of {cut:,} instructions only the first {LONGEST:,} words count in their ROUGE-L; the "
            "filter compares all."
        )


def _words(found: Analysis) -> Measures:
    texts = {part: [getattr(r, part) for r in found.data.records] for part in PARTS}
    return {part: asdict(lengths(texts[part])) for part in PARTS}


def _repeats(found: Analysis) -> Measures:
    count, total = found.kept.count(False), len(found.kept)
    threshold = float(found.threshold)
    return {"threshold": threshold, "count": count, "share": count / max(total, 1)}


def _rouge_l(found: Analysis) -> Measures:
    mean, highest = found.overlaps.mean, found.overlaps.highest
    many = max(len(mean), 1)
    return {
        "mean": float(mean.sum()) / many,
        "mean_of_highest": float(highest.sum()) / many,
        "histogram_of_means": histogram(mean.tolist()),
        "histogram_of_highest": histogram(highest.tolist()),
    }


def _verb_noun(found: Analysis) -> Measures | None:
    pairs, parser = found.pairs, found.parser
    if pairs is None:
        return None
    counted = counts(pairs)
    top = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:TOP_PAIRS]
    return {
        "parser": parser.name if parser else None,
        "with_object": counted.total(),
        "without_object": sum(pair is not None and pair[1] is None for pair in pairs),
        "without_verb": sum(pair is None for pair in pairs),
        **asdict(repetition(pairs)),
        **asdict(unseen(Counter(dict(counted)))),
        "top": [[verb, noun, count] for (verb, noun), count in top],
        "growth": growth(_met(pairs, range(1, len(pairs) + 1)), len(pairs)),
        "growth_by_calls": growth(_met(pairs, _steps(found.data)), len(found.data.calls)),
    }


def _met(pairs: Sequence[Pair | None], steps: Sequence[int]) -> Iterator[tuple[int, Pair]]:
    """Yield the pairs with an object, each with the step it was met in."""
    for pair, step in zip(pairs, steps, strict=True):
        if pair and pair[1]:
            yield step, pair


def _steps(data: DataSet) -> list[int]:
    """Return which call, counted from 1, brought each record; 0 where none of these did."""
    places = {call.call: place for place, call in enumerate(data.calls, start=1)}
    return [places.get(record.call or "", 0) for record in data.records]


def _branches(found: Analysis) -> Measures:
    records = found.data.records
    roots = {record.path[0] for record in records if record.path}
    depth = 0 if len(roots) > 1 else 1
    named = _by_count(_branch(record, depth) for record in records)
    return {"count": len(named), **asdict(spread(named)), "records": named}


def _branch(record: Record, depth: int) -> str:
    """Return the name at this depth of the record's path; the root's or the task's name else."""
    return record.path[depth] if len(record.path) > depth else (*record.path, record.task)[0]


def _by_count(names: Iterable[str]) -> Mapping[str, int]:
    """Return how often each name was met, the most frequent first; "" is none."""
    met = Counter(name for name in names if name)
    return dict(sorted(met.items(), key=lambda item: (-item[1], item[0])))


def _saturation(found: Analysis) -> Measures | None:
    tasks = found.data.tasks
    if not any(task.status for task in tasks):
        return None
    return {
        "by_depth": [asdict(part) for part in by_depth(tasks)],
        "by_branch": [asdict(part) for part in by_branch(tasks)],
    }


def _rejections(found: Analysis) -> Measures:
    rejections = found.data.rejections
    by_rule = Counter(rejection.rule for rejection in rejections)
    kinds = Counter(rejection.kind for rejection in rejections)
    stats, records = found.data.stats, len(rejections) - kinds["task"]
    proposed = records + len(found.data.records) - (stats.inherited if stats else 0)
    return {
        "count": len(rejections),
        "records": records,
        "proposed_records": proposed,
        "share_of_records": records / proposed if proposed > 0 else None,
        "by_kind": dict(sorted(kinds.items())),
        "by_rule": dict(sorted(by_rule.items())),
    }


def _run(found: Analysis) -> Measures | None:
    stats = found.data.stats
    if stats is None:
        return None
    tokens = stats.prompt_tokens + stats.completion_tokens
    spent = {"tokens": tokens, "calls": stats.calls, "usd": stats.usd, "seconds": stats.seconds}
    own = stats.records - stats.inherited
    each = {
        key: value / own if value is not None and own > 0 else None for key, value in spent.items()
    }
    return {**stats.model_dump(), "tokens": tokens, "per_record": each}


MEASURES: Mapping[str, Callable[[Analysis], Any]] = {
    "name": lambda found: found.data.name,
    "source": lambda found: found.data.source,
    "records": lambda found: len(found.data.records),
    "tasks": lambda found: len(found.data.tasks),
    "words": _words,
    "repeats": _repeats,
    "rouge_l": _rouge_l,
    "verb_noun": _verb_noun,
    "branches": _branches,
    "models": lambda found: _by_count(record.model for record in found.data.records),
    "saturation": _saturation,
    "kept_rate": lambda found: kept_rate([(int(one), int(not one)) for one in found.kept]),
    "kept_rate_by_calls": lambda found: kept_rate(
        [(call.kept, call.rejected) for call in found.data.calls]
    ),
    "rejections": _rejections,
    "run": _run,
    "notes": lambda found: list(_notes(found)),
}
"""Every measure, in the order of `analyze --json`. What people see of it: report/summary.py."""
