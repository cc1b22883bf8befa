"""Adaptive as the graph runs it: its records, limits and caps; a person's reviews and edits."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from graph.local import open_run
from models.chat import endpoint_of
from nodes.settings import RECORDS, Settings
from prompts.domain import load_preset
from search.adaptive.splitting import MOST
from simulator import Options
from tests.doubles.scripted import ScriptedChat, reply
from tests.flows.test_checkpoints import largest_step
from tests.flows.test_steering import by_hand, in_turn
from tests.running import run_scripted
from tests.simulated import served

OPEN = Settings(model="scripted:x", strategy="adaptive", records=40, per_call=2)
"""A run of some forty records, without limits to its tree."""


def of_kind(result: dict[str, Any], *kinds: str) -> list[dict[str, Any]]:
    return [event for event in result["events"] if event["type"] in kinds]


def phases(result: dict[str, Any]) -> list[str]:
    return [event["phase"] for event in of_kind(result, "phase")]


def children(result: dict[str, Any], task: str) -> list[str]:
    return [node["id"] for node in result["tree"]["nodes"] if node["parent"] == task]


def tasks(folder: Path) -> dict[str, dict[str, Any]]:
    """Return all tasks by name; a state folds the branches of a large tree."""
    tree = json.loads((folder / "tree.json").read_text())
    return {node["name"]: node for node in tree["nodes"]}


def rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "dataset.jsonl").read_text().splitlines()]


@pytest.mark.parametrize(("wanted", "per_call"), [(1, 1), (17, 1), (40, 3), (64, 5), (90, 20)])
def test_records_in_all_are_exactly_as_many(tmp_path: Path, wanted: int, per_call: int) -> None:
    settings = OPEN.model_copy(update={"records": wanted, "per_call": per_call})
    result = run_scripted(tmp_path, settings)
    assert len(rows(tmp_path)) == result["counts"]["records"] == wanted
    assert result["stopped_by"] is None


def test_no_name_is_asked_for_once_all_records_are_written(tmp_path: Path) -> None:
    result = run_scripted(tmp_path, OPEN.model_copy(update={"per_call": 20}))
    kinds = [event["type"] for event in of_kind(result, "expanding", "record_kept")]
    assert kinds[-1] == "record_kept"
    assert "expanding" in kinds


def test_a_tree_is_hardly_wider_than_the_records_wanted(tmp_path: Path) -> None:
    run_scripted(tmp_path, OPEN)
    tree = tasks(tmp_path).values()
    inner = {node["parent"] for node in tree}
    assert 20 < sum(node["id"] not in inner for node in tree) < 40 + 4 * MOST


@pytest.mark.parametrize("per_task", [1, 2])
def test_no_task_gets_more_records_than_named_for_each(tmp_path: Path, per_task: int) -> None:
    update = {"per_task": per_task, "depth": 1, "breadth": (39 // per_task + 1,)}
    result = run_scripted(tmp_path, OPEN.model_copy(update=update))
    assert max(node["kept"] for node in tasks(tmp_path).values()) == per_task
    assert result["counts"]["records"] == 40


@pytest.mark.parametrize("breadth", [(4,), (3, 2), (5, 1, 2)])
@pytest.mark.parametrize("tasks_only", [False, True])
def test_a_named_depth_and_breadth_are_limits(
    tmp_path: Path, breadth: tuple[int, ...], *, tasks_only: bool
) -> None:
    limits = {"depth": len(breadth), "breadth": breadth, "tasks_only": tasks_only}
    result = run_scripted(tmp_path, OPEN.model_copy(update={**limits, "records": 200}))
    for node in result["tree"]["nodes"]:
        most = (*breadth, 0)[node["depth"]]
        assert len(children(result, node["id"])) <= most
    assert result["counts"]["tasks"] > 3
    assert result["counts"]["records"] == (0 if tasks_only else 200)


def test_a_depth_alone_is_a_limit_too(tmp_path: Path) -> None:
    result = run_scripted(tmp_path, OPEN.model_copy(update={"depth": 1}))
    assert {node["depth"] for node in result["tree"]["nodes"]} == {0, 1}
    assert len(children(result, "t0")) > 6


def test_tasks_that_may_have_no_more_records_end_the_run(tmp_path: Path) -> None:
    update = {"depth": 1, "breadth": (4,), "per_task": 2}
    result = run_scripted(tmp_path, OPEN.model_copy(update=update))
    assert result["counts"] == result["counts"] | {"tasks": 5, "records": 10}
    assert result["stopped_by"] == "per_task"


@pytest.mark.parametrize(
    ("named", "total"),
    [
        ({}, RECORDS),
        ({"records": 7}, 7),
        ({"records": 7, "max_calls": 9}, 7),
        ({"max_calls": 9}, None),
        ({"max_tokens": 9_000}, None),
        ({"max_usd": 1.0}, None),
        ({"max_minutes": 1.0}, None),
        ({"depth": 2, "breadth": (3, 2)}, RECORDS),
    ],
)
def test_without_records_and_caps_it_writes_500(named: dict[str, Any], total: int | None) -> None:
    settings = Settings(strategy="adaptive", **named)
    assert settings.quota.total == total
    assert 0 < settings.expected.records <= (total or RECORDS)


@pytest.mark.parametrize(
    "caps", [{"max_calls": 30}, {"max_tokens": 20_000}, {"max_calls": 30, "max_minutes": 60.0}]
)
def test_a_cap_is_shared_by_names_and_records(tmp_path: Path, caps: dict[str, Any]) -> None:
    result = run_scripted(tmp_path, OPEN.model_copy(update={"records": None, **caps}))
    asked = len(of_kind(result, "expanding"))
    assert 0 < asked <= result["spent"]["calls"] / 2
    assert result["counts"]["records"] > 20
    assert result["stopped_by"] == next(iter(caps))


def test_time_is_shared_by_names_and_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    for module in ("calls", "meter"):
        monkeypatch.setattr(f"asking.{module}.monotonic", lambda: now[0])

    def answer(system: str, request: str, seed: int) -> str:
        now[0] += 1
        return reply(system, request, seed)

    update = {"records": None, "max_minutes": 5.0, "parallel": 1}
    result = run_scripted(
        tmp_path, OPEN.model_copy(update=update), ScriptedChat(script=answer, tokens=500)
    )
    assert result["stopped_by"] == "max_minutes"
    assert result["spent"]["calls"] == 300
    assert result["counts"]["records"] > 200
    assert len(of_kind(result, "expanding")) > 50


@pytest.mark.parametrize("usd", [0.01, 0.03])
async def test_money_is_shared_by_names_and_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, usd: float
) -> None:
    settings = Settings(model="openai:gpt-4o-mini", strategy="adaptive", max_usd=usd)
    async with served(Options()) as simulator:
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        monkeypatch.setenv("OPENAI_BASE_URL", simulator.url)
        async with open_run(tmp_path, settings) as run:
            result = await run.go(load_preset("rewriting"), lambda _: None, lambda _: None)
    assert result["stopped_by"] == "max_usd"
    assert result["counts"]["records"] >= 20
    assert result["counts"]["tasks"] >= 20


def test_of_the_tree_alone_a_cap_is_told_as_the_end(tmp_path: Path) -> None:
    update = {"records": None, "max_calls": 12, "tasks_only": True}
    result = run_scripted(tmp_path, OPEN.model_copy(update=update))
    assert (result["stopped_by"], result["spent"]["calls"]) == ("max_calls", 12)


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


def test_a_large_tree_stays_small_in_its_checkpoints(tmp_path: Path) -> None:
    update = {"records": None, "max_calls": 250, "tasks_only": True, "window": 64}
    result = run_scripted(tmp_path, OPEN.model_copy(update=update))
    assert result["counts"]["tasks"] > 1_000
    assert largest_step(tmp_path) < 64_000
