"""The settings as Studio shows them: each field at the nodes that it steers."""

from typing import Any, Self

from pydantic import ConfigDict, model_validator

from nodes.settings import Settings

ASKING = ["lookahead", "backtrack", "generate"]
STEERS = {
    "model": ASKING,
    "base_url": ASKING,
    "temperature": ASKING,
    "requests_per_minute": ASKING,
    "tokens_per_minute": ASKING,
    "depth": ["select"],
    "breadth": ["select"],
    "frontier": ["select"],
    "patience": ["select"],
    "saturation": ["select"],
    "max_calls": ["select"],
    "max_tokens": ["select"],
    "max_usd": ["select"],
    "max_minutes": ["select"],
    "per_task": ["generate"],
    "records": ["generate"],
    "per_call": ["generate"],
    "parallel": ["generate"],
    "window": ["generate"],
    "dry_calls": ["generate"],
    "threshold": ["filter"],
    "semantic_threshold": ["filter"],
    "scope": ["filter"],
    "review": ["review"],
    "lookahead_prompt": ["lookahead"],
    "backtrack_prompt": ["backtrack"],
    "generate_prompt": ["generate"],
}
"""The nodes that a setting is shown at; the others belong to the whole run."""


def at_their_nodes(schema: dict[str, Any]) -> None:
    """Add to the JSON schema of the settings the nodes that each of them steers.

    What the model is told in addition is marked as a prompt, which Studio lets a person edit at
    its node.
    """
    for name, nodes in STEERS.items():
        if name in schema["properties"]:
            schema["properties"][name]["langgraph_nodes"] = nodes
            if name.endswith("_prompt"):
                schema["properties"][name]["langgraph_type"] = "prompt"


class Context(Settings):
    """What steers a run; every field has a default."""

    model_config = ConfigDict(json_schema_extra=at_their_nodes)

    @model_validator(mode="after")
    def _breadth_fits_depth(self) -> Self:
        """Leave breadth and depth alone: they are to agree once they are with the run's own."""
        return self
