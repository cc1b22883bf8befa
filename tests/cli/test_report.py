"""How far the measures are, where nobody sees a bar."""

import pytest

from cli import report


def test_without_a_terminal_a_line_now_and_then_tells_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = [0.0]
    monkeypatch.setattr(report, "monotonic", lambda: now[0])
    with report.measuring(2) as advance:
        for _ in range(8):
            now[0] += 12.0
            advance("Comparing", 0.25)
    assert capsys.readouterr().err.split("\n") == ["Comparing: 38%", "Comparing: 75%", ""]
