"""The graph as a server runs it: the `graph` of langgraph.json.

Every node works under the operator's policy, whatever line of the history it goes on from. A run's
settings stay with its state: a context that comes with a resume or a fork changes what it names.
"""

from typing import Any

from langgraph.runtime import Runtime

from graph.build import Node, wire
from graph.shared import shared
from nodes.settings import Settings

MOST_SUPERSTEPS = 10_000_000
"""The policy bounds a run; a recursion limit would only cut it off."""

KEEPS_SETTINGS = {"prepare", "select"}


def governed(name: str, node: Node) -> Node:
    """Return the node with the process's resources and the settings that the policy allows."""

    async def run(state: Any, runtime: Runtime[Settings]) -> Any:  # noqa: ANN401 - what the node takes and gives
        common = await shared()
        known = {} if name == "prepare" else state.get("settings", {})
        named = named_settings(known, runtime.context)
        settings = await common.settle(Settings.model_validate(named))
        if name == "prepare":
            common.policy.check_domain(state.get("domain"))
        runtime = runtime.override(context=settings)
        update = await node(state, runtime, resources=common.resources)
        return {**update, "settings": named} if name in KEEPS_SETTINGS else update

    return run


def named_settings(known: dict[str, Any], context: Settings | None) -> dict[str, Any]:
    """Return the settings that callers named so far, the context's before those known."""
    new = context.model_dump(mode="json", exclude_unset=True) if context else {}
    if new.get("depth", known.get("depth")) != known.get("depth") and "breadth" not in new:
        known = {name: value for name, value in known.items() if name != "breadth"}
    return {**known, **new}


graph = wire(governed).compile(name="explore").with_config(recursion_limit=MOST_SUPERSTEPS)
