"""`import` of the original implementation's folders."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call
from tests.doubles.fake_openai import FakeOpenAI
from tests.shared_data import slice_of_demo


def test_import_export_and_deepen_the_original_demo(
    call: Call, server: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, demo = tmp_path / "imported", slice_of_demo(tmp_path / "demo", 20)
    assert call("import", demo, "--out", out) == 0
    assert "9 tasks and 162 records" in capsys.readouterr().out
    given = [
        e for file in demo.glob("*.json") for e in json.loads(file.read_text()).get("examples", [])
    ]
    wanted = sorted((e["instruction"], e["input"], e["output"]) for e in given)
    alpaca = tmp_path / "alpaca.json"
    assert call("export", out, "--format", "alpaca", "--out", alpaca) == 0
    rows = json.loads(alpaca.read_text())
    assert sorted((r["instruction"], r["input"], r["output"]) for r in rows) == wanted
    words = ("run", "--from", out, "--base-url", server.url, "--model", "openai:fake")
    more = ("--depth", 2, "--breadth", "9,2", "--tasks-only", "--out", tmp_path / "deeper")
    assert call(*words, *more) == 0
    tree = json.loads((tmp_path / "deeper" / "tree.json").read_text())
    assert len(tree["nodes"]) == 1 + 9 + 18
    assert sum(node["kept"] for node in tree["nodes"]) == 162


@pytest.mark.parametrize("broken", ["missing", "no json"])
def test_import_of_a_broken_folder_makes_nothing(
    call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str], broken: str
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    if broken == "no json":
        (source / "tree_meta_info.json").write_text("{")
    assert call("import", source, "--out", tmp_path / "out") == 2
    assert "tree_meta_info.json" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
