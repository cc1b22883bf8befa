"""What Studio shows: described schemas, a form whose fields may be empty, a small run to begin."""

from typing import Any

import pytest
from langgraph_sdk.client import LangGraphClient

from graph.app import checked, named_settings
from graph.server.studio import SMALL, SMALL_NAME, Context
from nodes.settings import Settings
from prompts.domain import presets
from tests.doubles.fake_openai import FakeOpenAI
from tests.graph.server.driving import explore

EMPTY: tuple[object, ...] = ("", "  ", None, [])


@pytest.mark.parametrize("name", Settings.model_fields)
def test_a_cleared_field_means_the_default(name: str) -> None:
    for empty in EMPTY:
        context = Context.model_validate({name: empty})
        assert getattr(context, name) == Settings.model_fields[name].default
        assert checked(named_settings({}, context)) == Settings()


def test_a_cleared_field_takes_back_what_the_run_was_told() -> None:
    context = Context.model_validate({"max_calls": None, "strategy": "", "review": ""})
    known = {"max_calls": 5, "strategy": "self-instruct", "review": "tasks", "seed": 3}
    assert checked(named_settings(known, context)) == Settings(seed=3)


@pytest.mark.parametrize(
    ("given", "depth", "breadth"),
    [
        ({"depth": None, "breadth": [4, 3, 2]}, None, (4, 3, 2)),
        ({"depth": "", "breadth": None}, None, ()),
        ({"depth": 3, "breadth": ""}, 3, ()),
        ({"depth": 1, "breadth": [4]}, 1, (4,)),
    ],
)
def test_depth_and_breadth_agree_where_one_is_cleared(
    given: dict[str, Any], depth: int | None, breadth: tuple[int, ...]
) -> None:
    settled = checked(named_settings({}, Context.model_validate(given)))
    assert (settled.depth, settled.breadth) == (depth, breadth)


def test_the_small_run_is_small() -> None:
    expected = Settings.model_validate(SMALL).expected
    assert (expected.tasks, expected.records) == (5, 5)


@pytest.mark.slow
async def test_every_field_that_a_form_shows_is_described(alice: LangGraphClient) -> None:
    [assistant] = await alice.assistants.search(graph_id="explore", name="explore")
    schemas: dict[str, Any] = dict(await alice.assistants.get_schemas(assistant["assistant_id"]))
    for kind in ("input_schema", "context_schema", "state_schema", "output_schema"):
        fields = schemas[kind]["properties"]
        assert fields
        assert not [name for name, shape in fields.items() if not shape.get("description")], kind
    preset, content = schemas["input_schema"]["properties"]["domain"]["anyOf"]
    assert preset["enum"] == list(presets())
    assert content["type"] == "object"


@pytest.mark.slow
async def test_a_large_tree_is_reviewed_by_what_a_person_types(alice: LangGraphClient) -> None:
    large = {"depth": 3, "breadth": [4, 7, 7], "frontier": 16, "tasks_only": True}
    context = {**large, "review": "tasks", "max_calls": None, "generate_prompt": ""}
    thread, result = await explore(alice, context=context)
    asked = result["__interrupt__"][0]["value"]
    assert len(asked["outline"]) > 205
    last = asked["outline"][-1].replace("· ", "").split()[0]
    for answer, told in (
        ("no", "'no' is no edit: give a list of edits"),
        ("prune t9999", "no task 't9999' in the tree"),
        ('[{"prune": "t1"', "this is no valid JSON"),
    ):
        again: Any = await alice.runs.wait(thread, "explore", command={"resume": answer})
        assert again["__interrupt__"][0]["value"]["problem"].startswith(told)
    shown: Any = await alice.runs.wait(thread, "explore", command={"resume": "Show T1"})
    assert shown["__interrupt__"][0]["value"]["outline"][0].startswith("t1 ")
    done: Any = await alice.runs.wait(
        thread, "explore", command={"resume": f'[{{"prune": "{last}"}}]'}
    )
    assert done["counts"]["tasks"] == len(asked["outline"]) - 1


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["Approve ", "OK?", True, [], {}, "null", ""])
async def test_any_usual_word_approves(alice: LangGraphClient, answer: Any) -> None:  # noqa: ANN401 - JSON
    context = {"depth": 1, "breadth": [2], "tasks_only": True, "review": "tasks"}
    thread, result = await explore(alice, context=context)
    assert "__interrupt__" in result
    done: Any = await alice.runs.wait(thread, "explore", command={"resume": answer})
    assert done["counts"]["tasks"] == 3


@pytest.mark.slow
async def test_a_small_run_stands_beside_the_full_one(
    alice: LangGraphClient, model: FakeOpenAI
) -> None:
    [small] = await alice.assistants.search(name=SMALL_NAME)
    asked = len(model.requests)
    thread = (await alice.threads.create())["thread_id"]
    done: Any = await alice.runs.wait(
        thread, small["assistant_id"], input={"domain": "rewriting"}, context={"review": ""}
    )
    assert done["counts"]["tasks"] == 5
    assert done["counts"]["records"] >= 4
    assert len(model.requests) - asked <= 12
