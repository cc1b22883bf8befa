"""Records that a judge looks at before they are kept."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from asking.calls import Calls
from prompts.domain import load_preset
from search.table import STRATEGIES
from simulator import Options
from simulator.truth import is_wrong
from tests.flows.judged import FALLIBLE, JUDGED, ran, rows, written

SHUFFLED = Options(wrong=0.2, sensitivity=0.9, specificity=0.9, latency_s=0.002, sigma=1)
"""Answers that come in another order than they were asked for."""


def asked_of(folder: Path) -> Counter[tuple[str, str]]:
    """Return how often each model was asked for each purpose."""
    return Counter((row["model"], row["operation"]) for row in rows(folder, "calls.jsonl"))


def wrong_of(folder: Path) -> int:
    kept = rows(folder, "dataset.jsonl")
    return sum(is_wrong(row["instruction"], row["output"]) for row in kept)


@pytest.mark.parametrize("revise", [False, True])
def test_neither_parallel_calls_nor_order_nor_a_break_change_a_byte(
    tmp_path: Path, *, revise: bool
) -> None:
    seen = []
    ways: list[tuple[Options, list[dict[str, Any]]]] = [
        (FALLIBLE, [{"parallel": 1}]),
        (FALLIBLE, [{"parallel": 16}]),
        (SHUFFLED, [{"parallel": 16}]),
        (FALLIBLE, [{"max_minutes": 1e-6}, {}]),
        (SHUFFLED, [{"max_minutes": 1e-6}, {}]),
    ]
    for number, (options, changes) in enumerate(ways):
        folder = tmp_path / str(number)
        counts = ran(folder, *({**one, "revise": revise} for one in changes), options=options)
        assert counts["asked_again"] == 0
        seen.append(written(folder))
    assert all(one == seen[0] for one in seen)


def test_what_memory_loses_between_asking_and_the_filter_is_read_from_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran(tmp_path / "whole", {"revise": True})
    monkeypatch.setattr(Calls, "take", lambda _self, _planned: None)
    counts = ran(tmp_path / "lost", {"revise": True})
    assert counts["asked_again"] == 0
    assert written(tmp_path / "lost") == written(tmp_path / "whole")


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("revise", [False, True])
def test_as_many_are_kept_as_are_wanted_and_each_passed(
    tmp_path: Path, *, strategy: str, revise: bool
) -> None:
    ran(tmp_path, {"strategy": strategy, "revise": revise, "records": 33})
    kept = rows(tmp_path, "dataset.jsonl")
    assert len(kept) == 33
    assert {row["score"] for row in kept} == {0.8}
    passed = [row for row in rows(tmp_path, "calls.jsonl") if row["operation"] == "judge"]
    assert sum(row["kept"] for row in passed) >= 33


def test_a_judge_that_is_always_right_leaves_nothing_wrong(tmp_path: Path) -> None:
    options = Options(wrong=0.3)
    ran(tmp_path / "judged", options=options)
    assert wrong_of(tmp_path / "judged") == 0
    ran(tmp_path / "unjudged", {"judge_model": None}, options=options)
    assert wrong_of(tmp_path / "unjudged") > 5


def test_a_revision_saves_records(tmp_path: Path) -> None:
    options = Options(wrong=0.3)
    ran(tmp_path / "plain", options=options)
    ran(tmp_path / "revised", {"revise": True}, options=options)
    rejected = [
        sum(row["rule"] == "judge" for row in rows(tmp_path / name, "rejected.jsonl"))
        for name in ("plain", "revised")
    ]
    assert rejected[1] < rejected[0] / 2
    assert asked_of(tmp_path / "revised")["writer", "revise"] > 0
    assert wrong_of(tmp_path / "revised") == 0


def test_each_verdict_is_paid_for_by_the_judge_and_told_in_the_files(tmp_path: Path) -> None:
    ran(tmp_path, {"window": 1, "per_call": 1})
    judged = asked_of(tmp_path)["judge", "judge"]
    assert set(asked_of(tmp_path)) >= {("writer", "generate"), ("judge", "judge")}
    gone = [row for row in rows(tmp_path, "rejected.jsonl") if row["kind"] == "record"]
    turned_down = [row for row in gone if row["rule"] == "judge"]
    assert all(": It does not hold." in row["why"] for row in turned_down)
    assert all(row["score"] is row["nearest_id"] is None for row in turned_down)
    assert judged == 40 + len(turned_down)


def test_what_repeats_something_known_is_not_judged(tmp_path: Path) -> None:
    """Each call is planned when the one before it was admitted: no record comes as a surprise."""
    counts = ran(tmp_path, {"window": 1, "per_call": 1}, options=Options(repetition=0.9, wrong=0.1))
    rules = Counter(row["rule"] for row in rows(tmp_path, "rejected.jsonl"))
    assert rules["duplicate"] + rules["rouge_l"] > 3
    assert asked_of(tmp_path)["judge", "judge"] == 40 + rules["judge"]
    assert counts["asked_again"] == 0


def test_what_breaks_a_rule_is_not_judged(tmp_path: Path) -> None:
    domain = load_preset("rewriting")
    strict = domain.model_copy(update={"limits": domain.limits.model_copy(update={"overlap": 0.2})})
    ran(tmp_path, {"window": 1, "per_call": 1, "records": 15}, options=Options(), domain=strict)
    rules = Counter(row["rule"] for row in rows(tmp_path, "rejected.jsonl"))
    assert rules["copy"] > 0
    assert asked_of(tmp_path)["judge", "judge"] == 15


def test_a_score_below_the_threshold_is_told(tmp_path: Path) -> None:
    ran(
        tmp_path,
        {"judge_threshold": 0.9, "max_calls": 30, "records": None},
        options=Options(wrong=0),
    )
    assert rows(tmp_path, "dataset.jsonl") == []
    whys = {row["why"] for row in rows(tmp_path, "rejected.jsonl") if row["rule"] == "judge"}
    assert "low score: 0.8, judge_threshold is 0.9" in whys


def test_the_judge_may_change_when_a_run_goes_on(tmp_path: Path) -> None:
    ran(tmp_path, {"records": 10}, {"records": 25, "judge_model": "openai:other"}, {"records": 40})
    kept = rows(tmp_path, "dataset.jsonl")
    assert len(kept) == 40
    assert {model for model, purpose in asked_of(tmp_path) if purpose == "judge"} == {
        "judge",
        "other",
    }


@pytest.mark.parametrize("faults", [{"malformed": 0.2}, {"429": 0.2, "500": 0.05, "cut": 0.05}])
def test_an_ill_endpoint_costs_calls_and_no_record(
    tmp_path: Path, faults: dict[str, float]
) -> None:
    ill: dict[str, Any] = {"retry_after_s": 0.001, "hang_s": 0.001, "faults": faults}
    options = Options(wrong=0.2, sensitivity=0.9, specificity=0.9, **ill)
    ran(tmp_path, {"revise": True}, options=options)
    assert len(rows(tmp_path, "dataset.jsonl")) == JUDGED["records"]
