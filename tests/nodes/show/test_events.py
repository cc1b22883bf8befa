"""The events are what docs/events.md and the schema say."""

import json
from collections import Counter, defaultdict
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Union

import pytest
from pydantic import TypeAdapter

from nodes.show import events as module
from nodes.show.docs import SCHEMA, TEXT, schema, text
from tests.doubles.scripted import Script, ScriptedChat, records, reply
from tests.running import SMALL, run_scripted

KINDS = {kind.model_fields["type"].default for kind in module.KINDS}


class Busy(Exception):  # noqa: N818 - what an endpoint says
    """What a client raises where an endpoint wants fewer calls."""

    status_code = 429
    response = SimpleNamespace(status_code=429, headers={"retry-after-ms": "1"})


def busy_at_first() -> Script:
    """Return the script of a model that is busy at its first call, and repeats itself later."""
    calls = count()

    def answer(system: str, request: str, seed: int) -> str:
        if next(calls) == 0:
            raise Busy
        return repeating(system, request, seed)

    return answer


def repeating(system: str, request: str, seed: int) -> str:
    """Answer as the scripted model does, every now and then with the same record."""
    stock = '"records"' in system and seed % 4 == 0
    return (
        records(["Say this in other, plainer words for a child"])
        if stock
        else reply(system, request, seed)
    )


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Return the events of a run that a person steers, in which every type comes."""
    asked: list[dict[str, Any]] = []
    edits = [
        {"prune": "t2"},
        {"rename": "t1", "name": "Change how a text sounds"},
        {"ban": "Turn notes into minutes"},
        {"more": "t0", "count": 2},
    ]

    def review(question: dict[str, Any]) -> object:
        asked.append(question)
        return edits if len(asked) == 1 else "approve"

    settings = SMALL.model_copy(update={"review": "tasks", "per_task": 20, "frontier": 1})
    folder = tmp_path_factory.mktemp("run")
    chat = ScriptedChat(script=busy_at_first())
    told: list[dict[str, Any]] = run_scripted(folder, settings, chat, review=review)["events"]
    return told


def test_the_docs_are_up_to_date() -> None:
    assert TEXT.read_text("utf-8") == text(), "write them anew: python -m nodes.show.docs"
    assert json.loads(SCHEMA.read_text("utf-8")) == schema()


def test_every_event_of_a_whole_run_fits_the_schema(events: list[dict[str, Any]]) -> None:
    kinds: Any = Union[module.KINDS]  # noqa: UP007 - of a tuple
    reader = TypeAdapter(kinds)
    for event in events:
        assert reader.validate_python(event, strict=True).model_dump() == event
    assert {event["type"] for event in events} == KINDS - {"notice"}  # the endpoint takes all
    assert {event["v"] for event in events} == {1}


def test_a_run_that_stands_still_says_why(events: list[dict[str, Any]]) -> None:
    (waiting,) = [event for event in events if event["type"] == "waiting"]
    assert waiting["seconds"] == 0.001
    assert waiting["message"] == "asked again in 0.001 s: scripted:x: Busy"


def test_rejections_name_what_they_repeat(events: list[dict[str, Any]]) -> None:
    rejected = [e for e in events if e["type"] in {"task_rejected", "record_rejected"}]
    overlapping = [e for e in rejected if e["rule"] in {"rouge_l", "duplicate"}]
    assert overlapping
    assert all(event["nearest"] and event["score"] >= 0.7 for event in overlapping)
    assert all(event["why"] for event in rejected)


def test_every_proposed_task_is_judged(events: list[dict[str, Any]]) -> None:
    told: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for event in events:
        if event.get("rule") != "malformed":
            told[event["type"]][event.get("parent", ""), event.get("name", "")] += 1
    judged = told["task_admitted"] + told["task_rejected"]
    assert told["task_proposed"].total() > 5
    assert told["task_proposed"] <= judged


def test_a_text_of_any_length_fits(tmp_path: Path) -> None:
    calls = count()
    chat = ScriptedChat(script=lambda *a: "no " * 5_000 if next(calls) else reply(*a))
    settings = SMALL.model_copy(update={"tasks_only": True, "frontier": 1})
    told = run_scripted(tmp_path, settings, chat)["events"]
    rejected = [event for event in told if event["type"] == "task_rejected"]
    texts = [event["name"] for event in rejected if event["rule"] == "malformed"]
    assert {len(text) for text in texts} == {1_000}
    assert texts[0].endswith("…")
