"""What the report tells of a judge."""

import json

import pytest

from record import Record, record_of, score_of
from report.figures.scores import scores
from report.measuring import analyse
from report.page import page
from report.summary import lines
from store.files.data_set import DataSet, Rejection
from tests.report.measures.measured import measured
from tests.report.samples import HOSTILE
from tests.report.test_page import MEASURING


def record(text: str, score: object, *path: str) -> Record:
    return record_of({"instruction": text, "score": score, "path": ("Root", *path), "task": "x"})


def turned_down(text: str, why: str, rule: str = "judge") -> Rejection:
    return Rejection(kind="record", rule=rule, text=text, why=why)


DATA = DataSet(
    "d",
    "d",
    [
        record("One", 0.5, "A", "A1"),
        record("Two", 0.9, "A", "A2"),
        record("Three", 0.9, "B"),
        record("Four", None, "B"),
    ],
    [
        turned_down("Five", "done: A half is missing.; clean: It repeats: twice."),
        turned_down("Six", "done: No ending."),
        turned_down("Seven", "done"),
        turned_down("Eight", "low score: 0.4, judge_threshold is 0.5"),
        turned_down("Nine", "it was not judged: the budget had no room for it"),
        turned_down("Ten", "ROUGE-L 0.80 with r1", "rouge_l"),
        turned_down("Eleven", "12 lines asked, 4 found", "count"),
    ],
)


def test_each_criterion_is_told_with_its_count_and_examples_of_its_failures() -> None:
    (found,) = measured(DATA)
    told = found["verdicts"]
    assert (told["passed"], told["rejected"]) == (3, 5)
    assert {one["criterion"]: one["count"] for one in told["by_criterion"]} == {
        "done": 3,
        "clean": 1,
        "it was not judged": 1,
        "low score": 1,
    }
    assert told["by_criterion"][0]["examples"] == [
        {"text": "Five", "reason": "A half is missing."},
        {"text": "Six", "reason": "No ending."},
        {"text": "Seven", "reason": ""},
    ]
    clean = next(one for one in told["by_criterion"] if one["criterion"] == "clean")
    assert clean["examples"] == [{"text": "Five", "reason": "It repeats: twice."}]


def test_scores_are_told_by_branch_and_by_task_the_lowest_first() -> None:
    (found,) = measured(DATA)
    told = found["verdicts"]
    assert [(one["name"], one["records"]) for one in told["by_branch"]] == [("A", 2), ("B", 1)]
    assert [one["mean"] for one in told["by_branch"]] == pytest.approx([0.7, 0.9])
    assert [one["name"] for one in told["by_task"]] == ["A1", "A2", "B"]
    assert told["mean"] == pytest.approx(2.3 / 3)


def test_it_is_told_who_rejected() -> None:
    (found,) = measured(DATA)
    assert found["rejections"]["by_whom"] == {"rules": 1, "the filter": 1, "the judge": 5}
    rows = {line.name: line.values[0] for line in lines([found])}
    assert rows["Rejected by"] == "rules 1, the filter 1, the judge 5"
    assert rows["Judged records"] == "8, of which 5 turned down (62.5%)"
    assert rows["Turned down for"].startswith("done 3, ")
    assert rows["Score of the kept"] == "0.77 / 0.50"


def test_data_that_nobody_judged_tells_nothing() -> None:
    (found,) = measured(["a", "b"])
    assert found["verdicts"] is None
    assert not any(
        figure["traces"] for figure in scores([analyse(DataSet("d", "d", []), MEASURING)])
    )


@pytest.mark.parametrize("score", ["0.5", True, None, 5, -0.1, float("nan"), [0.5], {"a": 1}])
def test_what_is_no_share_is_no_score(score: object) -> None:
    assert score_of(record("a", score)) is None


def test_the_page_shows_criteria_examples_and_scores_whatever_they_hold() -> None:
    gone = [turned_down(text, f"{text[:30]}: {text}") for text in HOSTILE]
    data = DataSet("d", "d", [record(t, 0.5, t[:99]) for t in HOSTILE], gone)
    found = analyse(data, MEASURING)
    assert json.loads(json.dumps(found.measures["verdicts"], allow_nan=False))
    shown = page([found])
    assert "What the judge turned down" in shown
    assert "<img src=x" not in shown
    assert "<script>document" not in shown
    assert [len(figure["traces"]) for figure in scores([found])] == [1, 1]
