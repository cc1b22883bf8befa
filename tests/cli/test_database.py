"""A run of the terminal in the operator's database: EXPLORE_DATABASE_URL, SQLite or PostgreSQL."""

from pathlib import Path

import pytest
import yaml

from tests.cli.conftest import Call, refuse_after
from tests.doubles.fake_openai import FakeOpenAI
from tests.postgres import Postgres

FILES = ("dataset.jsonl", "rejected.jsonl", "tree.json")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'shared' / 'explore.db'}"
    server: Postgres = request.getfixturevalue("postgres")
    return server.database()


def files(folder: str) -> list[bytes]:
    return [Path(folder, name).read_bytes() for name in FILES]


def test_a_run_is_kept_there_and_resume_finds_it(
    call: Call, run: Call, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    run("whole")
    monkeypatch.setenv("EXPLORE_DATABASE_URL", url)
    answer = refuse_after(server, 2)
    assert run("out") == 1
    assert run("other") == 1
    server.answer = answer
    answered = [str(request["messages"]) for request in server.requests[:2]]
    server.requests.clear()
    assert call("resume", "out") == 0
    assert not {str(request["messages"]) for request in server.requests} & set(answered)
    assert call("resume", "other") == 0
    assert not Path("out", "run.db").exists()
    assert files("out") == files("other") == files("whole")
    assert call("run", "--from", "out", "--per-task", "3", "--out", "more") == 0


def test_resume_says_when_the_database_is_not_named_any_more(
    call: Call,
    run: Call,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("EXPLORE_DATABASE_URL", f"sqlite:///{tmp_path / 'explore.db'}")
    assert run("out") == 0
    assert yaml.safe_load(Path("out", "config.yaml").read_text())["thread"]
    monkeypatch.delenv("EXPLORE_DATABASE_URL")
    assert call("resume", "out") == 2
    assert "kept in the database of EXPLORE_DATABASE_URL: set it again" in capsys.readouterr().err
    monkeypatch.setenv("EXPLORE_DATABASE_URL", f"sqlite:///{tmp_path / 'another.db'}")
    assert call("resume", "out") == 2
    assert "EXPLORE_DATABASE_URL, holds no run" in capsys.readouterr().err


def test_a_run_with_a_database_of_its_own_goes_on_in_it(
    call: Call, run: Call, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert run("out") == 0
    monkeypatch.setenv("EXPLORE_DATABASE_URL", f"sqlite:///{tmp_path / 'explore.db'}")
    server.requests.clear()
    assert call("resume", "out") == 0
    assert not server.requests
    assert not (tmp_path / "explore.db").exists()
