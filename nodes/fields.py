"""How a setting is described: its field for the terminal and Studio, and what its value may be."""

import json
from typing import Any

from pydantic import Field

from problems import closest, shown
from search.table import OLD_NAMES, STRATEGIES


def setting(default: object, description: str, *nodes: str, **bounds: float) -> Any:  # noqa: ANN401 - as Field
    """Return the field of a setting that Studio shows at these nodes."""
    shown_at = {"langgraph_nodes": list(nodes)} if nodes else None
    return Field(default, description=description, json_schema_extra=shown_at, **bounds)  # type: ignore[call-overload] # each bound has a type of its own


def prompt(where: str, node: str) -> Any:  # noqa: ANN401 - as Field
    """Return the field of a text that a person adds to a node's prompts."""
    extra: dict[str, Any] = {"langgraph_nodes": [node], "langgraph_type": "prompt"}
    description = f"Said to the model {where}."
    return Field("", description=description, max_length=1_000, json_schema_extra=extra)


ASKING = ("lookahead", "backtrack", "generate")
"""The nodes that ask the model."""

OWN_FIELDS = {
    "model", "messages", "n", "stream", "stream_options", "seed", "temperature", "response_format",
    "max_tokens", "max_completion_tokens", "max_output_tokens", "max_new_tokens", "num_predict",
}  # fmt: skip
"""Fields of a request that the run itself sets, so that no further body may hold them."""


def present_strategy(name: object) -> object:
    """Return the strategy's present name. Raises ValueError for one that is not known."""
    name = OLD_NAMES.get(name, name) if isinstance(name, str) else name
    if name not in STRATEGIES:
        among = closest(name, STRATEGIES) if isinstance(name, str) else ""
        raise ValueError(f"{shown(name)} is unknown{among}: name one of {', '.join(STRATEGIES)}")
    return name


def name_all(schema: dict[str, Any]) -> None:
    """Put the names of all strategies into the schema of a field."""
    schema["enum"] = list(STRATEGIES)


def further_body(given: object) -> object:
    """Return the fields that a text of JSON holds. Raises ValueError for those of the run's own."""
    body = json.loads(given) if isinstance(given, str) else given
    taken = sorted(OWN_FIELDS & set(body)) if isinstance(body, dict) else []
    if taken:
        raise ValueError(f"{taken[0]} is set by the run itself: leave it out")
    return body
