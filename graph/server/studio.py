"""What LangGraph Studio shows of the settings: its form, and a small assistant to begin with."""

from collections.abc import Mapping
from typing import Any, Self
from uuid import NAMESPACE_URL, uuid5

from langgraph_sdk import get_client
from pydantic import model_validator

from nodes.settings import Settings

SMALL: dict[str, Any] = {"depth": 1, "breadth": [4], "per_task": 1, "max_calls": 12}
"""Five tasks with a record each, in twelve calls at most."""

SMALL_NAME = "A small first run"


class Context(Settings):
    """What steers a run; every field has a default, and a field that is left empty means it."""

    @model_validator(mode="before")
    @classmethod
    def _empty_is_default(cls, given: object) -> object:
        """Take the default where a form's field was cleared."""
        if not isinstance(given, Mapping):
            return given
        cleared = {
            name: cls.model_fields[name].default
            for name, value in given.items()
            if name in cls.model_fields and _is_empty(value)
        }
        return {**given, **cleared}

    @model_validator(mode="after")
    def _breadth_fits_depth(self) -> Self:
        """Leave breadth and depth alone: they are to agree once they are with the run's own."""
        return self


def _is_empty(value: object) -> bool:
    return value is None or value in ("", [], ()) or (isinstance(value, str) and value.isspace())


async def offer_small_run(graph_id: str) -> None:
    """Put an assistant beside the server's own whose run costs little, to begin with in Studio."""
    async with get_client() as server:
        await server.assistants.create(
            graph_id,
            assistant_id=str(uuid5(NAMESPACE_URL, SMALL_NAME)),
            name=SMALL_NAME,
            description="Five tasks with a record each, in twelve calls at most.",
            context=SMALL,
            metadata={"created_by": "system"},
            if_exists="do_nothing",
        )
