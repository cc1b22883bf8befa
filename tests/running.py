"""Runs of the real graph in a folder, with a scripted model."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graph.local import open_run
from models.chat import endpoint_of
from nodes.settings import Settings
from prompts.domain import Domain, load_preset
from tests.doubles.scripted import ScriptedChat, reply

SMALL = Settings(model="scripted:x", depth=2, breadth=(3, 2), per_task=3, per_call=1)
"""A run of some ten tasks and thirty records."""


def run_scripted(
    folder: Path,
    settings: Settings = SMALL,
    chat: ScriptedChat | None = None,
    *,
    domain: Domain | None = None,
    review: Callable[[dict[str, Any]], object] = lambda _: None,
    reopened: bool = False,
) -> dict[str, Any]:
    """Run to the end in `folder`; return the last state, the events under "events".

    A run that has ended there goes on if it is `reopened`.
    """
    model = chat or ScriptedChat()
    events: list[dict[str, Any]] = []

    async def go() -> dict[str, Any]:
        opener = lambda _settings: endpoint_of(model, "scripted:x")  # noqa: E731
        async with open_run(folder, settings, opener) as run:
            if reopened:
                await run.reopen()
            return await run.go(domain or load_preset("rewriting"), events.append, review)

    return asyncio.run(go()) | {"events": events}


def a_second_an_answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, int], str]:
    """Return the usual script of a model, by whose answers alone the clock of a run goes on."""
    now = [0.0]
    for module in ("calls", "meter"):
        monkeypatch.setattr(f"asking.{module}.monotonic", lambda: now[0])

    def answer(system: str, request: str, seed: int) -> str:
        now[0] += 1
        return reply(system, request, seed)

    return answer
