"""A person steers a run: reviews, edits by hand, forks."""

import json
from typing import cast

import httpx
import pytest
from langgraph_sdk.client import LangGraphClient

from tests.graph.server.driving import SMALL, Context, explore, page
from tests.serving import Server

pytestmark = pytest.mark.slow

NOTHING = {"assistant_id": "explore", "command": {"resume": None}}
"""An answer that LangGraph takes for none."""


async def test_review_interrupts_and_a_resume_keeps_the_settings(
    server: Server, alice: LangGraphClient
) -> None:
    thread, result = await explore(alice, context=SMALL | {"review": True})
    asked = result["__interrupt__"][0]["value"]
    assert {node["id"] for node in asked["tree"]["nodes"]} >= {"t1", "t2"}
    edits = [{"prune": "t2"}, {"add": "Turn notes into minutes", "below": "t0"}]
    done = await alice.runs.wait(thread, "explore", command={"resume": edits})
    assert isinstance(done, dict)
    names = {node["name"] for node in done["tree"]["nodes"]}
    assert "Turn notes into minutes" in names
    assert "Simplify a text for a certain reader" not in names
    rows = [json.loads(row) for row in (await page(server, thread, "dataset.jsonl")).splitlines()]
    assert {row["task"] for row in rows} == names
    assert len(rows) == 2 * len(names), "not the per_task that the run began with"


async def test_a_fork_from_the_middle_leaves_the_first_line_whole(
    server: Server, alice: LangGraphClient
) -> None:
    thread, result = await explore(alice)
    first = await page(server, thread, "dataset.jsonl")
    history = await alice.threads.get_history(thread, limit=1000)
    assert len(history) > 20
    last = str(history[0]["checkpoint"]["checkpoint_id"])
    middle = next(
        state
        for state in reversed(history)
        if state["next"] == ["select"] and len(dict(state["values"])["tree"]["nodes"]) > 4
    )
    wider: Context = {"breadth": [4, 2]}
    forked = await alice.runs.wait(
        thread,
        "explore",
        input=None,
        checkpoint_id=str(middle["checkpoint"]["checkpoint_id"]),
        context=wider,
    )
    assert isinstance(forked, dict)
    assert forked["counts"]["tasks"] > result["counts"]["tasks"]
    assert forked["counts"]["records"] == 2 * forked["counts"]["tasks"], "per_task was lost"
    assert await page(server, thread, "dataset.jsonl") != first
    assert await page(server, thread, "dataset.jsonl", at=last) == first


async def test_a_state_changed_by_hand_steers_the_search(alice: LangGraphClient) -> None:
    context: Context = {"depth": 1, "breadth": [3], "tasks_only": True}
    thread, result = await explore(alice, context=context)
    assert result["counts"] == {"tasks": 4, "records": 0, "rejected": 0}
    history = await alice.threads.get_history(thread, limit=100)
    middle = [state for state in history if state["next"] == ["select"]][-1]
    wider = {"depth": 1, "breadth": [4], "per_task": 1}
    await alice.threads.update_state(
        thread, {"settings": wider}, as_node="filter", checkpoint=middle["checkpoint"]
    )
    done = await alice.runs.wait(thread, "explore", input=None)
    assert isinstance(done, dict)
    assert done["counts"]["tasks"] == done["counts"]["records"] == 5


async def test_every_step_of_the_exploration_is_reviewed_and_steered(
    alice: LangGraphClient,
) -> None:
    context = SMALL | {"review": "expansions", "tasks_only": True}
    thread, result = await explore(alice, context=context)
    proposed = result["__interrupt__"][0]["value"]["proposed"]["admitted"]
    answer: object = [{"ban": proposed[0]["name"]}, {"more": "t0", "count": 3}]
    reviews = 0
    while "__interrupt__" in result:
        resumed = await alice.runs.wait(thread, "explore", command={"resume": answer})
        assert isinstance(resumed, dict)
        result, answer, reviews = resumed, "approve", reviews + 1
    assert 2 < reviews < 20
    names = {node["name"] for node in result["tree"]["nodes"]}
    assert proposed[0]["name"] not in names
    below = [node for node in result["tree"]["nodes"] if node["parent"] == "t0"]
    assert len(below) == 2 + 3, "the two seeds and three more, beyond the breadth"


async def test_edits_put_into_the_state_steer_a_finished_run(
    server: Server, alice: LangGraphClient
) -> None:
    thread, _ = await explore(alice)
    first = await page(server, thread, "dataset.jsonl")
    edits = [{"prune": "t1"}, {"add": "Turn notes into minutes", "below": "t0"}]
    await alice.threads.update_state(thread, {"edits": edits}, as_node="filter")
    done = await alice.runs.wait(thread, "explore", input=None)
    assert isinstance(done, dict)
    names = {node["name"] for node in done["tree"]["nodes"]}
    assert "Turn notes into minutes" in names
    assert "Change the tone of a message" not in names
    rows = [json.loads(row) for row in (await page(server, thread, "dataset.jsonl")).splitlines()]
    assert {row["task"] for row in rows} == names
    kept = {json.loads(row)["instruction"] for row in first.splitlines()}
    assert kept & {row["instruction"] for row in rows}


async def test_edits_in_the_state_that_cannot_be_made_are_named_and_mended(
    alice: LangGraphClient,
) -> None:
    thread, _ = await explore(alice, context=SMALL | {"tasks_only": True})
    await alice.threads.update_state(thread, {"edits": [{"prune": "t99"}]}, as_node="filter")
    result = await alice.runs.wait(thread, "explore", input=None, raise_error=False)
    assert isinstance(result, dict)
    assert "edits[0]: no task 't99' in the tree" in result["__error__"]["message"]
    await alice.threads.update_state(thread, {"edits": []}, as_node="filter")
    mended = await alice.runs.wait(thread, "explore", input=None)
    assert isinstance(mended, dict)
    assert mended["counts"] == {"tasks": 10, "records": 0, "rejected": mended["counts"]["rejected"]}


async def test_a_run_that_a_cap_stopped_goes_on_with_a_higher_one(
    server: Server, alice: LangGraphClient
) -> None:
    thread, capped = await explore(alice, context=SMALL | {"max_calls": 8})
    assert capped["stopped_by"] == "max_calls"
    await alice.threads.update_state(thread, {"edits": []}, as_node="filter")
    parts = alice.runs.stream(
        thread, "explore", input=None, context={"max_calls": 100}, stream_mode=["custom"]
    )
    events = [dict(part.data) async for part in parts if part.event == "custom"]
    done = cast("Context", (await alice.threads.get_state(thread))["values"])
    assert done["counts"]["tasks"] == 10 > capped["counts"]["tasks"]
    assert done["counts"]["records"] == 20
    assert done["stopped_by"] is None
    phases = [event["phase"] for event in events if event["type"] == "phase"]
    assert phases == ["explore", "generate", "finish"]
    assert len((await page(server, thread, "dataset.jsonl")).splitlines()) == 20


async def test_a_finished_run_that_nothing_changes_stays_as_it_is(
    server: Server, alice: LangGraphClient
) -> None:
    thread, first = await explore(alice)
    data = await page(server, thread, "dataset.jsonl")
    await alice.threads.update_state(thread, {"edits": []}, as_node="filter")
    again = await alice.runs.wait(thread, "explore", input=None)
    assert isinstance(again, dict)
    assert (again["counts"], again["spent"]["calls"]) == (first["counts"], first["spent"]["calls"])
    assert await page(server, thread, "dataset.jsonl") == data


@pytest.mark.parametrize(
    ("wider", "tasks"), [({"breadth": [4, 2]}, 13), ({"breadth": [3, 2, 1]}, 16)]
)
async def test_a_fork_amid_the_records_explores_the_new_places(
    alice: LangGraphClient, wider: Context, tasks: int
) -> None:
    thread, _ = await explore(alice)
    history = await alice.threads.get_history(thread, limit=1000)
    amid = [s for s in history if cast("Context", s["values"]).get("phase") == "generate"]
    for state in (amid[-1], amid[len(amid) // 2]):
        forked = await alice.runs.wait(
            thread,
            "explore",
            input=None,
            checkpoint_id=str(state["checkpoint"]["checkpoint_id"]),
            context=wider,
        )
        assert isinstance(forked, dict)
        assert forked["counts"]["tasks"] == tasks
        assert forked["counts"]["records"] == 2 * tasks


def names(result: object) -> set[str]:
    return {node["name"] for node in cast("Context", result)["tree"]["nodes"]}


async def test_an_answered_review_is_answered_anew_by_its_checkpoint(
    server: Server, alice: LangGraphClient
) -> None:
    thread, _ = await explore(alice, context=SMALL | {"review": "tasks"})
    review = (await alice.threads.get_state(thread))["checkpoint"]["checkpoint_id"]
    answers = ["Turn notes into minutes", "Turn minutes into notes", "Turn both into a poem"]
    done, invalid = {}, [{"prune": "t99"}]
    asked = await alice.runs.wait(thread, "explore", command={"resume": invalid})
    assert cast("Context", asked)["__interrupt__"][0]["value"]["problem"]
    for answer in answers:
        edits = {"resume": [{"add": answer, "below": "t0"}]}
        at = {} if answer == answers[0] else {"checkpoint_id": review}
        done[answer] = names(await alice.runs.wait(thread, "explore", command=edits, **at))  # type: ignore[call-overload] # the keyword is known
    for answer, found in done.items():
        assert found & set(answers) == {answer}
    ends = [s for s in await alice.threads.get_history(thread, limit=1000) if not s["next"]]
    assert [names({"tree": cast("Context", s["values"])["tree"]}) for s in ends] == [
        done[answer] for answer in reversed(answers)
    ]
    first = str(ends[-1]["checkpoint"]["checkpoint_id"])
    rows = (await page(server, thread, "dataset.jsonl", at=first)).splitlines()
    assert {json.loads(row)["task"] for row in rows} == done[answers[0]]


async def test_an_answer_where_no_review_asks_is_refused(alice: LangGraphClient) -> None:
    thread, _ = await explore(alice, context=SMALL | {"tasks_only": True})
    with pytest.raises(httpx.HTTPStatusError, match="422") as refused:
        await alice.runs.wait(thread, "explore", command={"resume": "approve"})
    assert "no review waits for an answer at this step" in str(refused.value.__notes__)
    with pytest.raises(httpx.HTTPStatusError, match="null answers nothing"):
        await alice.http.post(f"/threads/{thread}/runs/wait", json=NOTHING)
