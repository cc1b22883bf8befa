"""The graph in a person's own Python: what docs/library.md shows, run as it stands there."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypedDict

import pytest
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command

from errors import InputError, RunError
from graph.library import open_explorer
from models.chat import endpoint_of
from nodes.settings import Settings
from tests.doubles.fake_openai import FakeOpenAI
from tests.doubles.scripted import Script, ScriptedChat, reply, serve
from tests.serving import NOT_INHERITED, ROOT

SMALL = Settings(model="scripted:x", depth=1, breadth=(3,), per_task=2, per_call=1)
SHOWN = (ROOT / "docs" / "library.md").read_text("utf-8")
ALONE, PART = re.findall(r"```python\n(import asyncio.*?)```", SHOWN, re.DOTALL)


@pytest.fixture(scope="module")
def model() -> Iterator[FakeOpenAI]:
    with FakeOpenAI(serve()) as endpoint:
        yield endpoint


def ran(code: str, folder: Path, model: FakeOpenAI) -> str:
    """Run the code in a process of its own, every warning told; return what it printed."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(NOT_INHERITED)}
    own = {"EXPLORE_MODEL": "openai:fake", "EXPLORE_BASE_URL": model.url, "OPENAI_API_KEY": "none"}
    done = subprocess.run(
        [sys.executable, "-W", "default", "-c", code],
        cwd=folder,
        env={**kept, **own, "PYTHONPATH": str(ROOT), "LANGSMITH_TRACING": "false"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "nclosed" not in done.stderr
    assert "was never" not in done.stderr
    return done.stdout


def test_the_graph_alone_gives_its_records_and_asks_nothing_twice(
    tmp_path: Path, model: FakeOpenAI
) -> None:
    assert len([line for line in ALONE.splitlines() if line]) <= 20
    told = ran(ALONE, tmp_path, model)
    assert told.startswith("{'tasks': 4, 'records': 8, ")
    assert len(re.findall(r"^.+ \| .+ \| .+$", told, re.MULTILINE)) == 8
    asked = len(model.requests)
    assert ran(ALONE, tmp_path, model) == told
    assert len(model.requests) == asked


def test_the_graph_is_a_part_of_another(tmp_path: Path, model: FakeOpenAI) -> None:
    told = ran(PART, tmp_path, model)
    assert "'counts': {'tasks': 4, 'records': 8, " in told
    assert "'shortest': '" in told


async def test_a_context_replaces_the_settings_and_another_seed_asks_anew(tmp_path: Path) -> None:
    chat = ScriptedChat()
    opener = lambda *_: endpoint_of(chat, "scripted:x")  # noqa: E731
    async with open_explorer(tmp_path / "new" / "x.db", SMALL, open_endpoint=opener) as explorer:
        first = await explorer.graph.ainvoke({"domain": "rewriting"})
        asked = len(chat.calls)
        context = SMALL.model_copy(update={"seed": 1, "per_task": 3})
        other = await explorer.graph.ainvoke({"domain": "rewriting"}, context=context)
        assert len(chat.calls) > asked
        assert first["counts"]["records"] == 8
        assert len(list(explorer.records(other))) == other["counts"]["records"] == 12
        assert len(list(explorer.records(first))) == 8
        assert len(list(explorer.rejections(first))) == first["counts"]["rejected"]
        with pytest.raises(InputError, match="unknown domain 'knitting'"):
            await explorer.graph.ainvoke({"domain": "knitting"})


async def test_a_run_that_failed_goes_on_where_it_was(tmp_path: Path) -> None:
    whole, failing = ScriptedChat(), ScriptedChat(script=failing_after(6))
    left = ScriptedChat()
    chats = iter((whole, failing, left))
    results = []
    for database in ("whole.db", "half.db", "half.db"):
        chat = next(chats)
        opener = lambda *_, chat=chat: endpoint_of(chat, "scripted:x")  # noqa: E731
        async with open_explorer(tmp_path / database, SMALL, open_endpoint=opener) as explorer:
            try:
                found = await explorer.graph.ainvoke({"domain": "rewriting"})
            except RunError:
                continue
            results.append(list(explorer.records(found)))
    assert results[0] == results[1]
    assert len(left.calls) == len(whole.calls) - 6


class KeyRefusedError(Exception):
    """As a provider's client tells it."""

    status_code = 401


def failing_after(calls: int) -> Script:
    """Return a model that answers so many calls and then refuses the key."""
    left = iter(range(calls))

    def script(system: str, request: str, seed: int) -> str:
        if next(left, None) is None:
            raise KeyRefusedError
        return reply(system, request, seed)

    return script


class Own(TypedDict, total=False):
    domain: str
    counts: dict[str, int]


class Other(TypedDict):
    colour: str


async def test_a_review_interrupts_the_graph_around_it(tmp_path: Path) -> None:
    opener = lambda *_: endpoint_of(ScriptedChat(), "scripted:x")  # noqa: E731
    reviewed = SMALL.model_copy(update={"review": "tasks"})
    async with open_explorer(tmp_path / "x.db", reviewed, open_endpoint=opener) as explorer:
        own = StateGraph(Own, context_schema=Other)
        own.add_node("explore", explorer.graph)
        own.add_edge(START, "explore")
        own.add_edge("explore", END)
        graph: Any = own.compile(checkpointer=InMemorySaver())
        config: Any = {"configurable": {"thread_id": "mine"}}
        asked = await graph.ainvoke({"domain": "rewriting"}, config, context={"colour": "red"})
        assert asked["__interrupt__"][0].value["question"].startswith("Edit the tree of 4 tasks")
        done = await graph.ainvoke(Command(resume="prune t1"), config, context={"colour": "red"})
        assert done["counts"]["tasks"] == 3
