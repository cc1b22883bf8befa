"""What a run cannot use is named, exits with 2 and makes nothing."""

import json
import socket
from pathlib import Path

import pytest

from prompts.domain import load_preset
from tests.cli.conftest import Call
from tests.doubles.fake_openai import FakeOpenAI, FakeReply


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


JUDGED = ["rewriting", "--model", "embedded", "--max-usd", "1"]
BAD = {
    "unknown preset": (["rewritin"], ["rewritin", "rewriting"]),
    "no such file": (["none.yaml"], ["none.yaml"]),
    "broken YAML": (["broken.yaml"], ["broken.yaml", "line"]),
    "unknown key": (["unknown.yaml"], ["unknown.yaml", "sedes"]),
    "breadth": (["rewriting", "--depth", "2", "--breadth", "3"], ["breadth 3", "depth 2"]),
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
    "no price of the judge": (
        [*JUDGED, "--judge-model", "openai:none", "--judge-base-url", "http://h/v1"],
        ["no price is known for openai:none", "max_tokens"],
    ),
    "no judge to ask there": (
        ["rewriting", "--judge-base-url", "http://h/v1"],
        ["--judge-base-url", "without a judge", "--judge-model"],
    ),
    "no judge to revise": (["rewriting", "--revise"], ["--revise", "--judge-model"]),
    "no judge to score": (
        ["rewriting", "--judge-threshold", "0.7"],
        ["--judge-threshold", "--judge-model"],
    ),
    "no record to judge": (
        ["rewriting", "--judge-model", "openai:x", "--tasks-only"],
        ["--judge-model", "--tasks-only"],
    ),
    "a score above one": (
        ["rewriting", "--judge-model", "openai:x", "--judge-threshold", "7"],
        ["--judge-threshold", "7"],
    ),
    "no such judge": ([*JUDGED, "--judge-model", "nobody:x"], ["nobody"]),
    "no rubric": (["unjudged.yaml", "--judge-model", "openai:x"], ["unjudged.yaml: rubric:"]),
    "half a host": (["rewriting", "--base-url", "http://[::1/v1"], ["http://[::1/v1"]),
    "no port": (["rewriting", "--base-url", "http://h:99999/v1"], ["http://h:99999/v1"]),
    "a long name": (["x" * 300], ["xxx", "rewriting"]),
    "no URL": (["rewriting", "--base-url", "nowhere"], ["nowhere"]),
}


@pytest.mark.parametrize(("words", "named"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_named_and_makes_nothing(
    call: Call,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    named: list[str],
) -> None:
    (tmp_path / "broken.yaml").write_text("name: [unclosed")
    (tmp_path / "unknown.yaml").write_text("name: x\nsedes: []\n")
    domain = load_preset("rewriting").model_dump(mode="json") | {"rubric": {}}
    (tmp_path / "unjudged.yaml").write_text(json.dumps(domain))
    (tmp_path / "own.gguf").write_bytes(b"GGUF" + b"\0" * 64)
    before = sorted(path.name for path in tmp_path.iterdir())
    assert call("run", *words) == 2
    message = capsys.readouterr().err
    assert len(message.splitlines()) <= 2, message
    assert all(name in message for name in named), message
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_an_endpoint_that_is_not_there(
    call: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"http://127.0.0.1:{free_port()}/v1"
    words = ("run", "rewriting", "--base-url", url, "--model", "openai:x", "--out", tmp_path / "o")
    assert call(*words) == 2
    message = capsys.readouterr().err
    assert url in message
    assert len(message.splitlines()) <= 2
    assert not (tmp_path / "o").exists()


def test_a_wrong_key_is_named_but_never_shown(
    run: Call,
    server: FakeOpenAI,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-planted-secret")
    server.models_status = 401
    server.answer = lambda _: FakeReply(status=401, content="Incorrect API key: sk-planted-secret")
    assert run(tmp_path / "out") == 2
    message = capsys.readouterr().err
    assert "key" in message
    assert "sk-planted-secret" not in message
    assert not (tmp_path / "out").exists()


def test_what_another_run_cannot_give_is_refused(
    call: Call, run: Call, server: FakeOpenAI, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    done = tmp_path / "done"
    assert run(done) == 0
    capsys.readouterr()
    words = ("--base-url", server.url, "--model", "openai:fake", "--out", tmp_path / "new")
    assert call("run", "math", "--from", done, *words) == 2
    assert "explores 'Rewriting of texts', not" in capsys.readouterr().err
    (done / "run.db").unlink()
    assert call("run", "--from", done, *words) == 2
    assert "run.db is missing" in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_a_folder_that_holds_another_run(
    run: Call, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(tmp_path / "out")
    before = (tmp_path / "out" / "dataset.jsonl").read_bytes()
    capsys.readouterr()
    assert run(tmp_path / "out") == 2
    assert "resume" in capsys.readouterr().err
    assert (tmp_path / "out" / "dataset.jsonl").read_bytes() == before
