"""The rules on records that were read one by one: those at fault go, those that are right stay."""

import json
from collections import Counter
from typing import Any

import pytest

from nodes.rules import rules_of
from prompts.domain import load_preset
from record import Record
from store.quality.names import broken_name_rule
from store.quality.rules import RecordRules, broken_rule
from tests.shared_data import CODE, DEMO, shared

ANY = (1, 10**5)
REWRITING = RecordRules("en", "required", ANY, ANY, ANY, overlap=0.75)
CODING = RecordRules("en", "optional", ANY, ANY, ANY)


def read_records() -> list[dict[str, Any]]:
    return [json.loads(line) for line in shared("read_records.jsonl").read_text().splitlines()]


def fault_of(record: dict[str, Any], rules: RecordRules) -> str | None:
    parts = Record(record["instruction"], record["input"] or "", record["output"])
    fault = broken_rule(parts, rules)
    return fault[0] if fault else None


def test_what_needs_no_model_is_found_and_what_is_correct_is_kept() -> None:
    found: Counter[str] = Counter()
    for record in read_records():
        fault = fault_of(record, rules_of(load_preset(record["domain"])))
        if record["grade"] == "correct":
            assert fault is None
        if record["faults_without_a_model"] and fault:
            found[fault] += 1
    assert found == {"copy": 9, "count": 1, "repeats": 2}


def test_steps_among_the_tasks_are_found() -> None:
    names = {record["task"] for record in read_records()}
    faults = {name: broken_name_rule(name, "", language="en") for name in names}
    assert {name for name, fault in faults.items() if fault} == {
        "Evaluate the feasibility of each idea",
        "Generate a list of 5-10 ideas",
    }


def test_few_written_records_are_rejected() -> None:
    files = sorted(shared(DEMO).glob("*.json"))
    records = [
        record
        for file in files
        for record in json.loads(file.read_text("utf-8")).get("examples", [])
    ]
    rejected = Counter(filter(None, (fault_of(record, REWRITING) for record in records)))
    assert set(rejected) == {"copy", "count", "placeholder"}
    assert rejected["copy"] <= 25
    assert rejected["count"] == 1


@pytest.mark.parametrize("rule", ["count", "given_away", "prompt", "repeats"])
def test_code_is_not_taken_for_prose(rule: str) -> None:
    lines = shared(CODE).read_text("utf-8").splitlines()
    assert rule not in {fault_of(json.loads(line), CODING) for line in lines}
