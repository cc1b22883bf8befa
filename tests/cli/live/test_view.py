import sys
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, ConsoleDimensions

from cli.live.view import LiveView, PlainView, open_view
from tests.cli.live.test_picture import anything, told


class Terminal(StringIO):
    """A stream that says it is a terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def a_console(stream: StringIO, **env: str) -> Console:
    environment = {"TERM": "xterm-256color", **env}
    return Console(file=stream, width=80, height=24, _environ=environment)


def shown(view: LiveView, *events: dict[str, Any]) -> None:
    with view:
        for event in events:
            view.on(event)


@pytest.mark.parametrize(
    ("stream", "env", "kind"),
    [
        (Terminal(), {}, LiveView),
        (Terminal(), {"NO_COLOR": "1"}, LiveView),
        (Terminal(), {"TERM": "dumb"}, PlainView),
        (StringIO(), {}, PlainView),
        (StringIO(), {"FORCE_COLOR": "1"}, PlainView),
    ],
)
def test_the_live_view_is_for_terminals_that_can_be_redrawn(
    stream: StringIO, env: dict[str, str], kind: type
) -> None:
    assert isinstance(open_view(a_console(stream, **env)), kind)


def test_a_terminal_of_another_encoding_gets_plain_lines() -> None:
    stream = Terminal()
    stream.encoding = "latin-1"
    assert isinstance(open_view(a_console(stream)), PlainView)


def test_the_last_picture_stays_and_the_terminal_is_restored() -> None:
    stream = Terminal()
    shown(LiveView(a_console(stream)), *told("改写"))
    written = stream.getvalue()
    assert "改写" in written
    assert "writing records" not in written.rpartition("explore")[2]
    assert written.rindex("\x1b[?25h") > written.rindex("\x1b[?25l")


def test_an_error_inside_restores_the_terminal_and_goes_on_up() -> None:
    stream, stderr = Terminal(), sys.stderr
    with pytest.raises(KeyError), LiveView(a_console(stream)) as view:
        view.on({"type": "phase"})
    assert stream.getvalue().rindex("\x1b[?25h") > stream.getvalue().rindex("\x1b[?25l")
    assert sys.stderr is stderr


def test_a_paused_view_goes_on_with_what_it_knew() -> None:
    stream = Terminal()
    view = LiveView(a_console(stream))
    shown(view, *told("first task"))
    between = len(stream.getvalue())
    shown(view, {"type": "phase", "phase": "finish"})
    assert "first task" in stream.getvalue()[between:]


def test_no_color_writes_no_colour() -> None:
    stream = Terminal()
    shown(LiveView(a_console(stream, NO_COLOR="1")), *told("x"))
    assert "\x1b[1;36m" not in stream.getvalue()
    assert "\x1b[32m" not in stream.getvalue()


def test_a_resized_terminal_is_cleared_before_it_is_drawn_again() -> None:
    stream = Terminal()
    console = a_console(stream)
    view = LiveView(console)
    with view:
        view.on(told("x")[1])
        before = len(stream.getvalue())
        console.size = ConsoleDimensions(40, 12)
    drawn = stream.getvalue()[before:]
    assert "\x1b[H\x1b[2J" in drawn


def test_the_task_in_view_changes_no_faster_than_an_eye_follows() -> None:
    time = [0.0]
    view = LiveView(a_console(Terminal()), clock=lambda: time[0])
    *_, first = (e for e in told("x") if e["type"] == "generating")

    def in_view_at(at: float) -> str:
        time[0] = at
        now = view._in_view(at)
        return now.task if now else ""

    view.on(first)
    assert in_view_at(0.0) == "a"
    view.on({**first, "task": "b"})
    assert in_view_at(0.5) == "a"
    assert in_view_at(1.0) == "b"


SPENT = "4 of about 9 calls · $0.50 · 4.0k tokens in, 900 out"


def plain(*events: dict[str, Any]) -> list[str]:
    stream = StringIO()
    with PlainView(stream, clock=lambda: 0.0) as view:
        for event in events:
            view.on(event)
    return stream.getvalue().splitlines()


def test_plain_lines() -> None:
    assert plain({"type": "waiting", "message": "loading"}, *told("Tone")) == [
        ".. loading",
        "== explore",
        "+  task  Root",
        "?  lookahead  Tone  asked 2",
        "+  task  Root › Tone",
        "+  task  Root › B",
        '-  task  Tone  copy 1.00 like "Tone"',
        "=  failed  Root › B",
        "== generate",
        f"#  1 of 2 kept · 1 rejected (length 1) · {SPENT}",
    ]


def test_a_rejection_without_a_neighbour_and_a_finished_task_are_short() -> None:
    rejected = {
        "type": "task_rejected",
        "name": "X",
        "rule": "length",
        "why": "y",
        "score": 0,
        "nearest": None,
    }
    closed = {"type": "task_closed", "task": "r", "why": "complete"}
    assert plain(rejected, closed) == ["-  task  X  length"]


def test_records_are_told_some_twenty_times() -> None:
    usage = {"prompt_tokens": 0, "completion_tokens": 0, "usd": None, "calls_expected": 1000}
    budgets = [
        {"type": "budget", "calls": calls, **usage, "kept": calls, "wanted": 1000}
        for calls in range(1, 1001)
    ]
    lines = plain({"type": "phase", "phase": "generate"}, *budgets)[1:]
    assert len(lines) == 20
    assert lines[0].startswith("#  50 of 1,000 kept")
    assert lines[-1].startswith("#  1,000 of 1,000 kept")


@given(text=anything, at=st.integers(0, 11))
def test_no_text_breaks_a_plain_line(text: str, at: int) -> None:
    setup, event = told("x")[:at], told(text)[at]
    lines = plain(*setup, event)
    assert len(lines) <= len(setup) + 2
    assert not set("\x1b\x07\r\x9b\u202e\u2028") & set("".join(lines))


def test_a_paused_plain_view_does_not_repeat_itself() -> None:
    stream = StringIO()
    view = PlainView(stream)
    with view:
        view.on(told("x")[-1])
    with view:
        pass
    assert stream.getvalue().count("#") == 1
