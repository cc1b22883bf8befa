"""`export` that a signal ends: no draft is left, or the next export removes it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from store.files.data_set import read_data_set
from tests.cli.conftest import Call
from tests.report.samples import record, write_lines

STRUCK = """
import os
from cli import export
from store.formats import parquet
parquet.ROW_GROUP = 8
def struck(path):
    for n, row in enumerate(read(path)):
        if n == 30:
            os.kill(os.getpid(), %d)
        yield row
read, export.read_records = export.read_records, struck
from cli.main import main
main()
"""
FORMS = {
    "alpaca": "out.json",
    "messages": "out.jsonl",
    "parquet": "out.parquet",
    "huggingface": "out",
}
BLOWS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGKILL: -9}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "run"
    made.mkdir()
    write_lines(made / "dataset.jsonl", [record(f"Say {n}", model="m") for n in range(50)])
    (made / "config.yaml").write_text("domain: {task: T}\nsettings: {}\n")
    (made / "stats.json").write_text("{}")
    return made


def struck(form: str, blow: signal.Signals) -> int:
    words = ["export", "run", "--format", form, "--out", f"into/{FORMS[form]}"]
    return subprocess.run([sys.executable, "-c", STRUCK % blow, *words], check=False).returncode


@pytest.mark.slow
@pytest.mark.parametrize("blow", BLOWS)
@pytest.mark.parametrize("form", FORMS)
def test_an_export_that_is_ended_leaves_nothing_that_the_next_does_not_remove(
    call: Call, folder: Path, form: str, blow: signal.Signals
) -> None:
    into = folder.parent / "into"
    into.mkdir()
    assert struck(form, blow) == BLOWS[blow]
    left = [path.name for path in into.iterdir()]
    assert len(left) == (blow == signal.SIGKILL)
    assert all(name.startswith(f".{FORMS[form]}.") for name in left)
    assert call("export", folder, "--format", form, "--out", into / FORMS[form]) == 0
    assert [path.name for path in into.iterdir()] == [FORMS[form]]
    assert len(read_data_set(into / FORMS[form]).records) == 50


def test_a_draft_is_never_taken_for_data(call: Call, folder: Path) -> None:
    (folder.parent / "into").mkdir()
    assert struck("huggingface", signal.SIGKILL) == -9
    assert call("export", folder, "--format", "huggingface", "--out", "into") == 0
    assert len(read_data_set(folder.parent / "into").records) == 50
    assert {path.name for path in (folder.parent / "into").iterdir()} == {"data", "README.md"}
