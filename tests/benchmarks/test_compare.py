"""The comparison of the strategies: the same effort, and figures that add up."""

import json
from pathlib import Path

import pytest

from benchmarks.compare import main
from errors import InputError
from search.table import STRATEGIES
from tests.doubles.fake_openai import FakeOpenAI
from tests.doubles.scripted import serve
from tests.report.samples import write_lines


def test_all_strategies_make_as_many_calls(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results, out = tmp_path / "compare.json", tmp_path / "out"
    with FakeOpenAI(serve()) as server:
        words = ["--base-url", server.url, "--model", "openai:fake", "--max-calls", "12"]
        main([*words, "--out", str(out), "--results", str(results)])
    found = json.loads(results.read_text())
    assert found["calls"] == dict.fromkeys(STRATEGIES, 12)
    for strategy, records in found["records"].items():
        assert len((out / strategy / "dataset.jsonl").read_text().splitlines()) == records > 0
    told = capsys.readouterr().out
    assert f"| | {' | '.join(STRATEGIES)} |\n| --- " in told
    assert told.count(" 12 calls\n") == len(STRATEGIES)
    page = (out / "report.html").read_text("utf-8")
    assert f'"sets":{json.dumps(list(STRATEGIES), separators=(",", ":"))}' in page


def test_all_are_compared_at_equal_effort(tmp_path: Path) -> None:
    questions = write_lines(tmp_path / "q.jsonl", [{"question": "Rewrite an email politely"}])
    results, out = tmp_path / "compare.json", tmp_path / "out"
    with FakeOpenAI(serve()) as server:
        words = ["--base-url", server.url, "--model", "openai:fake", "--max-calls", "8"]
        words += ["--questions", str(questions), "--questions-cosine", "0.2"]
        main([*words, "--out", str(out), "--results", str(results)])
    found = json.loads(results.read_text())
    assert found["equal"]["records"] == min(found["records"].values())
    smallest = min(found["records"], key=found["records"].get)
    table = {row[0]: row[1:] for row in found["table"]}
    place = list(STRATEGIES).index(smallest)
    vendi = found["at_equal"][smallest]["vendi"]["at_equal_records"]
    assert table["Vendi score"][place] == f"{vendi:,.2f}"
    assert table["Questions covered"][place].endswith("of 1 at cosine 0.2)")
    assert all("tokens" in value for value in table["Vendi score at equal tokens"])


def test_questions_are_read_before_anything_is_asked(tmp_path: Path) -> None:
    with FakeOpenAI(serve()) as server:
        words = ["--base-url", server.url, "--out", str(tmp_path), "--questions", "none.jsonl"]
        with pytest.raises(InputError, match=r"none\.jsonl"):
            main(words)
        assert not server.requests
    assert list(tmp_path.iterdir()) == []
