"""What an endpoint sends of its model's thoughts, from the HTTP answer to the data set."""

import json
from pathlib import Path
from typing import Any

import pytest

from graph.local import open_run
from models.endpoint import endpoint
from nodes.settings import Settings
from prompts.domain import load_preset
from simulator.answering import answer, identity
from tests.doubles.fake_openai import FakeOpenAI, FakeReply
from tests.simulator.asking import TAXONOMY

USAGE = {"prompt_tokens": 100, "completion_tokens": 900, "total_tokens": 1_000}


def reply(request: dict[str, Any], form: str) -> FakeReply:
    messages, key = request["messages"], identity(request["messages"], request.get("seed"))
    text = answer(TAXONOMY, messages, key, 0.0).text
    if form == "text":
        return FakeReply(content=f"<think>Hm</think>{text}", usage=USAGE)
    message = {"role": "assistant", "content": text, "reasoning_content": "Hm"}
    if form == "stream":
        pieces = [{"reasoning_content": "H"}, {"reasoning_content": "m"}, {"content": text}]
        events: list[dict[str, Any]] = [
            {"choices": [{"index": 0, "delta": piece}], "usage": None} for piece in pieces
        ]
        events += [{"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}]
        events += [{"choices": [], "usage": USAGE}]
        lines = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
        return FakeReply(raw=f"{lines}data: [DONE]\n\n".encode())
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    body = {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "usage": USAGE}
    return FakeReply(raw=json.dumps(body | {"choices": [choice]}).encode())


async def rows(folder: Path, form: str, **asked: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    settings = Settings(model="openai:m", depth=1, breadth=(3,), per_task=1, **asked)
    with FakeOpenAI(lambda request: reply(request, form)) as server:
        opener = lambda named: endpoint(str(named.model), server.url)  # noqa: E731
        async with open_run(folder, settings, opener) as run:
            await run.go(load_preset("rewriting"), lambda _: None, lambda _: [])
    stats = json.loads((folder / "stats.json").read_text())
    assert stats["completion_tokens"] == 900 * stats["calls"]
    return [json.loads(line) for line in (folder / "dataset.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("form", ["field", "text", "stream"])
async def test_reasoning_is_kept_where_it_is_asked_for(tmp_path: Path, form: str) -> None:
    found = await rows(tmp_path / "on", form, reasoning=True)
    assert {row["reasoning"] for row in found} == {"Hm"}
    assert not any("Hm" in row["output"] for row in found)
    without = await rows(tmp_path / "off", form, per_call=1)
    assert [row | {"reasoning": "Hm"} for row in without] == found


async def test_several_records_share_no_reasoning(tmp_path: Path) -> None:
    found = await rows(tmp_path, "field", reasoning=True, per_call=5)
    assert found
    assert not any("reasoning" in row for row in found)
