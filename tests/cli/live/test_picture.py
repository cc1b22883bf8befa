from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from cli.live.picture import picture
from cli.live.progress import Progress

anything = st.lists(st.integers(0, 0x10FFFF), max_size=30).map(lambda cs: "".join(map(chr, cs)))


def screen(progress: Progress, width: int = 60, height: int = 20) -> list[str]:
    """Return the lines that the picture puts on a terminal."""
    stream = StringIO()
    drawn = picture(progress, progress.now, seconds=75, left=130, size=(width, height))
    Console(file=stream, width=max(1, width), color_system=None).print(drawn)
    return stream.getvalue().removesuffix("\n").split("\n")


def told(text: str) -> list[dict[str, Any]]:
    """Return events of every type, each with the text wherever a model's words may stand."""
    usage = {"calls": 4, "prompt_tokens": 4000, "completion_tokens": 900, "usd": 0.5}
    return [
        {"type": "phase", "phase": "explore"},
        {"type": "task_admitted", "task": "r", "parent": None, "name": "Root", "reason": text},
        {"type": "expanding", "operation": "lookahead", "task": "r", "path": [text], "asked": 2},
        {"type": "task_admitted", "task": "a", "parent": "r", "name": text, "reason": text},
        {"type": "task_admitted", "task": "b", "parent": "r", "name": "B", "reason": ""},
        {
            "type": "task_rejected",
            "name": text,
            "rule": "copy",
            "why": text,
            "score": 1.0,
            "nearest": text,
        },
        {"type": "task_closed", "task": "b", "why": "failed"},
        {"type": "phase", "phase": "generate"},
        {"type": "generating", "task": "a", "name": text, "n": 1},
        {"type": "record_kept", "task": "a", "id": "1", "instruction": text},
        {"type": "record_rejected", "task": "a", "rule": "length", "score": 0.0, "text": text},
        {"type": "budget", **usage, "calls_expected": 9, "kept": 1, "wanted": 2},
    ]


def run(text: str, *more: dict[str, Any]) -> Progress:
    progress = Progress()
    for event in [*told(text), *more]:
        progress.apply(event, at=0)
    return progress


def test_the_picture_says_where_the_run_is_and_what_it_has_brought() -> None:
    assert screen(run("改写[bold]x[/bold]")) == [
        "explore → generate → finish          1:15 · about 2 min left",
        "⠋ writing records  Root › 改写[bold]x[/bold]",
        "",
        "✓ Root                                                     1",
        "├─ ● 改写[bold]x[/bold]                                    1",
        "└─ ✗ B                                                failed",
        "",
        "tasks    3 in the tree  1 rejected (copy 1)",
        "records  ━━━━━━━━━━────────── 1 of 2 kept  1 rejected (leng…",
        "spent    4 of about 9 calls · $0.50 · 4.0k tokens in, 900 o…",
        "last     改写[bold]x[/bold]",
    ]


def test_a_step_that_waits_says_for_what() -> None:
    lines = screen(run("x", {"type": "waiting", "message": "loading the\x1b[31m model"}))
    assert lines[1] == "⠋ loading the[31m model"


def test_review_is_a_step_only_where_there_is_one() -> None:
    lines = screen(run("x", {"type": "phase", "phase": "review"}), width=90)
    assert lines[0].startswith("explore → review → generate → finish")


def test_a_run_that_has_not_begun_is_drawn() -> None:
    assert "0 in the tree" in "\n".join(screen(Progress()))


@pytest.mark.parametrize("size", [(60, 20), (100, 29), (12, 4), (5, 2), (1, 1), (200, 80), (30, 0)])
def test_the_picture_stays_within_the_terminal(size: tuple[int, int]) -> None:
    tasks = [
        {"type": "task_admitted", "task": f"t{i}", "parent": "r", "name": "任务" * 40}
        for i in range(90)
    ]
    lines = screen(run("长" * 300, *tasks), *size)
    assert len(lines) <= max(1, size[1])
    assert all(cell_len(line) <= size[0] for line in lines)


@given(text=anything, width=st.integers(1, 120), height=st.integers(0, 40))
def test_no_text_breaks_the_picture(text: str, width: int, height: int) -> None:
    lines = screen(run(text, {"type": "waiting", "message": text}), width, height)
    assert len(lines) <= max(1, height)
    assert all(cell_len(line) <= width for line in lines)
    assert not set("\x1b\x07\r\x9b\u202e\u2028") & set("".join(lines))


def test_the_picture_says_how_many_tasks_are_still_to_be_found() -> None:
    budget = told("x")[-1] | {"unseen": 2345, "unseen_low": 612, "unseen_high": 9876}
    lines = screen(run("x", budget), width=120)
    about = "3 in the tree, about 2,300 still to be found (90 %: 610 to 9,900)"
    assert any(about in line for line in lines)
