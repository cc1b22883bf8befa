"""The measures of one data set, as plain JSON; what `analyze --json` writes and the page shows."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from record import Record
from report.measures import (
    Spread,
    growth,
    histogram,
    kept_in_order,
    kept_rate,
    lengths,
    spread,
    unseen,
)
from report.overlap import LONGEST, Overlaps, overlaps
from report.saturation import by_branch, by_depth
from report.verb_noun import Pair, Parser, counts, packaged_parser, repetition, seems_english
from store.files.data_set import DataSet, Stats
from store.files.tasks import TaskCounts
from store.filter.tokens import tokens

TOP_PAIRS = 100
"""Pairs that are written out, the most frequent first."""

LANGUAGES = {"en", "english"}

Measures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Analysis:
    """A data set, its measures (plain JSON), and what was found for each record by position.

    `kept` says which of the instructions the filter would keep, reading them in order.
    """

    data: DataSet
    measures: Measures
    overlaps: Overlaps
    pairs: Sequence[Pair | None] | None
    kept: Sequence[bool]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How to measure: the filter's threshold, the parser, and whether a person chose it.

    A parser that nobody chose is an English one, and gives way to the one a domain names.
    """

    threshold: Fraction
    parser: Parser | None
    chosen: bool = False


def analyse(
    data: DataSet, wanted: Wanted, advance: Callable[[int], None] = lambda _: None
) -> Analysis:
    """Return the analysis of a data set; `advance` is told how many pairs were compared."""
    instructions = [record.instruction for record in data.records]
    kept = kept_in_order(instructions, wanted.threshold)
    overlap = overlaps(instructions, advance)
    parser, missing = _parser(data, wanted)
    pairs = None if parser is None else list(parser.pairs(instructions))
    measures = {
        "name": data.name,
        "source": data.source,
        "records": len(data.records),
        "tasks": len(data.tasks),
        "words": {
            part: asdict(lengths([getattr(record, part) for record in data.records]))
            for part in ("instruction", "input", "output")
        },
        "repeats": {"threshold": float(wanted.threshold), **_share(kept.count(False), len(kept))},
        "rouge_l": _overlap(overlap),
        "verb_noun": _verb_noun(data, pairs, parser) if pairs is not None else None,
        "branches": _branches(data),
        "models": _by_count(record.model for record in data.records),
        "saturation": _saturation(data.tasks),
        "kept_rate": kept_rate([(int(one), int(not one)) for one in kept]),
        "kept_rate_by_calls": kept_rate([(call.kept, call.rejected) for call in data.calls]),
        "rejections": _rejections(data),
        "run": None if data.stats is None else _run(data.stats),
        "notes": [*([missing] if missing else []), *_remarks(data)],
    }
    return Analysis(data, measures, overlap, pairs, kept)


def _parser(data: DataSet, wanted: Wanted) -> tuple[Parser | None, str | None]:
    """Return the parser for the data, or None and why verbs and nouns are left out."""
    left_out = "Verb-noun pairs are left out: "
    if wanted.parser is None:
        return None, left_out + "they need spaCy (pip install '.[analysis]')."
    if wanted.chosen:
        return wanted.parser, None
    if data.spacy_model:
        named = packaged_parser(data.spacy_model)
        missing = f"the domain's spaCy model {data.spacy_model!r} is not installed."
        return named, None if named else left_out + missing
    if _is_english(data):
        return wanted.parser, None
    return None, left_out + (
        f"{wanted.parser.name} is an English model; name one for this language with --spacy-model, "
        "or in the domain as spacy_model."
    )


def _is_english(data: DataSet) -> bool:
    """Return whether the domain says so, or the texts of a file without one look like it."""
    texts = [record.instruction[:200] for record in data.records[:1000]]
    letters = [sign for text in texts for sign in text if sign.isalpha()]
    if 2 * sum(sign.isascii() for sign in letters) < len(letters):
        return False
    if data.language:
        return data.language.lower().partition("-")[0] in LANGUAGES
    return seems_english([word for text in texts for word in tokens(text)])


def _remarks(data: DataSet) -> Iterator[str]:
    """Yield what a reader has to know to compare this data with other."""
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


def _share(count: int, total: int) -> Measures:
    return {"count": count, "share": count / max(total, 1)}


def _overlap(found: Overlaps) -> Measures:
    many = max(len(found.mean), 1)
    return {
        "mean": float(found.mean.sum()) / many,
        "highest": float(found.highest.sum()) / many,
        "histogram_of_means": histogram(found.mean.tolist()),
        "histogram_of_highest": histogram(found.highest.tolist()),
    }


def _verb_noun(data: DataSet, pairs: Sequence[Pair | None], parser: Parser | None) -> Measures:
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
        "growth_by_calls": growth(_met(pairs, _steps(data)), len(data.calls)),
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


def _branches(data: DataSet) -> Measures:
    roots = {record.path[0] for record in data.records if record.path}
    depth = 0 if len(roots) > 1 else 1
    named = _by_count(_branch(record, depth) for record in data.records)
    even: Spread = spread(named)
    return {"count": len(named), **asdict(even), "records": named}


def _branch(record: Record, depth: int) -> str:
    """Return the name at this depth of the record's path; the root's or the task's name else."""
    return record.path[depth] if len(record.path) > depth else (*record.path, record.task)[0]


def _by_count(names: Iterable[str]) -> Mapping[str, int]:
    """Return how often each name was met, the most frequent first; "" is none."""
    met = Counter(name for name in names if name)
    return dict(sorted(met.items(), key=lambda item: (-item[1], item[0])))


def _saturation(tasks: Sequence[TaskCounts]) -> Measures | None:
    if not any(task.status for task in tasks):
        return None
    return {
        "by_depth": [asdict(part) for part in by_depth(tasks)],
        "by_branch": [asdict(part) for part in by_branch(tasks)],
    }


def _rejections(data: DataSet) -> Measures:
    by_rule = Counter(rejection.rule for rejection in data.rejections)
    kinds = Counter(rejection.kind for rejection in data.rejections)
    return {
        "count": len(data.rejections),
        "by_kind": dict(sorted(kinds.items())),
        "by_rule": dict(sorted(by_rule.items())),
    }


def _run(stats: Stats) -> Measures:
    tokens = stats.prompt_tokens + stats.completion_tokens
    spent = {"tokens": tokens, "calls": stats.calls, "usd": stats.usd, "seconds": stats.seconds}
    own = stats.records - stats.inherited
    each = {
        key: value / own if value is not None and own > 0 else None for key, value in spent.items()
    }
    return {**stats.model_dump(), "tokens": tokens, "per_record": each}
