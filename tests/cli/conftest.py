"""What the terminal's tests share: the command line, an endpoint, and nothing of the machine's."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from tests.doubles.fake_openai import FakeOpenAI, FakeReply
from tests.doubles.scripted import serve

SMALL = ("--depth", "1", "--breadth", "3", "--per-task", "2")

Call = Callable[..., int]


@pytest.fixture(autouse=True)
def _no_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name in ("EXPLORE_MODEL", "EXPLORE_BASE_URL", "EXPLORE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(serve()) as endpoint:
        yield endpoint


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch) -> Call:
    """Give what runs the command line with some words and returns its exit code."""

    def go(*words: object) -> int:
        monkeypatch.setattr(sys, "argv", ["explore-instruct", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            main()
        return int(ended.value.code or 0)

    return go


@pytest.fixture
def run(call: Call, server: FakeOpenAI) -> Call:
    """Give what makes a small run in a folder, with more options if any."""
    words = ("run", "rewriting", "--base-url", server.url, "--model", "openai:fake")
    return lambda out, *more: call(*words, "--out", out, *SMALL, *more)


def refuse_after(server: FakeOpenAI, size: int) -> Callable[[dict[str, Any]], FakeReply]:
    """Let the key expire after so many further requests; return what had answered until then."""
    answer = server.answer

    def refuse(request: dict[str, Any]) -> FakeReply:
        if len(server.requests) > size:
            return FakeReply(status=401, content="key expired")
        return answer(request)

    server.requests.clear()
    server.answer = refuse
    return answer
