"""Stepping through a run shows what the model wrote, in words, before it is judged."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from graph.local import open_run
from nodes.settings import Settings
from nodes.show.proposed import SHOWN_BYTES, SHOWN_TEXT
from tests.doubles.scripted import ScriptedChat, records, reply
from tests.running import SMALL, run_scripted
from words import clip


async def proposals(folder: Path, settings: Settings) -> list[dict[str, Any]]:
    async with open_run(folder, settings, to_read=True) as run:
        states = [state async for state in run._graph.aget_state_history(run._config)]
    return [proposal for state in states for proposal in state.values.get("proposals", [])]


def rows(folder: Path, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / name).read_text("utf-8").splitlines()]


def test_a_call_for_records_shows_its_task_its_instructions_and_what_could_not_be_read(
    tmp_path: Path,
) -> None:
    settings = SMALL.model_copy(update={"per_call": 2})
    run_scripted(tmp_path, settings)
    shown = [
        proposal
        for proposal in asyncio.run(proposals(tmp_path, settings))
        if proposal["step"]["operation"] == "generate"
    ]
    kept, rejected = rows(tmp_path, "dataset.jsonl"), rows(tmp_path, "rejected.jsonl")
    texts = {row["instruction"] for row in kept} | {row["text"] for row in rejected}
    assert {text for proposal in shown for text in proposal["instructions"]} <= texts
    assert {row["instruction"] for row in kept} <= {t for p in shown for t in p["instructions"]}
    assert all(proposal["of"] == clip(proposal["step"]["name"], 40) for proposal in shown)
    malformed = [row for row in rejected if row["rule"] == "malformed" and row["kind"] == "record"]
    unread = [why for proposal in shown for why in proposal["unread"]]
    assert unread
    assert sorted(unread) == sorted(clip(row["why"], SHOWN_TEXT) for row in malformed)


def test_an_expansion_shows_why_an_answer_could_not_be_read(tmp_path: Path) -> None:
    def script(system: str, request: str, seed: int) -> str:
        if '"subtasks"' in system and "could not be used" not in request:
            return "I would rather talk about something else."
        return reply(system, request, seed)

    settings = SMALL.model_copy(update={"tasks_only": True})
    run_scripted(tmp_path, settings, ScriptedChat(script=script))
    shown = asyncio.run(proposals(tmp_path, settings))
    assert shown
    assert all(proposal["unread"] and proposal["subtasks"] for proposal in shown)
    assert all(proposal["of"] == proposal["step"]["name"] for proposal in shown)


@pytest.mark.parametrize(("per_call", "window"), [(1, 256), (20, 256), (20, 8), (1, 8)])
def test_however_much_comes_back_what_is_shown_of_it_is_bounded(
    tmp_path: Path, per_call: int, window: int
) -> None:
    def script(system: str, request: str, seed: int) -> str:
        if '"subtasks"' in system:
            return reply(system, request, seed)
        return records(f"{chr(0x4E00 + seed % 900 + n)}" * 180 for n in range(per_call))

    settings = Settings(
        model="scripted:x", depth=1, breadth=(2,), per_task=200, per_call=per_call, window=window
    )
    run_scripted(tmp_path, settings, ScriptedChat(script=script))
    shown = asyncio.run(proposals(tmp_path, settings))
    texts = [proposal.get("instructions", []) for proposal in shown]
    assert all(texts)
    assert max(len(text) for told in texts for text in told) <= SHOWN_TEXT
    room = SHOWN_BYTES // settings.window_step
    assert max(sum(len(text.encode()) for text in told) for told in texts) <= room
