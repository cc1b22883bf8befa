"""Runs against endpoints that refuse: what a person is told, what is kept, what was paid."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Call
from tests.doubles.fake_openai import FakeOpenAI, FakeReply
from tests.doubles.scripted import sensible, serve
from tests.models.test_refusal import unused_port

Request = dict[str, Any]
Told = pytest.CaptureFixture[str]


def stats_of(folder: Path) -> dict[str, Any]:
    stats: dict[str, Any] = json.loads((folder / "stats.json").read_text())
    return stats


def attempts_in(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "run.db")) as database:
        return int(database.execute("SELECT count(*) FROM attempts").fetchone()[0])


def refusing(words: str, when: Callable[[Request], bool], status: int = 400) -> Any:  # noqa: ANN401 - a server's answer
    """Answer as the scripted model does, but refuse some requests."""
    answer = serve()
    refused = FakeReply(status=status, content=words)
    return lambda request: refused if when(request) else answer(request)


def test_what_an_endpoint_does_not_take_is_told_once_and_kept_in_the_stats(
    run: Call, server: FakeOpenAI, tmp_path: Path, capsys: Told
) -> None:
    server.answer = refusing("seed and temperature are unknown", lambda r: "temperature" in r)
    assert run(tmp_path / "out") == 0
    told = capsys.readouterr().err
    assert told.count("temperature is left out") == 1
    assert stats_of(tmp_path / "out")["left_out"] == ["seed", "temperature"]
    assert stats_of(tmp_path / "out")["refused_calls"] == 0


def test_an_endpoint_that_takes_nothing_stops_before_anything_is_judged(
    run: Call, server: FakeOpenAI, tmp_path: Path, capsys: Told
) -> None:
    words = "parameter.enable_thinking must be set to false"
    server.answer = refusing(words, lambda r: r.get("enable_thinking") is not False)
    assert run(tmp_path / "out", "--max-calls", 50) == 1
    told = capsys.readouterr().err
    assert words in told
    assert """--extra-body '{"enable_thinking": false}'""" in told
    assert (tmp_path / "out" / "rejected.jsonl").read_text() == ""
    assert (stats_of(tmp_path / "out")["calls"], attempts_in(tmp_path / "out")) == (0, 0)


def test_the_field_that_is_demanded_mends_the_run_on_resume(
    call: Call, run: Call, server: FakeOpenAI, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    server.answer = refusing("enable_thinking must be false", lambda r: "enable_thinking" not in r)
    assert run(out) == 1
    assert call("resume", out, "--extra-body", '{"enable_thinking": false}') == 0
    assert stats_of(out)["records"] == 8


def test_records_that_are_all_refused_are_no_success(
    run: Call, server: FakeOpenAI, tmp_path: Path, capsys: Told
) -> None:
    server.answer = refusing("This prompt is not to our taste", writes)
    assert run(tmp_path / "out") == 1
    told = capsys.readouterr().err
    assert "the endpoint refused" in told
    assert "This prompt is not to our taste" in told
    stats = stats_of(tmp_path / "out")
    assert stats["refused_calls"] == 0 or stats["refusal"] == "This prompt is not to our taste"
    assert stats["calls"] < 5


def writes(request: Request) -> bool:
    return '"records"' in request["messages"][0]["content"]


def test_records_that_a_filter_holds_back_are_no_success(
    run: Call, server: FakeOpenAI, tmp_path: Path, capsys: Told
) -> None:
    answer, held = serve(), FakeReply(content="", finish_reason="content_filter")
    server.answer = lambda request: held if writes(request) else answer(request)
    assert run(tmp_path / "out") == 1
    assert "content filter held it back (say otherwise" in capsys.readouterr().err
    assert stats_of(tmp_path / "out")["records"] == 0
    assert len(server.requests) < 40


def test_a_first_answer_that_is_no_completion_stops_the_run(
    call: Call, run: Call, server: FakeOpenAI, tmp_path: Path, capsys: Told
) -> None:
    out, page = tmp_path / "out", b"<html><title>Log in</title></html>"
    server.answer = lambda _: FakeReply(raw=page, headers={"Content-Type": "text/html"})
    assert run(out, "--max-calls", 30) == 1
    assert "but this: Log in (no request was taken" in capsys.readouterr().err
    asked = len(server.requests)
    assert asked <= 2
    server.answer = serve(sensible)
    assert call("resume", out) == 0
    assert stats_of(out)["records"] == 8
    assert stats_of(out)["calls"] == len(server.requests)


def test_a_run_that_is_saturated_without_a_record_is_no_success(
    run: Call, server: FakeOpenAI, tmp_path: Path, capsys: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asking.streaks.WORN_OUT", 1_000)
    answer = serve()
    server.answer = lambda r: FakeReply(content="No.") if writes(r) else answer(r)
    assert run(tmp_path / "out") == 1
    assert "no record came of" in capsys.readouterr().err
    assert run(tmp_path / "tree", "--tasks-only") == 0
    assert run(tmp_path / "capped", "--max-calls", 5) == 1
    assert run(tmp_path / "short", "--max-calls", 1) == 0


@pytest.mark.parametrize(
    "bad",
    [
        FakeReply(status=400, content="not today"),
        FakeReply(content="I would rather not."),
        FakeReply(raw=b"<html>log in</html>"),
    ],
    ids=["refused", "no JSON", "a page"],
)
def test_what_stopped_a_run_does_not_stop_it_again(
    call: Call, run: Call, server: FakeOpenAI, tmp_path: Path, bad: FakeReply
) -> None:
    out, answer = tmp_path / "out", serve()
    server.answer = lambda request: bad if len(server.requests) > 1 else answer(request)
    assert run(out, "--per-task", 12) == 1
    server.answer = serve()
    assert call("resume", out) == 0
    stats = stats_of(out)
    assert stats["records"] > 0
    assert (stats["refused_calls"], stats["lost_calls"]) == (0, 0)


def test_failures_that_cost_nothing_are_not_booked(
    call: Call, run: Call, server: FakeOpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asking.attempts.FIRST_WAIT_S", 0.2)
    monkeypatch.setattr("asking.attempts.LONGEST_WAIT_S", 0.2)
    out = tmp_path / "out"
    server.answer = lambda _: FakeReply(status=502, content="bad gateway")
    assert run(out) == 1
    assert attempts_in(out) == 0
    server.answer = serve()
    assert call("resume", out) == 0
    assert stats_of(out)["lost_calls"] == 0


def test_what_was_never_sent_is_not_booked(
    call: Call, run: Call, server: FakeOpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("asking.attempts.ENOUGH", 1)
    out = tmp_path / "out"
    server.answer = refusing("key revoked", lambda _: True, 401)
    assert run(out, "--max-calls", 30) == 1
    nobody = f"http://127.0.0.1:{unused_port()}/v1"
    assert call("resume", out, "--base-url", nobody) == 1
    assert attempts_in(out) == 0
    server.answer = serve()
    assert call("resume", out, "--base-url", server.url) == 0
    assert stats_of(out)["lost_calls"] == 0
    assert stats_of(out)["records"] == 8


def test_a_probe_that_costs_is_counted(call: Call, server: FakeOpenAI, tmp_path: Path) -> None:
    server.models = ("another",)
    small = ("--depth", 1, "--breadth", 3, "--per-task", 2, "--per-call", 2, "--max-calls", 30)
    asked = ("--model", "openai:fake", "--base-url", server.url)
    assert call("run", "rewriting", *asked, *small, "--out", tmp_path / "out") == 0
    assert stats_of(tmp_path / "out")["calls"] == len(server.requests)


def test_an_endpoint_that_counts_no_tokens_is_told(
    run: Call, server: FakeOpenAI, tmp_path: Path
) -> None:
    answer = serve()
    server.answer = lambda r: FakeReply(content=answer(r).content, usage=None)
    assert run(tmp_path / "out") == 0
    stats = stats_of(tmp_path / "out")
    assert stats["estimated_calls"] == stats["calls"] > 0
    calls = (tmp_path / "out" / "calls.jsonl").read_text().splitlines()
    assert all(json.loads(line)["estimated"] for line in calls)


def test_an_answer_that_is_cut_off_is_told_so_and_gets_more_room(
    run: Call, server: FakeOpenAI, tmp_path: Path
) -> None:
    answer, limits = serve(), list[int]()

    def cut_at_first(request: Request) -> FakeReply:
        if '"records"' not in request["messages"][0]["content"]:
            return answer(request)
        limits.append(request["max_tokens"])
        cut = FakeReply(content='{"records": [{"instr', finish_reason="length")
        return cut if len(limits) <= 2 else answer(request)

    server.answer = cut_at_first
    assert run(tmp_path / "out", "--parallel", 1, "--window", 1) == 0
    rejected = (tmp_path / "out" / "rejected.jsonl").read_text().splitlines()
    told = [row["why"] for row in map(json.loads, rejected) if row["rule"] == "malformed"]
    assert sum("it was cut off after 5 tokens: write fewer items" in why for why in told) == 2
    assert [limit // limits[0] for limit in limits[:3]] == [1, 2, 4]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"model": "x"}', "model is set by the run itself"),
        ('{"max_tokens": 5}', "max_tokens is set by the run itself"),
        ("{broken", "--extra-body"),
        ("[1]", "--extra-body"),
    ],
)
def test_a_body_that_cannot_be_added_is_named(
    run: Call, tmp_path: Path, capsys: Told, body: str, words: str
) -> None:
    assert run(tmp_path / "out", "--extra-body", body) == 2
    assert words in capsys.readouterr().err


def test_an_endpoint_that_is_busy_at_first_is_asked_again_before_the_run(
    run: Call, server: FakeOpenAI, tmp_path: Path, capsys: Told
) -> None:
    server.models_status = 404
    scripted = serve()

    def busy_at_first(request: Request) -> FakeReply:
        busy = FakeReply(status=429, content="slow down", headers={"Retry-After": "0"})
        return busy if len(server.requests) == 1 else scripted(request)

    server.answer = busy_at_first
    assert run(tmp_path / "out") == 0
    assert "asked again in" in capsys.readouterr().err
    assert stats_of(tmp_path / "out")["records"] == 8


def test_an_endpoint_that_stays_busy_ends_the_run_before_it_begins(
    run: Call, server: FakeOpenAI, tmp_path: Path, capsys: Told
) -> None:
    server.models_status = 404
    busy = FakeReply(status=503, content="come back later", headers={"Retry-After": "0"})
    server.answer = lambda _: busy
    assert run(out := tmp_path / "out") == 2
    told = capsys.readouterr().err
    assert told.count("asked again in 0 s: openai:fake: come back later") == 10
    assert told.endswith("(the endpoint keeps failing: resume when it is well again)\n")
    assert not out.exists()
