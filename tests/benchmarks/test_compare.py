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


def test_all_strategies_make_as_many_calls_for_every_seed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results, out = tmp_path / "compare.json", tmp_path / "out"
    with FakeOpenAI(serve()) as server:
        words = ["--base-url", server.url, "--model", "openai:fake", "--max-calls", "9"]
        words += ["--seeds", "1", "2", "--out", str(out), "--results", str(results)]
        main(words)
        asked = len(server.requests)
        told = capsys.readouterr().out
        (out / f"{next(iter(STRATEGIES))}-2" / "stats.json").unlink()
        main(words)
        assert len(server.requests) == asked
    found = json.loads(results.read_text())
    assert found["calls"] == {strategy: [9, 9] for strategy in STRATEGIES}
    records = found["figures"]["records"]
    for strategy, counts in records["by_seed"].items():
        for seed, count in zip((1, 2), counts, strict=True):
            rows = (out / f"{strategy}-{seed}" / "dataset.jsonl").read_text().splitlines()
            assert len(rows) == count > 0
    first, second, *_ = STRATEGIES
    mine, others = records["by_seed"][first], records["by_seed"][second]
    apart = records[f"{first} minus"][second]
    assert apart["mean"] == sum(a - b for a, b in zip(mine, others, strict=True)) / 2
    assert apart["low"] <= apart["mean"] <= apart["high"]
    assert f"| {first} - {second}, 95 % interval |" in told
    assert f"**{sum(mine) / 2:.4g}** ({mine[0]}, {mine[1]})" in told
    page = (out / "report.html").read_text("utf-8")
    assert all(f'"{strategy}-{seed}"' in page for strategy in STRATEGIES for seed in (1, 2))


def test_questions_covered_are_compared_at_equal_records(tmp_path: Path) -> None:
    questions = write_lines(tmp_path / "q.jsonl", [{"question": "Rewrite an email politely"}])
    results, out = tmp_path / "compare.json", tmp_path / "out"
    with FakeOpenAI(serve()) as server:
        words = ["--base-url", server.url, "--model", "openai:fake", "--max-calls", "8"]
        words += ["--questions", str(questions), "--questions-cosine", "0.2"]
        main([*words, "--out", str(out), "--results", str(results)])
    found = json.loads(results.read_text())
    figures = found["figures"]
    counts = {strategy: seeds[0] for strategy, seeds in figures["records"]["by_seed"].items()}
    assert found["equal"]["records"] == min(counts.values())
    for strategy in STRATEGIES:
        assert 0 <= figures["questions covered, share"]["mean"][strategy] <= 1
        assert figures["Vendi score at equal records"]["mean"][strategy] >= 1


def test_questions_are_read_before_anything_is_asked(tmp_path: Path) -> None:
    with FakeOpenAI(serve()) as server:
        words = ["--base-url", server.url, "--out", str(tmp_path), "--questions", "none.jsonl"]
        with pytest.raises(InputError, match=r"none\.jsonl"):
            main(words)
        assert not server.requests
    assert list(tmp_path.iterdir()) == []
