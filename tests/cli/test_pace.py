"""The time that `run --dry-run` tells: what it follows from, and when none is told."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.pace import EMBEDDED_PACE, Time, time_of
from nodes.settings import Settings
from tests.cli.conftest import Call
from tests.doubles.fake_openai import FakeOpenAI

ASKED = {"model": "openai:m", "base_url": "http://127.0.0.1:1/v1", "parallel": 4}
SETTINGS = Settings.model_validate(ASKED)


def earlier(folder: Path, seconds: object = 50, calls: object = 100, **asked: object) -> Path:
    """Make what an earlier run left; the later it is made, the newer it is."""
    folder.mkdir(parents=True)
    config = {"domain": {}, "settings": ASKED | asked}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    stats = folder / "stats.json"
    stats.write_text(json.dumps({"calls": calls, "seconds": seconds}))
    age = len(list(folder.parent.iterdir()))
    os.utime(stats, (age, age))
    return folder


@pytest.mark.parametrize(
    "asked", [{}, {"depth": 3}, {"seed": 9}, {"strategy": "self-instruct"}, {"max_calls": 7}]
)
def test_a_run_that_was_asked_alike_tells_the_pace(asked: dict[str, object]) -> None:
    earlier(Path("runs/one"), **asked)
    assert time_of(SETTINGS, 30, 900) == Time(15, 0.5, "in runs/one")


@pytest.mark.parametrize(
    "asked",
    [
        {"model": "openai:other"},
        {"base_url": "http://127.0.0.1:2/v1"},
        {"parallel": 64},
        {"per_call": 20},
        {"tasks_only": True},
        {"requests_per_minute": 10},
        {"no_such_setting": 1},
        {"calls": 4},
        {"calls": 10**400},
        {"calls": "many"},
        {"calls": None},
        {"seconds": 0},
        {"seconds": -1},
        {"seconds": float("nan")},
        {"seconds": float("inf")},
        {"seconds": []},
    ],
)
def test_any_other_run_tells_nothing(asked: dict[str, Any]) -> None:
    earlier(Path("runs/one"), **asked)
    (Path("runs/broken")).mkdir()
    Path("runs/broken/stats.json").write_text("[")
    assert time_of(SETTINGS, 30, 900) == Time()


def test_the_newest_run_tells_unless_one_is_named() -> None:
    named = earlier(Path("elsewhere/named"), seconds=800)
    earlier(Path("runs/old"), seconds=10)
    earlier(Path("runs/new"), seconds=20)
    assert time_of(SETTINGS, 30, 900).where == "in runs/new"
    assert time_of(SETTINGS, 30, 900, [named]).where == f"in {named}"


def test_the_packaged_model_has_a_measured_pace_until_a_run_tells_this_machines() -> None:
    embedded = Settings(model="embedded")
    seconds, where = EMBEDDED_PACE
    assert time_of(embedded, 10, 900) == Time(10 * seconds, seconds, where)
    assert time_of(Settings(model="embedded", per_call=5), 10, 900) == Time()
    assert time_of(Settings(model="embedded:own.gguf"), 10, 900) == Time()
    earlier(Path("runs/own"), model="embedded", base_url=None, parallel=8)
    assert time_of(embedded, 10, 900).where == "in runs/own"


@pytest.mark.parametrize(
    ("limits", "seconds"),
    [
        ({"requests_per_minute": 10}, 180),
        ({"tokens_per_minute": 100}, 540),
        ({"requests_per_minute": 10, "tokens_per_minute": 10}, 5400),
        ({"requests_per_minute": 9000, "tokens_per_minute": 9000}, 6),
    ],
)
def test_a_limit_by_the_minute_says_how_long_at_least(
    limits: dict[str, int], seconds: float
) -> None:
    settings = SETTINGS.model_copy(update=limits)
    found = time_of(settings, 30, 900)
    assert (found.seconds, found.at_least) == (None, seconds)
    assert str(found).startswith("at least ")
    earlier(Path("runs/one"), **limits)
    assert time_of(settings, 30, 900).seconds == max(15, seconds)


def test_a_dry_run_tells_the_time(
    call: Call, run: Call, server: FakeOpenAI, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(Path("runs/one"), "--dry-run") == 0
    assert "time unknown (no run like it in runs/ tells" in capsys.readouterr().out
    assert run(Path("runs/one"), "--per-call", 1) == 0
    server.requests.clear()
    capsys.readouterr()
    assert run(Path("runs/two"), "--per-call", 1, "--dry-run") == 0
    assert "s a call in runs/one)" in capsys.readouterr().out
    assert run(Path("runs/two"), "--per-call", 1, "--dry-run", "--json", "--max-minutes", 3) == 0
    found = json.loads(capsys.readouterr().out)
    stats = json.loads(Path("runs/one/stats.json").read_text())
    assert found["time"]["per_call"] == stats["seconds"] / stats["calls"]
    assert found["time"]["seconds"] == found["time"]["per_call"] * found["calls"]
    assert found["at_most"]["minutes"] == 3
    Path("runs").rename("kept")
    more = ("--dry-run", "--breadth", 9)
    for words in (("kept/one/config.yaml", *more), ("--from", "kept/one", *more)):
        assert call("run", *words) == 0
        assert "s a call in kept/one)" in capsys.readouterr().out
    assert not server.requests
