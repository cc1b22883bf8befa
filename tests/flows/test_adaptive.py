"""Adaptive as the graph runs it: its records, limits and caps."""

import json
from pathlib import Path
from typing import Any

import pytest

from graph.local import open_run
from nodes.settings import RECORDS, Settings
from prompts.domain import load_preset
from search.adaptive.splitting import MOST
from simulator import Options
from tests.doubles.scripted import ScriptedChat
from tests.flows.test_checkpoints import largest_step
from tests.running import a_second_an_answer, run_scripted
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
    assert 20 < sum(node["id"] not in inner for node in tree) <= 40 + 4 * MOST


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


@pytest.mark.slow
def test_time_is_shared_by_names_and_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = a_second_an_answer(monkeypatch)
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


@pytest.mark.slow
def test_a_large_tree_stays_small_in_its_checkpoints(tmp_path: Path) -> None:
    update = {"records": None, "max_calls": 250, "tasks_only": True, "window": 64}
    result = run_scripted(tmp_path, OPEN.model_copy(update=update))
    assert result["counts"]["tasks"] > 1_000
    assert largest_step(tmp_path) < 64_000
