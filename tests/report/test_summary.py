"""The measures as words, for the terminal and the page."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from record import record_of
from report.analysis import Measuring
from report.measuring import analyse
from report.summary import lines
from store.files.data_set import DataSet, Rejection, Stats, Unseen
from tests.report.samples import record


def told(
    records: Sequence[dict[str, Any]],
    stats: Stats | None = None,
    rejections: Sequence[Rejection] = (),
) -> dict[str, str]:
    """Return the value of each measure of these records, by its name."""
    read = [record_of(one) for one in records]
    data = DataSet("d", "d", read, rejections, stats=stats)
    measures = analyse(data, Measuring(Fraction(7, 10), None)).measures
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


def test_a_record_costs_what_the_run_spent_on_its_own() -> None:
    stats = Stats(records=5, inherited=3, calls=4, prompt_tokens=90, completion_tokens=10)
    found = told([record(text) for text in "abcde"], stats)
    assert found["Calls for a record"] == "2.00"
    assert found["Tokens for a record"] == "50"
    assert "Dollars for a record" not in found  # no price is known
    free = told([record("one")], Stats(records=1, calls=1, usd=0.0))
    assert free["Dollars for a record"] == "0"
    assert free["The run took"] == "1 call, 0 tokens, 0 min 0 s"
    assert "Strategy" not in free  # stats.json does not say


def test_a_run_without_records_of_its_own_has_no_cost_for_one() -> None:
    found = told([record("one")], Stats(records=1, inherited=1, calls=2, prompt_tokens=9, usd=0.1))
    assert not any(name.endswith("for a record") for name in found)


def test_rejected_records_are_a_share_of_those_proposed() -> None:
    task, text = (Rejection(kind=kind, rule="copy") for kind in ("task", "record"))
    records, stats = [record(text) for text in "abc"], Stats(records=3, inherited=1, calls=2)
    assert told(records, stats, [text, task, text])["Rejected"] == (
        "2 records (50.0% of those proposed), 1 task"
    )
    assert told(records, stats, [task])["Rejected"] == "1 task"
    assert told(records, stats)["Rejected"] == "0"
    assert "Rejected" not in told(records)


def test_a_part_that_no_record_has_has_no_length() -> None:
    found = told([{"instruction": "one two"}, {"instruction": "three", "output": "four"}])
    assert found["Words in an instruction"] == "1.5 / 1.5 / 2"
    assert found["Words in an output"] == "0.5 / 0.5 / 1"
    assert "Words in an input" not in found


def test_a_run_says_how_many_tasks_it_has_not_found() -> None:
    stats = Stats(records=1, calls=1, unseen=Unseen(expected=120, low=30, high=480))
    said = "about 120 still to be found (90 %: 30 to 480)"
    assert told([record("a")], stats)["Tasks not found"] == said
    assert "Tasks not found" not in told([record("a")], Stats(records=1, calls=1))
