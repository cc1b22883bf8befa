"""What is shown of a sweep: a bar with the runs at work, and a line for each that ended."""

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from cli.live.sweep import SweepView
from cli.swept import Outcome, State, Told

STATS = {"records": 5, "calls": 3, "prompt_tokens": 10, "completion_tokens": 20, "seconds": 61.0}


def ended(name: str, state: State = "finished", why: str = "", stats: Any = STATS) -> Outcome:  # noqa: ANN401 - any
    return Outcome(name, state, why, stats)


def test_a_run_that_ended_is_a_line_and_one_to_go_on_with_is_none() -> None:
    console = Console(file=StringIO(), width=200)
    view = SweepView(console, 4, list)
    view.passed([ended("a")])
    view.on(ended("b"))
    view.on(ended("c", "failed", "no key", {}))
    view.on(ended("d", "interrupted"))
    assert console.file.getvalue().splitlines() == [  # type: ignore[attr-defined] # a StringIO
        "b: 5 records, 3 calls, 30 tokens, 1 min 1 s (2 of 4)",
        "c: failed: no key (3 of 4)",
    ]


def test_runs_at_work_are_shown_until_they_end(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("cli.live.sweep.monotonic", lambda: now[0])
    console = Console(file=StringIO(), width=120)
    working = [Told("b", 7, 10, 5, 10, "slow\ndown"), Told("c"), Told("a", 5, 5, 3, 3)]
    view = SweepView(console, 4, lambda: working)
    view.on(ended("a"))
    now[0] = 60
    console.print(view._frame())
    shown = console.file.getvalue().splitlines()  # type: ignore[attr-defined] # as above
    assert "1 of 4 runs" in shown[1]
    assert "about 1 min 40 s left" in shown[1]  # 1.5 runs took a minute
    assert shown[2].split() == ["b", "7", "records", "5", "of", "10", "calls", "slow", "down"]
    assert shown[3].split() == ["c", "begins"]
    assert len(shown) == 4
