"""What calls.jsonl says of a run, and that everything in it adds up."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from prompts.render import PROMPT_VERSION
from record import Subtask
from store.admission import Admission, Origin
from store.calls import call_rows
from store.digest import digest
from store.journal.log import GENESIS, Entry, Journal
from tests.running import SMALL, run_scripted
from tests.store.samples import CALLS, ORIGIN, RULES, begin, explored, parts, task


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(f"sqlite:///{tmp_path / 'journal.db'}")
    yield opened
    opened.close()


def test_a_call_says_what_it_was_for_what_it_cost_and_what_it_brought(journal: Journal) -> None:
    entries = [begin(), task(0, None, "writing"), task(1, 0, "mail")]
    exploration = explored(*entries)
    origin = Origin("t0", ORIGIN | {"operation": "lookahead"}, CALLS)
    entries.append(
        Admission(exploration, origin, RULES).reject("task", "No.", ("malformed", "no JSON"))
    )
    subtasks = [Subtask("Mail", ""), Subtask("Thanks", "")]
    entries += Admission(exploration, origin, RULES).subtasks(2, subtasks)
    origin = Origin("t1", ORIGIN, CALLS)
    unread = Admission(exploration, origin, RULES).reject("record", "No.", ("malformed", "no JSON"))
    texts = [parts(t) for t in ("Thank a friend", "Thank a friend!", "Describe a gift")]
    judged = [unread, *map(Admission(exploration, origin, RULES).record, texts)]
    entries += [*judged, Admission(exploration, origin, RULES).close_call(judged)]
    rows = list(call_rows(journal, journal.commit(GENESIS, entries), exploration))
    told = [(r["operation"], r["path"], r["read"], r["kept"], r["rejected"]) for r in rows]
    assert told == [
        ("lookahead", ["writing"], False, 0, 1),
        ("lookahead", ["writing"], True, 1, 1),
        ("generate", ["writing", "mail"], False, 0, 1),
        ("generate", ["writing", "mail"], True, 2, 1),
    ]
    assert rows[3] == CALLS[1] | {
        "operation": "generate",
        "task": "mail",
        "tasks": ["mail"],
        "path": ["writing", "mail"],
        "kept": 2,
        "rejected": 1,
    }


def test_a_call_for_a_pruned_task_keeps_its_line(journal: Journal) -> None:
    entries = [begin(), task(0, None, "writing"), task(1, 0, "mail")]
    exploration = explored(*entries)
    entries.append(Admission(exploration, Origin("t1", ORIGIN, CALLS[1:]), RULES).close_call([]))
    entries.append(Entry("prune", {"task": "t1"}))
    exploration.apply(entries[-1])
    (row,) = call_rows(journal, journal.commit(GENESIS, entries), exploration)
    assert (row["task"], row["path"]) == ("mail", [])


def test_what_was_imported_had_no_calls(journal: Journal) -> None:
    entries = [begin(), task(0, None, "x"), Entry("call", {"task": "t0", "kept": 3, "rejected": 0})]
    head = journal.commit(GENESIS, entries)
    assert list(call_rows(journal, head, explored(*entries))) == []


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.parametrize("strategy", ["depth-first", "breadth-first", "self-instruct"])
def test_every_record_and_rejection_of_a_run_leads_to_its_call(
    tmp_path: Path, strategy: str
) -> None:
    settings = SMALL.model_copy(update={"strategy": strategy, "per_call": 2})
    result = run_scripted(tmp_path, settings)
    calls = {row["call"]: row for row in read(tmp_path / "calls.jsonl")}
    records, rejections = read(tmp_path / "dataset.jsonl"), read(tmp_path / "rejected.jsonl")
    kept, rejected = (Counter(r["call"] for r in rows) for rows in (records, rejections))
    assert {call for call, row in calls.items() if row["operation"] == "generate"} >= set(kept)
    for call, row in calls.items():
        if row["operation"] == "generate":
            assert row["kept"] == kept[call]
        assert row["rejected"] == rejected[call]
        assert row["prompt_version"] == PROMPT_VERSION
    assert all(r["task"] in calls[r["call"]]["tasks"] for r in records)
    assert all(row["path"][-1] == row["task"] == row["tasks"][0] for row in calls.values())
    spent = result["spent"]
    assert len(calls) == spent["calls"]
    for tokens in ("prompt_tokens", "completion_tokens"):
        assert sum(row[tokens] for row in calls.values()) == spent[tokens]
    assert not all(row["read"] for row in calls.values())


def test_a_call_can_be_looked_up_in_the_journal(tmp_path: Path) -> None:
    result = run_scripted(tmp_path)
    journal = Journal(f"sqlite:///{tmp_path / 'run.db'}")
    with journal._database.begin() as connection:
        stored = connection.exec_driver_sql("SELECT key, request FROM answers").all()
    journal.close()
    requests = {key[:16]: json.loads(request) for key, request in stored}
    for row in read(tmp_path / "calls.jsonl"):
        request = requests[row["call"]]
        assert request["seed"] == row["seed"]
        assert digest(request).startswith(row["call"])
    assert len(requests) == result["spent"]["calls"]
