"""A run of the terminal in the operator's database: EXPLORE_DATABASE_URL, SQLite or PostgreSQL."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from cli.main import main
from tests.fake_openai import FakeOpenAI, FakeReply
from tests.postgres import Postgres
from tests.scripted import serve

FILES = ("dataset.jsonl", "rejected.jsonl", "tree.json")


@pytest.fixture(autouse=True)
def _no_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "EXPLORE_MODEL", "EXPLORE_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("EXPLORE_DATABASE_URL", raising=False)


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(serve()) as endpoint:
        yield endpoint


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'shared' / 'explore.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.database()


def call(monkeypatch: pytest.MonkeyPatch, *words: object) -> int:
    monkeypatch.setattr(sys, "argv", ["explore-instruct", *map(str, words)])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def run(monkeypatch: pytest.MonkeyPatch, server: FakeOpenAI, out: str) -> int:
    words = ("run", "rewriting", "--base-url", server.url, "--model", "openai:fake", "--out", out)
    return call(monkeypatch, *words, "--depth", "1", "--breadth", "3", "--per-task", "2")


def files(folder: str) -> list[bytes]:
    return [Path(folder, name).read_bytes() for name in FILES]


def test_a_run_is_kept_there_and_resume_finds_it(
    monkeypatch: pytest.MonkeyPatch, server: FakeOpenAI, url: str
) -> None:
    run(monkeypatch, server, "whole")
    monkeypatch.setenv("EXPLORE_DATABASE_URL", url)
    answer = server.answer

    def refuse(request: dict[str, object]) -> FakeReply:
        if len(server.requests) > 5:
            return FakeReply(status=401, content="key expired")
        return answer(request)

    server.requests.clear()
    server.answer = refuse
    assert run(monkeypatch, server, "out") == 1
    assert run(monkeypatch, server, "other") == 1
    server.answer = answer
    answered = [str(request["messages"]) for request in server.requests[:5]]
    server.requests.clear()
    assert call(monkeypatch, "resume", "out") == 0
    assert not {str(request["messages"]) for request in server.requests} & set(answered)
    assert call(monkeypatch, "resume", "other") == 0
    assert not Path("out", "run.db").exists()
    assert files("out") == files("other") == files("whole")
    assert call(monkeypatch, "run", "--from", "out", "--per-task", "3", "--out", "more") == 0


def test_resume_says_when_the_database_is_not_named_any_more(
    monkeypatch: pytest.MonkeyPatch,
    server: FakeOpenAI,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("EXPLORE_DATABASE_URL", f"sqlite:///{tmp_path / 'explore.db'}")
    assert run(monkeypatch, server, "out") == 0
    assert yaml.safe_load(Path("out", "config.yaml").read_text())["thread"]
    monkeypatch.delenv("EXPLORE_DATABASE_URL")
    assert call(monkeypatch, "resume", "out") == 2
    assert "kept in the database of EXPLORE_DATABASE_URL: set it again" in capsys.readouterr().err
    monkeypatch.setenv("EXPLORE_DATABASE_URL", f"sqlite:///{tmp_path / 'another.db'}")
    assert call(monkeypatch, "resume", "out") == 2
    assert "EXPLORE_DATABASE_URL, holds no run" in capsys.readouterr().err


def test_a_run_with_a_database_of_its_own_goes_on_in_it(
    monkeypatch: pytest.MonkeyPatch, server: FakeOpenAI, tmp_path: Path
) -> None:
    assert run(monkeypatch, server, "out") == 0
    monkeypatch.setenv("EXPLORE_DATABASE_URL", f"sqlite:///{tmp_path / 'explore.db'}")
    server.requests.clear()
    assert call(monkeypatch, "resume", "out") == 0
    assert not server.requests
    assert not (tmp_path / "explore.db").exists()
