"""The measures as words, for the terminal and the page."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from report.analysis import Wanted, analyse
from report.data import DataSet, Record, Stats
from report.summary import lines
from tests.report.samples import record


def told(records: Sequence[dict[str, Any]], stats: Stats | None = None) -> dict[str, str]:
    """Return the value of each measure of these records, by its name."""
    data = DataSet("d", "d", [Record.model_validate(one) for one in records], stats=stats)
    measures = analyse(data, Wanted(Fraction(7, 10), None)).measures
    return {line.name: line.values[0] for line in lines([measures])}


def test_one_record_has_no_overlap() -> None:
    found = told([{"instruction": "alone"}])
    assert found["Records"] == "1"
    assert not any("ROUGE-L" in name for name in found)


def test_only_more_than_one_branch_has_an_evenness() -> None:
    assert told([record("one"), record("two")])["Branches, evenness"] == "1"
    found = told([record("one", "A"), record("two", "A"), record("three", "B")])
    assert found["Branches, evenness"] == "2, 0.92"


def test_the_models_are_those_that_the_records_name() -> None:
    named = [record(str(n), model=model) for n, model in enumerate("aabbbcde")]
    assert told(named, Stats(model="run's"))["Model"] == "b, a, c and 2 more"
    assert told([record("one", model="m" * 9000)])["Model"] == "m" * 100
    assert told([record("one")], Stats(model="run's"))["Model"] == "run's"
    assert "Model" not in told([record("one")])
