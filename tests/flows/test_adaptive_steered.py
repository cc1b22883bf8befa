"""Adaptive steered: reviews, edits, forks, and another strategy on the way."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from graph.local import open_run
from models.chat import endpoint_of
from nodes.settings import Settings
from prompts.domain import load_preset
from tests.doubles.scripted import ScriptedChat
from tests.flows.test_adaptive import OPEN, children, of_kind, phases, rows, tasks
from tests.flows.test_steering import by_hand, in_turn
from tests.running import run_scripted


def test_a_review_of_the_tree_comes_once_before_the_first_record(tmp_path: Path) -> None:
    review, asked = in_turn("approve")
    update = {"review": "tasks", "records": None, "max_calls": 60}
    result = run_scripted(tmp_path, OPEN.model_copy(update=update), review=review)
    assert phases(result) == ["explore", "review", "generate", "finish"]
    assert len(asked) == 1
    assert {node["kept"] for node in asked[0]["tree"]["nodes"]} == {0}
    assert result["counts"]["records"] > 40


def test_every_step_of_the_exploration_is_reviewed(tmp_path: Path) -> None:
    asked: list[dict[str, Any]] = []

    def review(question: dict[str, Any]) -> object:
        asked.append(question)
        return {"prune": question["proposed"]["admitted"][0]["task"]} if len(asked) == 1 else []

    result = run_scripted(tmp_path, OPEN.model_copy(update={"review": "expansions"}), review=review)
    found = phases(result)
    assert found == ["explore", *["review", "explore"] * len(asked), "generate", "finish"]
    assert len(asked) > 1
    for question in asked[:3]:  # later ones show a tree too large for its whole outline
        lines = "\n".join(question["outline"])
        assert all(task["name"] in lines for task in question["proposed"]["admitted"])
    assert asked[0]["proposed"]["admitted"][0]["name"] not in tasks(tmp_path)
    kinds = [event["type"] for event in of_kind(result, "expanding", "record_kept")]
    assert kinds == sorted(kinds), "no name after the first record"
    assert result["counts"]["records"] == 40


def test_a_reviewer_prunes_renames_adds_and_bans(tmp_path: Path) -> None:
    edits = [
        {"prune": "t2"},
        {"rename": "t1", "name": "Change how a text sounds"},
        {"add": "Turn notes into minutes", "below": "t0"},
        {"ban": "Write a poem"},
    ]
    chat = ScriptedChat()
    settings = OPEN.model_copy(update={"review": "tasks", "records": 100})
    result = run_scripted(tmp_path, settings, chat, review=lambda _: edits)
    assert {"Change how a text sounds", "Turn notes into minutes"} <= tasks(tmp_path).keys()
    assert "Simplify a text for a certain reader" not in tasks(tmp_path)
    assert {row["task"] for row in rows(tmp_path)} <= tasks(tmp_path).keys()
    added = [row for row in rows(tmp_path) if row["task"] == "Turn notes into minutes"]
    assert added, "what a person adds gets records"
    later = [text for text, _ in chat.calls if "Not wanted, in whatever words" in text]
    assert all("Write a poem" in text for text in later)
    assert result["counts"]["records"] == 100


@pytest.mark.parametrize("named", [{}, {"depth": 1, "breadth": (4,)}])
def test_more_brings_as_many_subtasks_as_a_person_wants(
    tmp_path: Path, named: dict[str, Any]
) -> None:
    review, asked = in_turn([{"more": "t1", "count": 5}, {"more": "t0", "count": 2}], "approve")
    settings = OPEN.model_copy(update={"review": "tasks", **named})
    run_scripted(tmp_path, settings, review=review)
    assert len(asked) == 2, "what came with it is shown again"
    before, after = asked
    assert len(children(after, "t1")) >= len(children(before, "t1")) + 5
    assert len(children(after, "t0")) >= len(children(before, "t0")) + 2
    if named:
        assert len(children(after, "t1")) == 5
        assert len(children(after, "t0")) == len(children(before, "t0")) + 2


def test_edits_by_hand_steer_a_finished_run(tmp_path: Path) -> None:
    edits = [{"prune": "t1"}, {"add": "Turn notes into minutes", "below": "t0"}, {"more": "t2"}]
    result = asyncio.run(by_hand(tmp_path, OPEN, edits))
    assert "Turn notes into minutes" in tasks(tmp_path)
    assert "t1" not in {node["id"] for node in result["tree"]["nodes"]}
    assert result["counts"]["records"] == 40, "pruned records are written anew elsewhere"
    assert children(result, "t2")


async def continued(folder: Path, first: Settings, then: Settings) -> tuple[Any, Any]:
    """Run to the end, reopen with other settings and run on; return both last states."""
    domain, found = load_preset("rewriting"), list[Any]()
    for settings in (first, then):
        opener = lambda _: endpoint_of(ScriptedChat(), "scripted:x")  # noqa: E731
        async with open_run(folder, settings, opener) as run:
            if found:
                await run.reopen()
            found.append(await run.go(domain, lambda _: None, lambda _: None))
    return found[0], found[1]


def named(strategy: str, records: int) -> Settings:
    limits = {"depth": 2, "breadth": (3, 2)} if strategy != "adaptive" else {}
    return OPEN.model_copy(update={"strategy": strategy, "records": records, **limits})


@pytest.mark.parametrize("strategy", ["depth-first", "breadth-first", "self-instruct"])
@pytest.mark.parametrize("adaptive_first", [True, False])
def test_a_run_goes_on_with_another_strategy(
    tmp_path: Path, strategy: str, *, adaptive_first: bool
) -> None:
    order = ("adaptive", strategy) if adaptive_first else (strategy, "adaptive")
    first, then = (named(kind, count) for kind, count in zip(order, (40, 120), strict=True))
    before, after = asyncio.run(continued(tmp_path, first, then))
    assert (before["counts"]["records"], after["counts"]["records"]) == (40, 120)
    grown = after["counts"]["tasks"] - before["counts"]["tasks"]
    assert grown > 0 or (adaptive_first and strategy == "self-instruct")


async def forked(folder: Path) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Run to the end; return the state, that of a fork at the middle, and the state at its end."""
    opener = lambda _: endpoint_of(ScriptedChat(), "scripted:x")  # noqa: E731
    async with open_run(folder, OPEN, opener) as run:
        whole = await run.go(load_preset("rewriting"), lambda _: None, lambda _: None)
        history = [step async for step in run._graph.aget_state_history(run._config)]
        middle = next(
            s for s in history if s.next == ("select",) and 5 < s.values["counts"]["records"] < 30
        )
        graph, context = run._graph, OPEN.model_copy(update={"records": 50})
        other = await graph.ainvoke(None, middle.config, context=context)
        again = await graph.ainvoke(None, middle.config, context=OPEN)
    return whole, dict(other), dict(again)


def test_a_fork_at_a_checkpoint_leaves_the_first_line_whole(tmp_path: Path) -> None:
    whole, other, again = asyncio.run(forked(tmp_path))
    assert (whole["counts"]["records"], other["counts"]["records"]) == (40, 50)
    assert again["head"] == whole["head"], "the same settings end in the same place"
