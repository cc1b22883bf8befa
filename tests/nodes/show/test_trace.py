"""What a trace tells of a run, as the collector gets it: spans of OpenTelemetry, kept in memory."""

import json
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from graph.traces import sent_to
from nodes.settings import Settings
from tests.doubles.scripted import ScriptedChat, reply, subtasks
from tests.running import SMALL, run_scripted

WIDER = SMALL.model_copy(update={"breadth": (3, 3)})
REPEATED = "Change the tone of a message!"


class Span:
    """One span, its JSON read."""

    def __init__(self, told: ReadableSpan) -> None:
        attributes = dict(told.attributes or {})
        assert told.context is not None
        self.name = told.name
        self.kind = attributes.get("openinference.span.kind")
        self.id = told.context.span_id
        self.parent = told.parent.span_id if told.parent else None
        self.metadata: dict[str, Any] = json.loads(str(attributes.get("metadata", "{}")))
        self.given = str(attributes.get("input.value"))
        self.output = str(attributes.get("output.value"))
        self.messages = [
            str(value) for name, value in attributes.items() if name.endswith(".message.content")
        ]


def script(system: str, request: str, seed: int) -> str:
    """Answer as the scripted model does, but repeat a seed task below the other one."""
    if '"subtasks"' in system and 'of "Simplify a text' in request:
        return subtasks([REPEATED, "Cut long sentences in two"])
    return reply(system, request, seed)


def spans_of(folder: Path, chat: ScriptedChat) -> tuple[list[Span], dict[str, Any]]:
    """Run, and return the spans and the run's result."""
    kept = InMemorySpanExporter()
    with sent_to(kept, {}):
        result = run_scripted(folder, WIDER, chat)
    return [Span(span) for span in kept.get_finished_spans()], result


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Span], dict[str, Any]]:
    return spans_of(tmp_path_factory.mktemp("run"), ScriptedChat(script=script))


def test_every_call_is_a_span_that_names_its_operation_and_task(
    traced: tuple[list[Span], dict[str, Any]],
) -> None:
    spans, result = traced
    calls = [span for span in spans if span.kind == "LLM"]
    tasks = {node["id"]: node for node in result["tree"]["nodes"]}
    assert len(calls) == result["spent"]["calls"]
    for call in calls:
        told, task = call.metadata, tasks[call.metadata["task"]]
        assert call.name.startswith(f"{told['operation']}: {task['name']}")
        assert told["task_depth"] == task["depth"]
        assert told["path"].split(" > ")[-1] == task["name"]
        assert len(told["path"].split(" > ")) == task["depth"] + 1
        assert told["why"]
    assert {call.metadata["operation"] for call in calls} == {"lookahead", "backtrack", "generate"}


def test_the_spans_are_one_tree_below_the_run(traced: tuple[list[Span], dict[str, Any]]) -> None:
    spans, _ = traced
    names = {span.id: span.name for span in spans}
    (root,) = [span for span in spans if span.parent is None]
    assert root.name == "explore"
    for span in spans:
        if span.kind == "LLM":
            assert names[span.parent or 0] == "explore"
        elif span.name.startswith("filter: "):
            assert names[span.parent or 0] == "filter"


def test_every_node_tells_its_counts(traced: tuple[list[Span], dict[str, Any]]) -> None:
    spans, result = traced
    known = {"tasks", "kept", "rejected"}
    own = {
        "prepare": known,
        "select": {"steps", "planned"},
        "lookahead": {"answers", "proposed"},
        "backtrack": {"answers", "proposed"},
        "generate": {"answers"},
        "filter": known,
        "finish": known,
    }
    assert own.keys() <= {span.name for span in spans}
    for span in spans:
        if span.name in own:
            counts = {name: span.metadata[name] for name in own[span.name]}
            assert all(isinstance(count, int) for count in counts.values())
    (finish,) = [span for span in spans if span.name == "finish"]
    counts = {"kept" if name == "records" else name: n for name, n in result["counts"].items()}
    assert {name: finish.metadata[name] for name in known} == counts


def test_nothing_that_a_span_tells_has_the_name_of_a_setting(
    traced: tuple[list[Span], dict[str, Any]],
) -> None:
    spans, _ = traced
    told = {name for span in spans for name in span.metadata}
    assert {"task_depth", "kept", "why"} <= told
    assert not told & set(Settings.model_fields)


def test_one_lookahead_tells_its_whole_story(traced: tuple[list[Span], dict[str, Any]]) -> None:
    spans, _ = traced
    name = "Simplify a text for a certain reader"
    (call,) = [span for span in spans if span.name == f"lookahead: {name}"]
    assert call.metadata["name"] == name
    assert call.metadata["why"] == (
        "among the deepest open tasks (depth 1), never asked yet; "
        "0 of 3 subtasks exist, 2 complete the first half"
    )
    assert any(f'Name 2 different subtasks of "{name}"' in message for message in call.messages)
    assert REPEATED in call.output
    told = [span for span in spans if span.name == f"filter: {name}"]
    verdict = min(told, key=lambda span: span.metadata["langgraph_step"])
    assert json.loads(verdict.given)["proposed"] == [REPEATED, "Cut long sentences in two"]
    judged = json.loads(verdict.output)
    (rejected,) = judged["rejected"]
    assert rejected["text"] == REPEATED
    assert rejected["rule"] == "duplicate"
    assert rejected["nearest_text"] == "Change the tone of a message"
    (admitted,) = judged["admitted"]
    assert admitted["text"] == "Cut long sentences in two"
    assert 0 <= admitted["score"] < 0.7
    assert (verdict.metadata["admitted"], verdict.metadata["rejected"]) == (1, 1)


def test_a_trace_changes_no_byte(tmp_path: Path) -> None:
    outputs = []
    for name in ("plain", "traced"):
        folder = tmp_path / name
        folder.mkdir()
        if name == "plain":
            run_scripted(folder, WIDER)
        else:
            spans_of(folder, ScriptedChat())
        outputs.append([(folder / f).read_bytes() for f in ("dataset.jsonl", "rejected.jsonl")])
    assert outputs[0] == outputs[1]


def test_every_verdict_is_a_span_that_names_its_task_and_holds_its_reason(tmp_path: Path) -> None:
    kept = InMemorySpanExporter()
    judged = SMALL.model_copy(update={"judge_model": "scripted:judge", "revise": True})
    with sent_to(kept, {}):
        run_scripted(tmp_path, judged)
    spans = [Span(span) for span in kept.get_finished_spans()]
    for purpose in ("judge", "revise"):
        calls = [s for s in spans if s.kind == "LLM" and s.name.startswith(f"{purpose}: ")]
        assert calls
        for call in calls:
            assert call.metadata["operation"] == purpose
            assert call.name == f"{purpose}: {call.metadata['name']}"
            assert call.metadata["path"].endswith(call.metadata["name"])
    verdicts = [span for span in spans if span.name.startswith("judge: ")]
    assert any("It does not hold." in span.output for span in verdicts)
    refused = [s for s in spans if s.name.startswith("filter: ") and '"rule": "judge"' in s.output]
    assert refused
