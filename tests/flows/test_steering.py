"""Steering: a person edits the tree, in a review or by hand, and the search goes on from there."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from errors import InputError
from graph.local import open_run
from models.chat import endpoint_of
from nodes.settings import Settings
from prompts.domain import load_preset
from tests.doubles.scripted import ScriptedChat, subtasks
from tests.flows.test_checkpoints import largest_step
from tests.running import SMALL, run_scripted

TREE = Settings(model="scripted:x", depth=1, breadth=(3,), tasks_only=True, review="tasks")
NOVEL = ("Shorten a letter", "Turn notes into minutes", "Explain a contract", "Retell a joke")


def name_in_turn(names: tuple[str, ...]) -> ScriptedChat:
    """Return a model that names these subtasks, over and over, as many as it is asked for."""
    left = list(names) * 20

    def script(_system: str, request: str, _seed: int) -> str:
        asked = int(request.rsplit("Name ", maxsplit=1)[-1].split(maxsplit=1)[0])
        return subtasks(left.pop(0) for _ in range(asked))

    return ScriptedChat(script=script)


def in_turn(*answers: object) -> tuple[Callable[[dict[str, Any]], object], list[dict[str, Any]]]:
    """Return a reviewer that gives these answers, and the list of what it is asked."""
    asked: list[dict[str, Any]] = []

    def review(question: dict[str, Any]) -> object:
        asked.append(question)
        return answers[len(asked) - 1]

    return review, asked


def names(result: dict[str, Any]) -> set[str]:
    return {node["name"] for node in result["tree"]["nodes"]}


def test_a_reviewer_prunes_renames_and_adds(tmp_path: Path) -> None:
    settings = SMALL.model_copy(update={"review": "tasks"})
    edits = [
        {"prune": "t2"},
        {"rename": "t1", "name": "Change how a text sounds"},
        {"add": "Turn notes into minutes", "below": "t0"},
    ]
    result = run_scripted(tmp_path, settings, review=lambda _: edits)
    assert {"Change how a text sounds", "Turn notes into minutes"} <= names(result)
    assert "Simplify a text for a certain reader" not in names(result)
    rows = [json.loads(line) for line in (tmp_path / "dataset.jsonl").read_text().splitlines()]
    assert {row["task"] for row in rows} == names(result)


def test_an_edit_the_tree_cannot_take_is_asked_for_again(tmp_path: Path) -> None:
    settings = SMALL.model_copy(update={"review": "tasks"})
    answers = [[{"prune": "t1"}, {"prune": "t99"}], "nonsense", [{"prune": "t1"}]]
    problems: list[tuple[str | None, int | None]] = []

    def review(asked: dict[str, Any]) -> object:
        problems.append((asked.get("problem"), asked.get("edit")))
        return answers[len(problems) - 1]

    result = run_scripted(tmp_path, settings, review=review)
    assert problems[:2] == [(None, None), ("no task 't99' in the tree", 1)]
    assert problems[2][0] is not None
    assert problems[2][0].startswith("'nonsense' is no edit: give a list of edits")
    assert problems[2][1] == 0
    assert "t1" not in {node["id"] for node in result["tree"]["nodes"]}


def test_more_goes_on_with_the_search_beyond_the_breadth_and_is_reviewed_again(
    tmp_path: Path,
) -> None:
    review, asked = in_turn([{"more": "t0", "count": 2}, {"more": "t1"}], "approve")
    result = run_scripted(tmp_path, TREE, name_in_turn(NOVEL), review=review)
    assert len(asked) == 2
    shown = [len(question["tree"]["nodes"]) for question in asked]
    assert shown == [4, 7], "root, two seeds and one more; then two more below it, one below t1"
    deep = [node for node in result["tree"]["nodes"] if node["depth"] == 2]
    assert [node["parent"] for node in deep] == ["t1"]


def test_a_banned_name_is_dropped_told_to_the_model_and_never_admitted(tmp_path: Path) -> None:
    banned = {"ban": "Shorten a letter"}
    review, _ = in_turn([banned, {"more": "t0"}], "approve")
    chat = name_in_turn(("Shorten a letter", "Shorten letter", "Retell a joke"))
    result = run_scripted(tmp_path, TREE, chat, review=review)
    assert "Retell a joke" in names(result)
    assert not {"Shorten a letter", "Shorten letter"} & names(result)
    assert "Not wanted, in whatever words: Shorten a letter" in chat.calls[-1][0]
    rejected = [e for e in result["events"] if e["type"] == "task_rejected"]
    assert {(e["rule"], e["nearest"]) for e in rejected} == {("banned", "Shorten a letter")}


def test_a_task_added_to_a_tree_without_records_is_explored_and_shown_again(tmp_path: Path) -> None:
    settings = TREE.model_copy(update={"depth": 2, "breadth": (3, 1)})
    review, asked = in_turn({"add": "Answer a letter", "below": "t0"}, "approve")
    result = run_scripted(tmp_path, settings, review=review)
    assert len(asked) == 2
    [added] = [node for node in result["tree"]["nodes"] if node["name"] == "Answer a letter"]
    assert added["status"] == "complete"
    assert [node["parent"] for node in result["tree"]["nodes"]].count(added["id"]) == 1
    assert not [node for node in result["tree"]["nodes"] if node["status"] == "open"]


def test_a_task_added_at_the_last_level_leaves_nothing_open(tmp_path: Path) -> None:
    review, asked = in_turn({"add": "Answer a letter", "below": "t0"})
    result = run_scripted(tmp_path, TREE, review=review)
    assert len(asked) == 1
    assert {node["status"] for node in result["tree"]["nodes"]} == {"complete", "depth"}


def test_a_large_tree_is_reviewed_whole_and_pruned(tmp_path: Path) -> None:
    settings = TREE.model_copy(update={"depth": 3, "breadth": (4, 7, 7), "frontier": 16})
    asked: list[dict[str, Any]] = []

    def review(question: dict[str, Any]) -> object:
        asked.append(question)
        lines = [line.replace("· ", "").split()[0] for line in question["outline"]]
        return ["show t1", f"prune {' '.join(lines[-2:])}", " APPROVE "][len(asked) - 1]

    result = run_scripted(tmp_path, settings, review=review)
    size = len(asked[0]["outline"])
    assert size > 205
    assert asked[0]["question"] == f"Edit the tree of {size} tasks, or approve it."
    assert len(asked[0]["tree"]["nodes"]) < 20, "the state itself stays folded"
    branch = [line.replace("· ", "") for line in asked[1]["outline"]]
    assert branch[0] == "t1 Change the tone of a message"
    assert 1 < len(branch) < size
    assert set(branch) < {line.replace("· ", "") for line in asked[0]["outline"]}
    assert len(asked) == 2
    assert result["counts"]["tasks"] == size - 2
    assert largest_step(tmp_path) < 64_000


def test_a_pruned_task_keeps_its_place(tmp_path: Path) -> None:
    review, asked = in_turn([{"prune": "t3"}, {"more": "t1"}], [])
    result = run_scripted(tmp_path, TREE, name_in_turn(NOVEL), review=review)
    assert [n["parent"] for n in result["tree"]["nodes"]] == [None, "t0", "t1", "t0"]
    assert len(asked) == 2


def test_every_step_of_the_exploration_can_be_reviewed(tmp_path: Path) -> None:
    settings = SMALL.model_copy(update={"review": "expansions", "tasks_only": True})
    asked: list[dict[str, Any]] = []

    def review(question: dict[str, Any]) -> object:
        asked.append(question)
        return {"prune": question["proposed"]["admitted"][0]["task"]} if len(asked) == 1 else []

    result = run_scripted(tmp_path, settings, review=review)
    phases = [e["phase"] for e in result["events"] if e["type"] == "phase"]
    assert phases == ["explore", *["review", "explore"] * len(asked), "finish"]
    assert len(asked) > 3
    for question in asked:
        in_tree = {node["name"] for node in question["tree"]["nodes"]}
        assert {task["name"] for task in question["proposed"]["admitted"]} <= in_tree
    pruned = asked[0]["proposed"]["admitted"][0]["name"]
    assert pruned not in names(result)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (7, ("give a list of edits", None)),
        ([{"prune": "t1"}, {"prune": "t1"}], ("no task 't1'", 1)),
        (
            [{"more": "t1", "count": 99}],
            ("count: input should be less than or equal to 50, not 99", 0),
        ),
        ([{"add": "x", "below": "t1", "colour": 1}], ("unknown key 'colour'; allowed: ", 0)),
        ([{"ban": "Rewriting of texts"}], ("root cannot be pruned", 0)),
        ([{"prune": "t1", "ban": "x"}], ("give a list of edits", 0)),
        (["approve"], ("give a list of edits", 0)),
        ([{"prune": "t1"}] * 1001, ("1000 at most", None)),
    ],
)
def test_what_is_wrong_with_an_edit_is_told(
    tmp_path: Path, answer: object, told: tuple[str, int | None]
) -> None:
    review, asked = in_turn(answer, "approve")
    run_scripted(tmp_path, TREE, name_in_turn(NOVEL), review=review)
    assert told[0] in asked[1]["problem"]
    assert asked[1]["edit"] == told[1]


async def by_hand(folder: Path, settings: Settings, edits: object) -> dict[str, Any]:
    """Run to the end, put the edits into the state, go on to the end; return the last state."""
    domain = load_preset("rewriting")
    async with open_run(folder, settings, lambda *_: endpoint_of(ScriptedChat(), "s:x")) as run:
        await run.go(domain, lambda _: None, lambda _: None)
        await run._graph.aupdate_state(run._config, {"edits": edits}, as_node="filter")
        return await run.go(domain, lambda _: None, lambda _: None)


def test_edits_put_into_the_state_by_hand_steer_a_finished_run(tmp_path: Path) -> None:
    edits = [{"prune": "t1"}, {"add": "Turn notes into minutes", "below": "t0"}, {"more": "t2"}]
    result = asyncio.run(by_hand(tmp_path, SMALL, edits))
    assert result["edits"] == []
    below = [node["id"] for node in result["tree"]["nodes"] if node["parent"] == "t2"]
    assert len(below) == 3, "one more than its breadth"
    rows = [json.loads(line) for line in (tmp_path / "dataset.jsonl").read_text().splitlines()]
    assert {row["task"] for row in rows} == names(result) > {"Turn notes into minutes"}
    assert all(node["id"] != "t1" for node in result["tree"]["nodes"])


def test_edits_put_into_the_state_as_lines_are_made_too(tmp_path: Path) -> None:
    result = asyncio.run(by_hand(tmp_path, SMALL, "prune t1\nadd t0 Turn notes into minutes"))
    assert "Turn notes into minutes" in names(result)
    assert "Change the tone of a message" not in names(result)
    assert result["edits"] == []


def test_edits_by_hand_that_cannot_be_made_name_the_place(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"edits\[1\]: no task 't99' in the tree"):
        asyncio.run(by_hand(tmp_path, SMALL, [{"prune": "t1"}, {"rename": "t99", "name": "x"}]))


def test_what_a_person_adds_to_the_prompts_reaches_its_node_alone(tmp_path: Path) -> None:
    added = {f"{node}_prompt": f"Mind the {node}." for node in ("lookahead", "backtrack")}
    added["generate_prompt"] = "Mind the records."
    chat = ScriptedChat()
    run_scripted(tmp_path, SMALL.model_copy(update=added), chat)
    asked = [text.splitlines() for text, _ in chat.calls if "could not be used" not in text]
    for *_, request, last in asked:
        backtrack = "backtrack" if " more subtask" in request else "lookahead"
        node = "records" if " new record" in request else backtrack
        assert last == f"Mind the {node}."


def test_a_state_tells_a_person_how_it_stands(tmp_path: Path) -> None:
    settings = SMALL.model_copy(update={"max_calls": 60, "max_minutes": 5.0})
    result = run_scripted(tmp_path, settings)
    assert list(result)[:4] == ["domain", "phase", "steps", "proposals"]
    left = 60 - result["spent"]["calls"]
    assert result["budget_left"]["calls"] == left
    assert 4 < result["budget_left"]["minutes"] <= 5
    assert result["budget_left"]["usd"] is None
    judged = result["judged"]
    assert judged["proposed"] == len(judged["admitted"]) + len(judged["rejected"]) > 0
    assert set(judged["admitted"][0]) == {"record", "of", "instruction"}
