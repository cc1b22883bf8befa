"""At which effort data sets are compared, and how a measure's value at it is found and told."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from report.analysis import Analysis
from report.equal import DRAWS, Places, early
from report.measure import Measure, Measures, Row

EXACT = "The mean over all samples of as many records as the smallest data set has (rarefaction)."
DRAWN = f"The mean over {DRAWS} samples of as many records as the smallest data set has."
_BY_TOKENS = (
    "Of the records that the run had when it had spent what the cheapest run did. A run that "
    "explores first has few by then; with that cap it would have divided its tokens otherwise."
)


def at_equal(
    found: Analysis,
    of_sample: Callable[[int], float | None],
    of_records: Callable[[Places], float | None],
) -> dict[str, float | None]:
    """Return a value at equal records and at equal tokens, None where it cannot be told.

    `of_sample` returns its mean over samples of so many records, `of_records` that of some records.
    """
    equal, data = found.equal, found.data
    size = equal.records if equal and data.records else None
    places = early(data, equal.tokens) if equal and equal.tokens else None
    return {
        "at_equal_records": None if size is None else of_sample(size),
        "at_equal_tokens": None if places is None else of_records(places),
    }


def rows_at_equal(name: str, measure: str, form: str, how: str) -> tuple[Row, Row]:
    """Return the rows that tell both; `how` says how samples are counted."""

    def by_records(measures: Measures) -> str:
        value, size = measures[measure]["at_equal_records"], measures["equal"]["records"]
        return f"{value:{form}} with {size:,} records"

    def by_tokens(measures: Measures) -> str:
        value, spent = measures[measure]["at_equal_tokens"], measures["equal"]["tokens"]
        return f"{value:{form}} at {spent:,} tokens"

    return (
        Row(f"{name} at equal records", by_records, how),
        Row(f"{name} at equal tokens", by_tokens, _BY_TOKENS),
    )


def _equal(found: Analysis) -> dict[str, Any] | None:
    return {**asdict(found.equal), "draws": DRAWS} if found.equal else None


EQUAL = Measure("equal", _equal)
