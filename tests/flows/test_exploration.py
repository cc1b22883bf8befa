"""The search as the graph runs it: order, limits, strategies, review, budget."""

import json
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from errors import RunError
from nodes.settings import Settings
from store.filter.tokens import tokens
from tests.doubles.scripted import ScriptedChat, records, reply, subtasks
from tests.running import SMALL, a_second_an_answer, run_scripted
from tests.store.filter.oracle import rouge_l

WORLD = {
    ("Rewriting of texts", "lookahead"): [],
    ("Rewriting of texts", "backtrack"): [
        "Shorten long reports",
        "Translate slang into plain words",
    ],
    ("Change the tone of a message", "lookahead"): ["Soften harsh criticism"],
    ("Change the tone of a message", "backtrack"): ["Make thanks sound warmer"],
    ("Simplify a text for a certain reader", "lookahead"): ["Explain contracts to tenants"],
    ("Simplify a text for a certain reader", "backtrack"): ["Retell physics for children"],
    ("Shorten long reports", "lookahead"): ["Condense minutes"],
    ("Shorten long reports", "backtrack"): ["Cut repetition from essays"],
    ("Translate slang into plain words", "lookahead"): ["Soften harsh criticism"],
    ("Translate slang into plain words", "backtrack"): ["Decode teenage chats"],
}
"""What the scripted model knows: for a task and an operation the subtasks it names."""


def know(system: str, request: str, _seed: int) -> str:
    """Answer from WORLD."""
    if '"subtasks"' not in system:
        return records(["An instruction"])
    operation = "backtrack" if " more subtask" in request.splitlines()[-1] else "lookahead"
    named = next(task for task, _ in WORLD if f'"{task}"' in request.splitlines()[-1])
    return subtasks(WORLD[named, operation])


def expansions(result: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [
        (e["operation"], e["name"], e["asked"])
        for e in result["events"]
        if e["type"] == "expanding"
    ]


def test_strict_search_is_depth_first_lookahead_then_backtrack(tmp_path: Path) -> None:
    settings = Settings(
        model="scripted:x", depth=2, breadth=(4, 2), frontier=1, tasks_only=True, patience=2
    )
    result = run_scripted(tmp_path, settings, ScriptedChat(script=know))
    assert expansions(result) == [
        ("lookahead", "Change the tone of a message", 1),
        ("backtrack", "Change the tone of a message", 1),
        ("lookahead", "Simplify a text for a certain reader", 1),
        ("backtrack", "Simplify a text for a certain reader", 1),
        ("backtrack", "Rewriting of texts", 2),
        ("lookahead", "Shorten long reports", 1),
        ("backtrack", "Shorten long reports", 1),
        ("lookahead", "Translate slang into plain words", 1),  # answers a name that exists
        ("lookahead", "Translate slang into plain words", 1),  # and again: saturated
    ]
    rejected = [e for e in result["events"] if e["type"] == "task_rejected"]
    assert [(e["rule"], e["nearest"]) for e in rejected] == [
        ("duplicate", "Soften harsh criticism")
    ] * 2


def test_a_wider_frontier_expands_several_tasks_in_one_step(tmp_path: Path) -> None:
    settings = Settings(model="scripted:x", depth=2, breadth=(4, 2), frontier=4, tasks_only=True)
    result = run_scripted(tmp_path, settings, ScriptedChat(script=know))
    assert expansions(result)[:2] == [
        ("lookahead", "Change the tone of a message", 1),
        ("lookahead", "Simplify a text for a certain reader", 1),
    ]
    assert result["counts"]["tasks"] == 11


def test_the_prompt_tells_the_exploration_state(tmp_path: Path) -> None:
    settings = Settings(model="scripted:x", depth=2, breadth=(4, 2), frontier=1, tasks_only=True)
    chat = ScriptedChat(script=know)
    run_scripted(tmp_path, settings, chat)
    root = next(text for text, _ in chat.calls if 'of "Rewriting of texts"' in text)
    assert "Change the tone of a message; Simplify a text" in root
    again = [text for text, _ in chat.calls if "Translate slang" in text.splitlines()[-1]][-1]
    assert "Soften harsh criticism" in again.split("Rejected before:")[1]


def test_every_record_is_new_and_every_rejection_explained(tmp_path: Path) -> None:
    result = run_scripted(tmp_path, SMALL)
    rows = [json.loads(line) for line in (tmp_path / "dataset.jsonl").read_text().splitlines()]
    words = [tokens(row["instruction"]) for row in rows]
    assert len(rows) == result["counts"]["records"] == 30
    assert all(rouge_l(a, b) * 10 < 7 for n, a in enumerate(words) for b in words[:n]), (
        "two kept instructions overlap"
    )
    rejected = [json.loads(x) for x in (tmp_path / "rejected.jsonl").read_text().splitlines()]
    assert {row["rule"] for row in rejected} >= {"malformed"}
    assert all(row["nearest_text"] for row in rejected if row["rule"] == "rouge_l")


def test_self_instruct_writes_as_many_records_without_a_tree(tmp_path: Path) -> None:
    settings = SMALL.model_copy(update={"strategy": "self-instruct", "window": 8})
    chat = ScriptedChat()
    result = run_scripted(tmp_path, settings, chat)
    assert result["counts"] == {"tasks": 1, "records": 30, "rejected": result["counts"]["rejected"]}
    assert not expansions(result)
    assert any("The input of" in text for text, _ in chat.calls), "no demonstration from the pool"


@pytest.mark.parametrize("calls", [1, 2, 7, 20])
def test_no_call_beyond_the_cap(tmp_path: Path, calls: int) -> None:
    chat = ScriptedChat()
    settings = SMALL.model_copy(update={"max_calls": calls, "parallel": 4})
    result = run_scripted(tmp_path, settings, chat)
    assert len(chat.calls) <= calls
    assert result["spent"]["calls"] == len(chat.calls)
    assert result["stopped_by"] == "max_calls"


SAME = records(["Bakolanel the one and only instruction"])


@pytest.mark.parametrize("calls", [12, 20, 30])
def test_what_a_short_exploration_leaves_is_spent_on_more(tmp_path: Path, calls: int) -> None:
    whole = run_scripted(tmp_path / "whole", SMALL)
    chat = ScriptedChat()
    settings = SMALL.model_copy(update={"max_calls": calls})
    result = run_scripted(tmp_path / "cut", settings, chat)
    assert len(chat.calls) == calls < whole["spent"]["calls"]
    assert result["stopped_by"] == "max_calls"


@pytest.mark.parametrize(("wanted", "per_call"), [(1, 1), (17, 1), (40, 3), (64, 5)])
def test_records_in_all_are_exactly_as_many(tmp_path: Path, wanted: int, per_call: int) -> None:
    changed = {"per_task": None, "records": wanted, "per_call": per_call}
    result = run_scripted(tmp_path, SMALL.model_copy(update=changed))
    assert result["counts"]["records"] == wanted
    assert result["stopped_by"] is None
    rows = [json.loads(line) for line in (tmp_path / "dataset.jsonl").read_text().splitlines()]
    spread = Counter(row["task"] for row in rows).values()
    assert max(spread) - min(spread) <= 2 * per_call


def test_a_model_that_repeats_itself_ends_by_saturation(tmp_path: Path) -> None:
    same = ScriptedChat(
        script=lambda system, *a: SAME if "records" in system else reply(system, *a)
    )
    result = run_scripted(tmp_path, SMALL.model_copy(update={"records": 40}), same)
    assert result["counts"]["records"] == 1
    assert result["stopped_by"] == "saturation"


def test_more_records_than_the_tasks_may_have_end_by_per_task(tmp_path: Path) -> None:
    result = run_scripted(tmp_path, SMALL.model_copy(update={"records": 40}))
    assert result["counts"]["records"] == 30
    assert result["stopped_by"] == "per_task"


def test_a_model_that_cannot_answer_is_not_asked_for_ever(tmp_path: Path) -> None:
    chat = ScriptedChat(script=lambda *_: "Welcome to nginx!")
    with pytest.raises(RunError, match="none of the first 12 answers could be used") as told:
        run_scripted(tmp_path, SMALL, chat)
    assert "no JSON" in str(told.value)
    assert 12 <= len(chat.calls) <= 12 + SMALL.frontier
    assert json.loads((tmp_path / "stats.json").read_text())["finished"] is False


def test_no_request_is_sent_again_when_the_time_is_over(tmp_path: Path) -> None:
    def fail(*_: object) -> str:
        raise Unwell

    chat = ScriptedChat(script=fail)
    settings = SMALL.model_copy(update={"max_minutes": 0.001, "frontier": 1})
    with pytest.raises(RunError, match=r"max_minutes are over.*scripted:x: Unwell"):
        run_scripted(tmp_path, settings, chat)
    assert len(chat.calls) == 1


class Unwell(Exception):  # noqa: N818 - what an endpoint says
    status_code = 500


def test_tokens_stay_below_their_cap(tmp_path: Path) -> None:
    settings = SMALL.model_copy(update={"max_tokens": 20_000})
    result = run_scripted(tmp_path, settings)
    spent = result["spent"]
    assert 0 < spent["prompt_tokens"] + spent["completion_tokens"] <= 20_000
    assert result["stopped_by"] == "max_tokens"


def test_no_planned_call_starts_when_the_time_is_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chat = ScriptedChat(script=a_second_an_answer(monkeypatch))
    settings = SMALL.model_copy(
        update={"max_minutes": 20 / 60, "parallel": 1, "per_task": 10, "frontier": 1}
    )
    result = run_scripted(tmp_path, settings, chat)
    assert len(chat.calls) == 20
    assert result["stopped_by"] == "max_minutes"
    assert result["counts"]["records"] > 0


def test_an_endpoint_that_answers_too_long_is_not_asked_on(tmp_path: Path) -> None:
    chat = ScriptedChat(tokens=30_000)
    settings = SMALL.model_copy(update={"max_tokens": 100_000, "parallel": 1, "frontier": 1})
    result = run_scripted(tmp_path, settings, chat)
    assert result["stopped_by"] == "max_tokens"
    assert len(chat.calls) == 4  # the fourth could not be known to pass the cap


def test_what_a_killed_run_had_in_flight_counts_under_a_later_cap(tmp_path: Path) -> None:
    whole = run_scripted(tmp_path / "whole", SMALL)
    assert whole["spent"]["calls"] > 20
    with sqlite3.connect(tmp_path / "whole" / "run.db") as database:
        (noted,) = database.execute("SELECT count(*) FROM attempts").fetchone()
    assert noted == whole["spent"]["calls"]
