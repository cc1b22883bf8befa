"""A run whose time ends while its judge is asked: nothing unjudged is kept, and all is counted."""

import json
from pathlib import Path

import pytest

from tests.doubles.scripted import ScriptedChat
from tests.flows.judged import rows
from tests.running import SMALL, a_second_an_answer, run_scripted

JUDGED = SMALL.model_copy(update={"judge_model": "scripted:judge", "revise": True, "parallel": 2})


@pytest.mark.parametrize("seconds", [1, 9, 20, 33, 47, 60])
def test_it_ends_there_with_all_it_took_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    timed = JUDGED.model_copy(update={"max_minutes": seconds / 60})
    first, second = ScriptedChat(script=a_second_an_answer(monkeypatch)), ScriptedChat()
    run_scripted(tmp_path, timed, first)
    stats = json.loads((tmp_path / "stats.json").read_text("utf-8"))
    assert stats["stopped_by"] == "max_minutes"
    assert stats["calls"] == len(first.calls) == len(rows(tmp_path, "calls.jsonl"))
    assert len(first.calls) < seconds + JUDGED.parallel
    kept = rows(tmp_path, "dataset.jsonl")
    run_scripted(tmp_path, JUDGED, second, reopened=True)
    whole = rows(tmp_path, "dataset.jsonl")
    assert whole[: len(kept)] == kept
    assert [row["score"] for row in whole] == [0.8] * 30
    assert not {*first.calls} & {*second.calls}


def test_what_was_written_and_not_judged_in_time_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    timed = JUDGED.model_copy(update={"max_minutes": 0.5, "per_call": 5, "parallel": 16})
    run_scripted(tmp_path, timed, ScriptedChat(script=a_second_an_answer(monkeypatch)))
    whys = {row["why"] for row in rows(tmp_path, "rejected.jsonl") if row["rule"] == "judge"}
    assert "it was not judged: the budget had no room for it" in whys
