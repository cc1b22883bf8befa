"""Writes docs/events.md and docs/events.schema.json from the events: python -m nodes.show.docs."""

import json
from pathlib import Path
from typing import Any, Union

from pydantic import TypeAdapter

from nodes.show.events import KINDS, Event

DOCS = Path(__file__).parents[2] / "docs"
TEXT, SCHEMA = DOCS / "events.md", DOCS / "events.schema.json"

HEAD = """# The events a run streams

Written from the code by `python -m nodes.show.docs`; the tests check that it is up to date, and
that every event of a run fits [the JSON schema](events.schema.json).

LangGraph's SDK gives them with `stream_mode="custom"`; the terminal draws its live view from them.
Each event is an object with `v`, the version of the schema (1), and `type`. New types and fields
may be added within a version: ignore what you do not know. Existing ones keep their meaning. A text
has 1,000 characters at most; a longer one ends in an ellipsis. A step that is replayed after a
crash streams the same events again.
"""


def schema() -> dict[str, Any]:
    """Return the JSON schema of any event."""
    any_event: Any = Union[KINDS]  # noqa: UP007 - of a tuple
    found = TypeAdapter(any_event).json_schema(mode="serialization")
    return {"title": "An event of a run", **found}


def text() -> str:
    """Return the text of docs/events.md."""
    return "\n".join([HEAD, *map(_section, KINDS)])


def _section(event: type[Event]) -> str:
    said = str(event.__doc__).strip()
    rows = [
        f"| `{name}` | {_kind(shape)} | {shape.get('description', '')} |"
        for name, shape in event.model_json_schema()["properties"].items()
        if name not in {"v", "type"}
    ]
    table = ["| field | kind | what |", "| --- | --- | --- |", *rows]
    return "\n".join([f"## {event.model_fields['type'].default}", "", said, "", *table, ""])


def _kind(shape: dict[str, Any]) -> str:
    if "anyOf" in shape:
        return " or ".join(map(_kind, shape["anyOf"]))
    if "enum" in shape:
        return ", ".join(f"`{value}`" for value in shape["enum"])
    return "list of strings" if shape["type"] == "array" else str(shape["type"])


if __name__ == "__main__":
    TEXT.write_text(text(), "utf-8")
    SCHEMA.write_text(json.dumps(schema(), indent=1) + "\n", "utf-8")
