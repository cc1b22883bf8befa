"""The verb-noun pairs of the instructions: how many, how even, and how many are still to come."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from report.analysis import Analysis
from report.counting import growth, unseen
from report.equal import Places, missed
from report.measure import Measure, Measures, Row, TileFigure
from report.measures.equal import EXACT, at_equal, rows_at_equal
from report.verb_noun import Pair, counts, repetition
from store.files.data_set import DataSet
from words import several

TOP_PAIRS = 100
"""Pairs that are written out, the most frequent first."""


def _verb_noun(found: Analysis) -> dict[str, Any] | None:
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
        **_at_equal(found, pairs),
        **asdict(unseen(Counter(dict(counted)))),
        "top": [[verb, noun, count] for (verb, noun), count in top],
        "growth": growth(_met(pairs, range(1, len(pairs) + 1)), len(pairs)),
        "growth_by_calls": growth(_met(pairs, _steps(found.data)), len(found.data.calls)),
    }


def _at_equal(found: Analysis, pairs: Sequence[Pair | None]) -> dict[str, float | None]:
    def of_records(places: Places) -> float:
        return len(counts(pairs[place] for place in places))

    return at_equal(found, lambda size: rarefied(pairs, size), of_records)


def rarefied(pairs: Sequence[Pair | None], size: int) -> float:
    """Return how many unique pairs `size` of the records hold on average (Hurlbert 1971)."""
    return sum(1 - missed(count, len(pairs), size) for count in counts(pairs).values())


def _met(pairs: Sequence[Pair | None], steps: Sequence[int]) -> Iterator[tuple[int, Pair]]:
    """Yield the pairs with an object, each with the step it was met in."""
    for pair, step in zip(pairs, steps, strict=True):
        if pair and pair[1]:
            yield step, pair


def _steps(data: DataSet) -> list[int]:
    """Return which call, counted from 1, brought each record; 0 where none of these did."""
    places = {call.call: place for place, call in enumerate(data.calls, start=1)}
    return [places.get(record.call or "", 0) for record in data.records]


def _words(measures: Measures) -> str:
    found = measures["verb_noun"]
    return f"{found['unique']:,} in {found['with_object']:,} instructions"


def _tile(measures: Measures) -> TileFigure | None:
    found = measures["verb_noun"]
    if found is None:
        return None
    return TileFigure(f"{found['unique']:,}", f"in {several(found['with_object'], 'instruction')}")


VERB_NOUN = Measure(
    "verb_noun",
    _verb_noun,
    rows=(
        Row(
            "Unique verb-noun pairs",
            _words,
            "Root verb and direct object of an instruction, found by a dependency parse; not every "
            "instruction has both.",
        ),
        *rows_at_equal("Unique pairs", "verb_noun", ",.1f", EXACT),
        Row(
            "Occurrences of a pair",
            lambda m: f"{m['verb_noun']['mean']:.2f} ± {m['verb_noun']['deviation']:.2f}",
            "Mean and standard deviation; lower is more even.",
        ),
        Row(
            "Pairs that more records like these would reach, at least",
            lambda m: f"{m['verb_noun']['chao1']:,.0f}",
            "Chao1 (Chao 1984). It supposes independent draws; a model that is told what exists "
            "draws otherwise, and then it can be far off.",
        ),
        Row(
            "Chance that the next pair is a new one, at most",
            lambda m: f"{m['verb_noun']['next_new']:.1%}" if m["records"] > 1 else "",
            "Good-Turing (Good 1953): the share of pairs met once. It overstates what is left "
            "where the model is told what exists: read it as a cautious upper figure.",
        ),
    ),
    tiles={"Verb-noun pairs": _tile},
)
