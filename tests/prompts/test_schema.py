from typing import Any

import pytest

from prompts.domain import load_preset
from prompts.schema import GRAMMAR_CAP, record_schema, record_tokens, subtask_schema, subtask_tokens

MATH = load_preset("math")
REWRITING = load_preset("rewriting")
CHINESE = load_preset("rewriting-zh")


def objects(schema: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [*schema.get("properties", {}).values(), schema.get("items", {})]
    own = [schema] if schema.get("type") == "object" else []
    return own + [found for part in inner if part for found in objects(part)]


SCHEMAS = [subtask_schema(4, MATH), record_schema(1, REWRITING), record_schema(3, MATH, tasks=3)]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_object_is_closed_and_all_of_it_required(schema: dict[str, Any]) -> None:
    assert len(objects(schema)) == 2
    for part in objects(schema):
        assert part["additionalProperties"] is False
        assert part["required"] == list(part["properties"])


def test_the_list_holds_as_many_as_asked() -> None:
    assert subtask_schema(7, MATH)["properties"]["subtasks"]["maxItems"] == 7
    assert record_schema(2, MATH)["properties"]["records"]["maxItems"] == 2


def test_subtasks_come_after_what_the_task_is_split_by() -> None:
    schema = subtask_schema(7, CHINESE)
    assert list(schema["properties"]) == ["criterion", "subtasks"]
    assert list(schema["properties"]["subtasks"]["items"]["properties"]) == ["name", "reason"]


def test_a_domain_without_inputs_asks_for_none() -> None:
    parts = record_schema(1, MATH)["properties"]["records"]["items"]["properties"]
    assert list(parts) == ["instruction", "output"]
    parts = record_schema(1, REWRITING)["properties"]["records"]["items"]["properties"]
    assert list(parts) == ["instruction", "input", "output"]


def test_a_record_of_several_tasks_begins_with_its_task_s_number() -> None:
    parts = record_schema(4, REWRITING, tasks=3)["properties"]["records"]["items"]["properties"]
    assert list(parts) == ["task", "instruction", "input", "output"]
    assert parts["task"] == {"type": "string", "enum": ["1", "2", "3"]}
    assert record_tokens(4, REWRITING, tasks=3) > record_tokens(4, REWRITING)


def test_a_text_that_reaches_its_cap_is_longer_than_the_domain_allows() -> None:
    parts = record_schema(1, REWRITING)["properties"]["records"]["items"]["properties"]
    assert parts["output"]["maxLength"] > REWRITING.limits.output.max
    assert parts["instruction"]["maxLength"] > REWRITING.limits.instruction.max


def test_a_cap_that_a_grammar_cannot_take_is_left_out() -> None:
    span = MATH.limits.output.model_copy(update={"max": GRAMMAR_CAP})
    wide = MATH.model_copy(update={"limits": MATH.limits.model_copy(update={"output": span})})
    parts = record_schema(1, wide)["properties"]["records"]["items"]["properties"]
    assert parts["output"] == {"type": "string"}


def test_tokens_grow_with_what_is_asked_and_with_dense_scripts() -> None:
    assert 300 < subtask_tokens(4, MATH) < subtask_tokens(8, MATH)
    assert record_tokens(1, REWRITING) >= (300 + 700 + 900) // 2
    assert record_tokens(1, CHINESE) >= 120 + 300 + 400
