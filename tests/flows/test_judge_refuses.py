"""A judge that cannot be asked, or whose answers cannot be read: nothing unjudged is kept."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from errors import RunError
from graph.local import open_run
from nodes.settings import Settings
from prompts.domain import load_preset
from tests.doubles.fake_openai import FakeOpenAI, FakeReply
from tests.doubles.scripted import sensible, serve
from tests.flows.judged import rows, written

NONSENSE = [
    "I would rather talk about something else.",
    "",
    "{}",
    "[]",
    '{"1": "maybe", "2": "maybe", "3": "maybe", "score": "5"}',
    '{"score": "10"}',
    '{"verdict": "pass"}',
    "pass",
    "{" * 2000,
]


class Judging:
    """An endpoint whose judge answers `good` times as it should, then always with this reply."""

    def __init__(self, reply: FakeReply, good: int = 0) -> None:
        self.reply, self.good = reply, good
        self.script = serve(sensible)
        self.answered: list[str] = []
        self.judged = 0

    def __call__(self, request: dict[str, Any]) -> FakeReply:
        is_judge = request["model"] == "judge"
        self.judged += is_judge
        reply = self.reply if is_judge and self.judged > self.good else self.script(request)
        if reply.status == 200:
            asked = [request["model"], request["messages"], request.get("seed")]
            self.answered.append(json.dumps(asked, sort_keys=True))
        return reply

    def recover(self) -> None:
        """Let the judge answer whatever it is asked from now on."""
        self.good = 10**6


def settings_at(url: str, **changed: object) -> Settings:
    wanted = {"strategy": "adaptive", "records": 20, "per_call": 2, "window": 8, "parallel": 4}
    models = {"model": "openai:writer", "judge_model": "openai:judge", "base_url": url}
    return Settings.model_validate(wanted | models | changed)


def run(folder: Path, settings: Settings) -> dict[str, Any]:
    folder.mkdir(exist_ok=True)

    async def go() -> dict[str, Any]:
        async with open_run(folder, settings) as run:
            return await run.go(load_preset("rewriting"), lambda _: None, lambda _: None)

    return asyncio.run(go())


@pytest.fixture
def whole(tmp_path: Path) -> list[bytes]:
    """What a run leaves whose judge always answers."""
    with FakeOpenAI(serve(sensible)) as server:
        run(tmp_path / "whole", settings_at(server.url))
    return written(tmp_path / "whole")


@pytest.mark.parametrize("good", [0, 7])
@pytest.mark.parametrize("status", [401, 404, 500])
def test_a_judge_that_refuses_pauses_the_run_and_nothing_is_asked_twice(
    tmp_path: Path, whole: list[bytes], status: int, good: int
) -> None:
    """An endpoint that fails while others of its calls are answered may be asked otherwise."""
    refusal = FakeReply(status=status, content="no", headers={"retry-after-ms": "1"})
    answer = Judging(refusal, good)
    with FakeOpenAI(answer) as server:
        with pytest.raises(RunError, match="no"):
            run(tmp_path / "out", settings_at(server.url))
        assert all("score" in row for row in rows(tmp_path / "out", "dataset.jsonl"))
        answer.recover()
        run(tmp_path / "out", settings_at(server.url))
    assert len(answer.answered) == len(set(answer.answered))
    kept = rows(tmp_path / "out", "dataset.jsonl")
    assert [row["score"] for row in kept] == [0.8] * 20
    assert written(tmp_path / "out") == whole or (status == 500 and good)


def test_a_dead_judge_stops_the_run_while_its_writer_goes_on(tmp_path: Path) -> None:
    """What the writer answers says nothing of the judge: each is given up by its own answers."""
    answer = Judging(FakeReply(status=400, content="no such thing"))
    with FakeOpenAI(answer) as server, pytest.raises(RunError, match="refused 8 requests in a row"):
        run(tmp_path / "out", settings_at(server.url, parallel=1, per_call=1))
    assert len(answer.answered) < 40


@pytest.mark.parametrize("text", NONSENSE)
def test_a_judge_whose_answers_are_nonsense_ends_the_run_with_nothing_kept(
    tmp_path: Path, text: str
) -> None:
    with FakeOpenAI(Judging(FakeReply(content=text))) as server, pytest.raises(RunError):
        run(tmp_path / "out", settings_at(server.url))
    assert rows(tmp_path / "out", "dataset.jsonl") == []
