"""`analyze`, as a person runs it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from report import measuring
from store.files.folder import create
from tests.cli.conftest import Call
from tests.report.samples import HOSTILE, record, write_lines
from tests.running import run_scripted
from tests.shared_data import DEMO, shared, slice_of_demo
from work.worker import Worker


def test_a_run_has_the_same_figures_everywhere(
    call: Call, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    create(folder, {"domain": {"language": "en"}, "settings": {}})
    run_scripted(folder)
    stats = json.loads((folder / "stats.json").read_text())
    assert call("analyze", folder, "--json", "a.json", "--html", "a.html") == 0
    (found,) = json.loads(Path("a.json").read_text())["sets"]
    assert found["records"] == stats["records"]
    assert found["tasks"] == stats["tasks"]
    assert found["rejections"]["count"] == stats["rejected"]
    assert found["rejections"]["by_rule"] == stats["rejected_by_rule"]
    assert found["run"]["calls"] == stats["calls"]
    tokens = stats["prompt_tokens"] + stats["completion_tokens"]
    assert found["run"]["per_record"]["tokens"] == tokens / stats["records"]
    assert found["repeats"]["count"] == 0
    told = capsys.readouterr().out
    page = Path("a.html").read_text("utf-8")
    for line in told.splitlines()[:-2]:
        value = re.split(r"  +", line)[-1]
        assert f"<td>{value}</td>" in page


def test_growth_against_calls_is_what_the_calls_brought(call: Call, tmp_path: Path) -> None:
    pytest.importorskip("spacy", reason="needs the extra `analysis`")
    folder = tmp_path / "run"
    create(folder, {"domain": {"language": "en"}, "settings": {}})
    run_scripted(folder)
    calls = [json.loads(line) for line in (folder / "calls.jsonl").read_text().splitlines()]
    assert call("analyze", folder, "--json", "a.json", "--html", "a.html") == 0
    (found,) = json.loads(Path("a.json").read_text())["sets"]
    stretches = found["kept_rate_by_calls"]
    first = calls[: stretches[0][0]]
    kept, rejected = (sum(row[what] for row in first) for what in ("kept", "rejected"))
    assert stretches[0][1] == kept / (kept + rejected)
    assert stretches[-1][0] == len(calls)
    curve = found["verb_noun"]["growth_by_calls"]
    assert curve[-1] == [len(calls), found["verb_noun"]["unique"]]
    assert curve[0][1] == 0, "the first call asks for subtasks"
    page = Path("a.html").read_text("utf-8")
    assert "Unique verb-noun pairs against calls" in page
    assert "Kept rate against calls" in page


def test_sets_stand_side_by_side(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    write_lines(Path("a.jsonl"), [record("Say hello")] * 3)
    write_lines(Path("b.jsonl"), map(record, HOSTILE))
    assert call("analyze", "a.jsonl", "b.jsonl") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["a", "b"]
    assert lines[1].split() == ["Records", "3", str(len(HOSTILE))]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["none.jsonl"], "none.jsonl"),
        (["."], "name a run's folder"),
        (["a.jsonl", "--json", "a.jsonl"], "a.jsonl is read"),
        (["a.jsonl", "--json", "x", "--html", "x"], "x cannot hold two results"),
        (["a.jsonl", "--html", "no/x"], "no/x"),
        (["a.jsonl", "--threshold", "0"], "threshold 0"),
        (["a.jsonl", "--threshold", "nan"], "threshold nan"),
        (["a.jsonl", "--spacy-model", "none_such"], "'none_such'"),
        (["a.jsonl", "--floor", "0"], "--floor 0"),
        (["a.jsonl", "--floor", "nan"], "--floor nan"),
        (["a.jsonl", "--floor", "1.5"], "--floor 1.5"),
        (["a.jsonl", "--ray", "local", "--workers", "0"], "greater than or equal to 1, not '0'"),
        (["a.jsonl", "--workers=two"], "'--workers': it should be a valid integer, not 'two'"),
        (["bad.jsonl"], "bad.jsonl, line 1: the field 'instruction' is missing"),
    ],
)
def test_bad_usage_is_named_and_writes_nothing(
    call: Call, capsys: pytest.CaptureFixture[str], words: list[str], named: str
) -> None:
    write_lines(Path("a.jsonl"), [record("Say hello")])
    write_lines(Path("bad.jsonl"), [{"ask": "x"}])
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    assert call("analyze", *words) == 2
    told = capsys.readouterr().err
    assert named in told
    assert len(told.splitlines()) <= 2
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


NEAR = [f"Write a poem of {n} lines about autumn" for n in range(30)]
FAR = ["Sort numbers", "Explain the tides of the sea", "写一首关于秋天的诗"]


def test_with_many_records_means_are_sampled_and_told_with_an_error(
    call: Call, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "DRAWS", 25)
    write_lines(Path("a.jsonl"), map(record, [*NEAR, *FAR]))
    asked = ("--sample-above", "32", "--json", "a.json", "--html", "a.html")
    assert call("analyze", "a.jsonl", *asked) == 0
    told = capsys.readouterr().out
    (found,) = json.loads(Path("a.json").read_text())["sets"]
    overlaps = found["rouge_l"]
    assert (overlaps["drawn"], overlaps["floor"], overlaps["below_floor"]) == (25, 0.5, 3)
    assert sum(overlaps["histogram_of_means"]) == 25
    assert sum(overlaps["histogram_of_highest"]) == 30
    assert f"{overlaps['mean']:.3f} ± {overlaps['mean_error']:.3f}" in told
    assert "3 (9.1%) < 0.5" in told
    page = Path("a.html").read_text("utf-8")
    assert "Instructions drawn at random: 25 of 33." in page
    assert "Without a bar: 9.1% lie below 0.5." in page
    assert page.count("ROUGE-L \\u003c 0.5") == 3


def test_a_floor_leaves_the_means_of_few_records_exact(call: Call) -> None:
    write_lines(Path("a.jsonl"), map(record, [*NEAR, *FAR]))
    assert call("analyze", "a.jsonl", "--json", "a.json") == 0
    assert call("analyze", "a.jsonl", "--floor", "0.9", "--json", "b.json") == 0
    ((exact,), (floored,)) = (json.loads(Path(f"{name}.json").read_text())["sets"] for name in "ab")
    assert floored["rouge_l"]["mean"] == pytest.approx(exact["rouge_l"]["mean"])
    nearest = exact["rouge_l"]["mean_of_highest"]
    assert floored["rouge_l"]["mean_of_highest"] == pytest.approx(nearest)
    assert floored["rouge_l"]["mean_error"] == floored["rouge_l"]["mean_of_highest_error"] == 0
    assert floored["rouge_l"]["below_floor"] == 33
    del exact["rouge_l"], floored["rouge_l"]
    assert exact == floored


@pytest.mark.slow
def test_workers_change_no_byte(call: Call, capsys: pytest.CaptureFixture[str]) -> None:
    write_lines(Path("a.jsonl"), map(record, [*NEAR, *FAR, *NEAR]))
    asked = ("--sample-above", "20", "--json", "a.json", "--html", "a.html")

    def written(*more: str) -> tuple[str, bytes, bytes]:
        assert call("analyze", "a.jsonl", *asked, *more) == 0
        told = capsys.readouterr().out
        return told, Path("a.json").read_bytes(), Path("a.html").read_bytes()

    alone = written()
    assert written("--workers", "2") == alone


@pytest.mark.slow
def test_workers_killed_in_the_middle_change_nothing(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_lines(Path("a.jsonl"), map(record, [*NEAR, *FAR, *NEAR]))
    asked = ("analyze", "a.jsonl", "--floor", "0.3", "--json", "a.json", "--workers", "2")
    assert call(*asked) == 0
    alone, ask, turns = Path("a.json").read_bytes(), Worker.ask, iter(range(100))

    def deadly(worker: Worker, *piece: object) -> object:
        if next(turns) in {1, 2, 5, 9}:
            worker.kill()
        return ask(worker, *piece)  # type: ignore[arg-type]

    monkeypatch.setattr(Worker, "ask", deadly)
    assert call(*asked) == 0
    assert Path("a.json").read_bytes() == alone
    assert next(turns) > 10


def test_a_language_without_parser_leaves_verbs_out(
    call: Call, capsys: pytest.CaptureFixture[str]
) -> None:
    write_lines(Path("zh.jsonl"), map(record, ["写一首关于秋天的诗", "列出三个优点"]))
    assert call("analyze", "zh.jsonl", "--json", "a.json") == 0
    assert "--spacy-model" in capsys.readouterr().out
    (found,) = json.loads(Path("a.json").read_text())["sets"]
    assert found["verb_noun"] is None


@pytest.mark.parametrize(("threshold", "tasks"), [(0.7, 9), (0.3, 7)])
def test_a_pruned_import_has_the_same_numbers_everywhere(
    call: Call, capsys: pytest.CaptureFixture[str], tmp_path: Path, threshold: float, tasks: int
) -> None:
    demo = slice_of_demo(tmp_path / "given", 12)
    assert call("import", demo, "--out", "demo", "--prune-threshold", threshold) == 0
    told = capsys.readouterr().out
    assert f"{tasks} tasks and" in told
    assert ("pruned" in told) == (tasks < 9)
    stats = json.loads(Path("demo/stats.json").read_text())
    assert call("analyze", "demo", "--json", "a.json") == 0
    (found,) = json.loads(Path("a.json").read_text())["sets"]
    assert stats["tasks"] == found["tasks"] == tasks
    assert stats["rejected"] == found["rejections"]["count"] == 9 - tasks
    assert stats["records"] == found["records"]
    page = Path("demo/report.html").read_text("utf-8")
    assert f"<td>{tasks}</td>" in page
    paper = stats["statistics"]
    assert paper["rouge_l_mean"] == found["rouge_l"]["mean"]
    assert f"<td>{paper['rouge_l_mean']:.3f}</td>" in page
    if found["verb_noun"]:
        assert paper["verb_noun_pairs"] == found["verb_noun"]["unique"]
        assert f"<td>{paper['verb_noun_pairs']} in " in page
        occurrences = f"{paper['verb_noun_mean']:.2f} ± {paper['verb_noun_deviation']:.2f}"
        assert f"<td>{occurrences}</td>" in page


@pytest.mark.slow
def test_the_original_demo_is_measured(call: Call) -> None:
    pytest.importorskip("spacy", reason="needs the extra `analysis`")
    assert call("import", shared(DEMO), "--out", "demo") == 0
    assert call("analyze", "demo", "--json", "a.json") == 0
    assert call("filter", "demo/dataset.jsonl", "--out", "kept.jsonl") == 0
    (found,) = json.loads(Path("a.json").read_text())["sets"]
    kept = len(Path("kept.jsonl").read_text("utf-8").splitlines())
    assert found["records"] - found["repeats"]["count"] == kept
    pairs = found["verb_noun"]
    assert pairs["with_object"] + pairs["without_object"] + pairs["without_verb"] == 4433
    assert pairs["growth"][-1] == [4433, pairs["unique"]]
    assert sum(found["rouge_l"]["histogram_of_highest"]) == 4433


def test_help_imports_nothing_heavy() -> None:
    script = (
        "import sys; sys.argv = ['explore-instruct', 'analyze', '--help']\n"
        "from cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'spacy', 'plotly', 'faiss', 'numpy'} & set(sys.modules)))"
    )
    words = [sys.executable, "-c", script]
    told = subprocess.run(words, check=True, capture_output=True, text=True)
    assert told.stdout.splitlines()[-1] == "[]"
