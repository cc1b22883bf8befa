"""The command line as a person uses it: exit codes, messages, the files of a run."""

import io
import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from filelock import FileLock

from cli.main import main
from cli.run import _renewed
from report import ending
from tests.fake_openai import FakeOpenAI, FakeReply
from tests.scripted import serve
from tests.shared_data import slice_of_demo

SMALL = ("--depth", "1", "--breadth", "3", "--per-task", "2")
HEAVY = {"langgraph", "langchain_core", "openai", "faiss", "numpy", "sqlalchemy", "pyarrow"}


@pytest.fixture(autouse=True)
def _no_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "EXPLORE_MODEL", "EXPLORE_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(serve()) as endpoint:
        yield endpoint


def call(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    """Run the command line with these words; return its exit code."""
    monkeypatch.setattr(sys, "argv", ["explore-instruct", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def run(monkeypatch: pytest.MonkeyPatch, server: FakeOpenAI, out: Path, *more: object) -> int:
    words = ("run", "rewriting", "--base-url", server.url, "--model", "openai:fake", "--out", out)
    return call(monkeypatch, *words, *SMALL, *more)


def test_run_writes_a_folder_and_prints_what_it_did(
    monkeypatch: pytest.MonkeyPatch,
    server: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    assert run(monkeypatch, server, out, "--json") == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["tasks"], result["records"]) == (4, 8)
    assert {path.name for path in out.iterdir()} >= {
        "run.db",
        "config.yaml",
        "tree.json",
        "dataset.jsonl",
        "rejected.jsonl",
        "calls.jsonl",
        "stats.json",
        "report.html",
    }
    first = json.loads((out / "dataset.jsonl").read_text().splitlines()[0])
    assert list(first) == [
        "id",
        "instruction",
        "input",
        "output",
        "task",
        "path",
        "depth",
        "model",
        "nearest_id",
        "nearest_rouge_l",
        "call",
    ]
    assert yaml.safe_load((out / "config.yaml").read_text())["settings"]["breadth"] == [3]


def test_a_run_ends_with_its_report(
    monkeypatch: pytest.MonkeyPatch,
    server: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    assert run(monkeypatch, server, out, "--threshold", 0.6, "--json") == 0
    report = out / "report.html"
    assert json.loads(capsys.readouterr().out)["report"] == str(report)
    assert "at 0.6</td>" in report.read_text("utf-8")
    stats = json.loads((out / "stats.json").read_text())
    assert call(monkeypatch, "analyze", out, "--threshold", 0.6, "--json", "a.json") == 0
    (found,) = json.loads(Path("a.json").read_text())["sets"]
    assert stats["statistics"]["rouge_l_highest"] == found["rouge_l"]["highest"]
    pairs = found["verb_noun"] or {"unique": None, "deviation": None}
    assert stats["statistics"]["verb_noun_pairs"] == pairs["unique"]
    assert stats["statistics"]["verb_noun_deviation"] == pairs["deviation"]


@pytest.mark.parametrize("fault", [OSError("disk full"), KeyboardInterrupt(), MemoryError()])
def test_a_report_that_cannot_be_written_fails_no_run(
    monkeypatch: pytest.MonkeyPatch,
    server: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    fault: BaseException,
) -> None:
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(ending, "page", fail)
    out = tmp_path / "out"
    assert run(monkeypatch, server, out, "--tasks-only") == 0
    told = capsys.readouterr()
    assert f"analyze {out} --html {out / 'report.html'}" in told.err
    assert "report:" not in told.out
    assert "Traceback" not in told.err


def test_resume_of_a_finished_run_asks_nothing(
    monkeypatch: pytest.MonkeyPatch, server: FakeOpenAI, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(monkeypatch, server, out)
    before, asked = (out / "dataset.jsonl").read_bytes(), len(server.requests)
    assert call(monkeypatch, "resume", out) == 0
    assert (out / "dataset.jsonl").read_bytes() == before
    assert len(server.requests) == asked


def test_a_refusal_pauses_the_run_and_resume_finishes_it(
    monkeypatch: pytest.MonkeyPatch,
    server: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    whole, out = tmp_path / "whole", tmp_path / "out"
    run(monkeypatch, server, whole)
    answer = server.answer

    def refuse(request: dict[str, object]) -> FakeReply:
        if len(server.requests) > 5:
            return FakeReply(status=401, content="key expired")
        return answer(request)

    server.requests.clear()
    server.answer = refuse
    wanted = ("--per-task", "6")
    assert run(monkeypatch, server, out, *wanted) == 1
    message = capsys.readouterr().err
    assert "explore-instruct: " in message
    assert "Traceback" not in message
    server.answer = answer
    assert call(monkeypatch, "resume", out) == 0
    other = tmp_path / "other"
    run(monkeypatch, server, other, *wanted)
    assert (out / "dataset.jsonl").read_bytes() == (other / "dataset.jsonl").read_bytes()


def test_a_larger_budget_goes_on_where_the_smaller_one_stopped(
    monkeypatch: pytest.MonkeyPatch,
    server: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    assert run(monkeypatch, server, out, "--max-calls", 3) == 0
    assert "stopped by max_calls" in capsys.readouterr().out
    first = (out / "dataset.jsonl").read_text()
    assert call(monkeypatch, "resume", out) == 0
    assert "Go on with a larger --max-calls" in capsys.readouterr().err
    asked = len(server.requests)
    assert call(monkeypatch, "resume", out, "--max-calls", 40) == 0
    assert "stopped by" not in capsys.readouterr().out
    second = (out / "dataset.jsonl").read_text()
    assert second.startswith(first)
    assert second != first
    assert 0 < len(server.requests) - asked <= 37
    assert call(monkeypatch, "resume", out, "--records", 20, "--json") == 0
    assert json.loads(capsys.readouterr().out)["records"] <= 20
    assert "records: 20" in (out / "config.yaml").read_text()


def test_of_a_damaged_database_what_can_be_read_is_saved(
    monkeypatch: pytest.MonkeyPatch,
    server: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    assert run(monkeypatch, server, out, "--per-task", 20, "--max-calls", 12) == 0
    kept = [json.loads(line)["id"] for line in (out / "dataset.jsonl").read_text().splitlines()]
    with (out / "run.db").open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 3000)
    assert call(monkeypatch, "resume", out, "--max-calls", 99) == 1
    told = capsys.readouterr().err.splitlines()[-1]
    assert "resume" not in told
    assert f"records that it still gives: {out / 'salvaged.jsonl'}" in told
    saved = [json.loads(line)["id"] for line in (out / "salvaged.jsonl").read_text().splitlines()]
    assert set(saved) <= set(kept)


def test_a_run_is_open_once(
    monkeypatch: pytest.MonkeyPatch,
    server: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    assert run(monkeypatch, server, out) == 0
    with FileLock(out / "run.lock"):
        assert call(monkeypatch, "resume", out) == 2
    assert "in use by another process" in capsys.readouterr().err
    assert call(monkeypatch, "resume", out) == 0


def test_run_from_deepens_a_finished_tree(
    monkeypatch: pytest.MonkeyPatch, server: FakeOpenAI, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    run(monkeypatch, server, first)
    words = ("run", "--from", first, "--base-url", server.url, "--model", "openai:fake")
    more = ("--depth", 2, "--breadth", "3,2", "--per-task", 3, "--out", second)
    assert call(monkeypatch, *words, *more) == 0
    old = (first / "dataset.jsonl").read_text().splitlines()
    new = (second / "dataset.jsonl").read_text().splitlines()
    assert new[: len(old)] == old
    tree = json.loads((second / "tree.json").read_text())
    assert len(tree["nodes"]) == 10
    assert len(new) == 30


def test_tree_and_domains_print(
    monkeypatch: pytest.MonkeyPatch,
    server: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(monkeypatch, server, tmp_path / "out")
    capsys.readouterr()
    assert call(monkeypatch, "tree", tmp_path / "out") == 0
    assert "Change the tone of a message" in capsys.readouterr().out
    assert call(monkeypatch, "tree", tmp_path / "out", "--format", "mermaid") == 0
    assert capsys.readouterr().out.startswith("flowchart")
    assert call(monkeypatch, "domains") == 0
    assert {"brainstorming", "rewriting", "math"} <= {
        line.split()[0] for line in capsys.readouterr().out.splitlines()
    }


def test_import_export_and_deepen_the_original_demo(
    monkeypatch: pytest.MonkeyPatch,
    server: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, demo = tmp_path / "imported", slice_of_demo(tmp_path / "demo", 20)
    assert call(monkeypatch, "import", demo, "--out", out) == 0
    assert "9 tasks and 162 records" in capsys.readouterr().out
    given = [
        e for file in demo.glob("*.json") for e in json.loads(file.read_text()).get("examples", [])
    ]
    wanted = sorted((e["instruction"], e["input"], e["output"]) for e in given)
    alpaca = tmp_path / "alpaca.json"
    assert call(monkeypatch, "export", out, "--format", "alpaca", "--out", alpaca) == 0
    rows = json.loads(alpaca.read_text())
    assert sorted((r["instruction"], r["input"], r["output"]) for r in rows) == wanted
    words = ("run", "--from", out, "--base-url", server.url, "--model", "openai:fake")
    more = ("--depth", 2, "--breadth", "9,2", "--tasks-only", "--out", tmp_path / "deeper")
    assert call(monkeypatch, *words, *more) == 0
    tree = json.loads((tmp_path / "deeper" / "tree.json").read_text())
    assert len(tree["nodes"]) == 1 + 9 + 18
    assert sum(node["kept"] for node in tree["nodes"]) == 162


def test_dry_run_makes_nothing_and_asks_nothing(
    monkeypatch: pytest.MonkeyPatch,
    server: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(monkeypatch, server, tmp_path / "out", "--dry-run") == 0
    told = capsys.readouterr().out
    assert "up to 4 tasks and 8 records" in told
    assert "no cap is set" in told
    caps = ("--max-calls", 20, "--max-tokens", 9000)
    assert run(monkeypatch, server, tmp_path / "out", "--dry-run", *caps) == 0
    assert "stops at 20 calls, 9,000 tokens" in capsys.readouterr().out
    assert not (tmp_path / "out").exists()
    assert not server.requests


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


BAD = {
    "unknown preset": (["rewritin"], ["rewritin", "rewriting"]),
    "no such file": (["none.yaml"], ["none.yaml"]),
    "broken YAML": (["broken.yaml"], ["broken.yaml", "line"]),
    "unknown key": (["unknown.yaml"], ["unknown.yaml", "sedes"]),
    "breadth": (["rewriting", "--depth", "2", "--breadth", "3"], ["breadth 3", "depth is 2"]),
    "breadth word": (["rewriting", "--breadth", "3,x"], ["3,x", "6,4"]),
    "seeds": (["rewriting", "--depth", "1", "--breadth", "1"], ["breadth 1", "2 seed tasks"]),
    "threshold": (["rewriting", "--threshold", "1.5"], ["--threshold", "1.5", "1"]),
    "no threshold": (["rewriting", "--threshold", "0"], ["--threshold", "0"]),
    "strategy": (["rewriting", "--strategy", "wander"], ["--strategy", "wander", "self-instruct"]),
    "not a number": (["rewriting", "--depth", "deep"], ["--depth", "deep"]),
    "no folder": (["--from", "nowhere"], ["nowhere"]),
    "nothing": ([], ["no domain", "explore-instruct domains"]),
    "no key": (["rewriting", "--model", "openai:gpt-5"], ["OPENAI_API_KEY", "--base-url"]),
    "no provider": (["rewriting", "--model", "nobody:x"], ["nobody"]),
    "no GGUF": (["rewriting", "--model", "embedded:none.gguf"], ["none.gguf"]),
    "wrong GGUF": (["rewriting", "--model", "embedded:own.gguf#sha256=" + "0" * 64], ["own.gguf"]),
    "no price": (
        ["rewriting", "--model", "openai:none", "--base-url", "http://h/v1", "--max-usd", "1"],
        ["no price is known", "max_tokens"],
    ),
    "half a host": (["rewriting", "--base-url", "http://[::1/v1"], ["http://[::1/v1"]),
    "no port": (["rewriting", "--base-url", "http://h:99999/v1"], ["http://h:99999/v1"]),
    "a long name": (["x" * 300], ["xxx", "rewriting"]),
    "no URL": (["rewriting", "--base-url", "nowhere"], ["nowhere"]),
}


@pytest.mark.parametrize(("words", "named"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_named_and_makes_nothing(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    named: list[str],
) -> None:
    (tmp_path / "broken.yaml").write_text("name: [unclosed")
    (tmp_path / "unknown.yaml").write_text("name: x\nsedes: []\n")
    (tmp_path / "own.gguf").write_bytes(b"GGUF" + b"\0" * 64)
    before = sorted(path.name for path in tmp_path.iterdir())
    assert call(monkeypatch, "run", *words) == 2
    message = capsys.readouterr().err
    assert len(message.splitlines()) <= 2, message
    assert all(name in message for name in named), message
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_an_endpoint_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"http://127.0.0.1:{free_port()}/v1"
    words = ("run", "rewriting", "--base-url", url, "--model", "openai:x", "--out", tmp_path / "o")
    assert call(monkeypatch, *words) == 2
    message = capsys.readouterr().err
    assert url in message
    assert len(message.splitlines()) <= 2
    assert not (tmp_path / "o").exists()


def test_a_wrong_key_is_named_but_never_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-secret")
    refuse = FakeOpenAI(
        lambda _: FakeReply(status=401, content="Incorrect API key: sk-planted-secret"),
        models_status=401,
    )
    with refuse as server:
        assert run(monkeypatch, server, tmp_path / "out") == 2
    message = capsys.readouterr().err
    assert "key" in message
    assert "sk-planted-secret" not in message
    assert not (tmp_path / "out").exists()


def test_what_another_run_cannot_give_is_refused(
    monkeypatch: pytest.MonkeyPatch,
    server: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    done = tmp_path / "done"
    assert run(monkeypatch, server, done) == 0
    capsys.readouterr()
    words = ("--base-url", server.url, "--model", "openai:fake", "--out", tmp_path / "new")
    assert call(monkeypatch, "run", "math", "--from", done, *words) == 2
    assert "explores 'Rewriting of texts', not" in capsys.readouterr().err
    (done / "run.db").unlink()
    assert call(monkeypatch, "run", "--from", done, *words) == 2
    assert "run.db is missing" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_the_data_of_a_run_whose_journal_is_gone_stays(
    monkeypatch: pytest.MonkeyPatch,
    server: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    assert run(monkeypatch, server, out) == 0
    data = (out / "dataset.jsonl").read_bytes()
    for name in ("run.db", "dataset.jsonl", "config.yaml"):
        export = ("export", out, "--format", "messages", "--out", out / name)
        assert call(monkeypatch, *export) == 2
    (out / "run.db").unlink()
    assert call(monkeypatch, "resume", out) == 2
    assert "run.db" in capsys.readouterr().err
    assert (out / "dataset.jsonl").read_bytes() == data


def test_a_config_repeats_its_run(
    monkeypatch: pytest.MonkeyPatch, server: FakeOpenAI, tmp_path: Path
) -> None:
    assert run(monkeypatch, server, tmp_path / "one") == 0
    config = tmp_path / "one" / "config.yaml"
    assert call(monkeypatch, "run", config, "--out", tmp_path / "two") == 0
    for name in ("config.yaml", "dataset.jsonl", "rejected.jsonl", "calls.jsonl", "tree.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_runs_whose_names_look_like_queries_have_their_own_journals(
    monkeypatch: pytest.MonkeyPatch, server: FakeOpenAI, tmp_path: Path
) -> None:
    for name in ("run?1", "run?2"):
        assert run(monkeypatch, server, tmp_path / name, "--tasks-only") == 0
    assert {path.name for path in tmp_path.iterdir()} == {"run?1", "run?2"}


def test_a_review_shows_ids_and_goes_on_after_a_typing_error(
    monkeypatch: pytest.MonkeyPatch,
    server: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    typed = "help me\nprune t99\nrename t1 Say it otherwise\ndone\n\n"
    monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
    out = tmp_path / "out"
    assert run(monkeypatch, server, out, "--review") == 0
    told = capsys.readouterr().err
    assert "t1 Change the tone of a message" in told
    assert "not understood: help me" in told
    assert "left out: t99 (no task 't99' in the tree); 1 edit kept" in told
    names = [node["name"] for node in json.loads((out / "tree.json").read_text())["nodes"]]
    assert "Say it otherwise" in names


def test_a_review_that_is_left_is_asked_again(
    monkeypatch: pytest.MonkeyPatch,
    server: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert run(monkeypatch, server, out, "--review") == 130
    assert f"explore-instruct resume {out}" in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", io.StringIO("prune t1\n\n"))
    assert call(monkeypatch, "resume", out) == 0
    assert "t1" not in {n["id"] for n in json.loads((out / "tree.json").read_text())["nodes"]}


def test_a_defect_is_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("prompts.domain.presets", lambda: 1 // 0)
    assert call(monkeypatch, "domains") == 1
    told = capsys.readouterr().err
    assert told.startswith("explore-instruct: internal error: ZeroDivisionError")
    assert len(told.splitlines()) == 1
    assert call(monkeypatch, "domains", "--debug") == 1
    assert "Traceback" in capsys.readouterr().err


def test_a_folder_that_holds_another_run(
    monkeypatch: pytest.MonkeyPatch,
    server: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(monkeypatch, server, tmp_path / "out")
    before = (tmp_path / "out" / "dataset.jsonl").read_bytes()
    capsys.readouterr()
    assert run(monkeypatch, server, tmp_path / "out") == 2
    assert "resume" in capsys.readouterr().err
    assert (tmp_path / "out" / "dataset.jsonl").read_bytes() == before


@pytest.mark.parametrize("broken", ["missing", "no json"])
def test_import_of_a_broken_folder_makes_nothing(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    broken: str,
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    if broken == "no json":
        (source / "tree_meta_info.json").write_text("{")
    assert call(monkeypatch, "import", source, "--out", tmp_path / "out") == 2
    assert "tree_meta_info.json" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_help_imports_nothing_heavy() -> None:
    code = "import sys, cli.main; print(*sorted({m.split('.')[0] for m in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stdout.split())


@pytest.mark.parametrize(
    ("known", "named", "renewed"),
    [
        ({"per_task": 5, "seed": 1}, {"records": 80}, {"records": 80, "seed": 1}),
        ({"records": 80}, {"per_task": 5}, {"per_task": 5}),
        ({"depth": 2, "breadth": [3, 2]}, {"depth": 3}, {"depth": 3}),
        ({"depth": 2, "breadth": [3, 2]}, {"breadth": [4, 2]}, {"depth": 2, "breadth": [4, 2]}),
    ],
)
def test_what_is_named_anew_lets_go_of_what_it_replaces(
    known: dict[str, Any], named: dict[str, Any], renewed: dict[str, Any]
) -> None:
    assert _renewed(known, named) == renewed
