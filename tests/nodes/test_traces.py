"""What a trace says of a call: its name, operation, task, depth and path."""

from pathlib import Path
from typing import Any

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import BaseMessage

from tests.running import SMALL, run_scripted
from tests.scripted import ScriptedChat


class Traces(BaseCallbackHandler):
    """Keeps what every call to a chat model was started with."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def on_chat_model_start(
        self,
        serialized: dict[str, Any] | None,  # noqa: ARG002 - the interface's arguments
        messages: list[list[BaseMessage]],  # noqa: ARG002
        **kwargs: Any,  # noqa: ANN401 - the interface's arguments
    ) -> None:
        self.calls.append(kwargs)


def test_every_call_is_named_and_tagged_with_its_task(tmp_path: Path) -> None:
    traces = Traces()
    result = run_scripted(tmp_path, SMALL, ScriptedChat(callbacks=[traces]))
    tasks = {node["id"]: node for node in result["tree"]["nodes"]}
    assert len(traces.calls) == result["spent"]["calls"]
    for call in traces.calls:
        told = call["metadata"]
        task = tasks[told["task"]]
        assert call["name"] == f"{told['operation']}: {task['name']}"
        assert {told["operation"], task["id"], f"depth:{task['depth']}"} <= set(call["tags"])
        assert told["path"].split(" > ")[-1] == task["name"]
        assert len(told["path"].split(" > ")) == task["depth"] + 1
    assert {call["metadata"]["operation"] for call in traces.calls} == {
        "lookahead",
        "backtrack",
        "generate",
    }
