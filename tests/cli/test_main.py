"""The command line itself: help, faults, and the short commands."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Call

HEAVY = {"langgraph", "langchain_core", "openai", "faiss", "numpy", "sqlalchemy", "pyarrow"}


def test_tree_and_domains_print(
    call: Call, run: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path / "out")
    capsys.readouterr()
    assert call("tree", tmp_path / "out") == 0
    assert "Change the tone of a message" in capsys.readouterr().out
    assert call("tree", tmp_path / "out", "--format", "mermaid") == 0
    assert capsys.readouterr().out.startswith("flowchart")
    assert call("domains") == 0
    assert {"brainstorming", "rewriting", "math"} <= {
        line.split()[0] for line in capsys.readouterr().out.splitlines()
    }


def test_a_defect_is_told_in_a_line(
    call: Call, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("prompts.domain.presets", lambda: 1 // 0)
    assert call("domains") == 1
    told = capsys.readouterr().err
    assert told.startswith("explore-instruct: internal error: ZeroDivisionError")
    assert len(told.splitlines()) == 1
    assert call("domains", "--debug") == 1
    assert "Traceback" in capsys.readouterr().err


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, cli.main; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stdout.split())


def test_without_words_there_is_the_help_alone(
    call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call() == 2
    told = capsys.readouterr()
    assert "analyze" in told.out + told.err
    assert "explore-instruct: " not in told.err
    assert call("run", "rewriting", "--deepth", 3) == 2
    assert "(see explore-instruct run --help)" in capsys.readouterr().err
