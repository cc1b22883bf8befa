"""The comparison of the strategies: the same effort, and figures that add up."""

import json
from collections import Counter
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from statistics import fmean

import pytest

from benchmarks.compare import main, rarefied
from record import Record
from report.analysis import Measuring, analyse
from report.parsers import open_parser
from search.table import STRATEGIES
from store.files.data_set import DataSet
from tests.doubles.fake_openai import FakeOpenAI
from tests.doubles.scripted import serve


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


def test_rarefaction_is_the_mean_over_all_samples() -> None:
    pytest.importorskip("spacy", reason="needs the extra `analysis`")
    texts = ["Write a poem.", "Write a poem.", "Write a letter.", "Write a poem.", "Draw a map."]
    data = DataSet("d", "d", [Record(instruction=text) for text in texts])
    found = analyse(data, Measuring(Fraction(7, 10), open_parser()))
    samples = [len(Counter(pairs)) for pairs in combinations(found.pairs or [], 3)]
    assert rarefied(found, 3) == pytest.approx(fmean(samples))
    assert rarefied(found, 5) == 3
