"""The state machine: which node follows which. See the drawing in docs/graph.md.

START → prepare → select ─┬→ lookahead ─┐
                 ▲        ├→ backtrack ─┼→ filter ─→ select
                 │        ├→ generate  ─┘
                 │        ├→ review ─→ select
                 └────────┴→ finish → END
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from graph.routing import WAYS, after_select
from nodes.backtrack import backtrack
from nodes.filter import filter_proposals
from nodes.finish import finish
from nodes.generate import generate
from nodes.lookahead import lookahead
from nodes.prepare import prepare
from nodes.resources import Resources
from nodes.review import review
from nodes.select import select
from nodes.settings import Settings
from nodes.show.trace import counts_of, note
from nodes.state import Input, Output, State

Builder = StateGraph[State, Settings, Input, Output]
Node = Callable[..., Awaitable[Any]]

NODES: dict[str, Node] = {
    "prepare": prepare,
    "select": select,
    "lookahead": lookahead,
    "backtrack": backtrack,
    "generate": generate,
    "filter": filter_proposals,
    "review": review,
    "finish": finish,
}


def build(resources: Resources) -> Builder:
    """Return the graph, not yet compiled, whose nodes work with these resources."""
    return wire(lambda _, node: partial(node, resources=resources))


def wire(bind: Callable[[str, Node], Node], context: type[Settings] = Settings) -> Builder:
    """Return the graph, not yet compiled; `bind` gives each node, by name, its resources."""
    builder = StateGraph(State, context, input_schema=Input, output_schema=Output)
    for name, node in NODES.items():
        builder.add_node(name, _counted(bind(name, node)))
    builder.add_edge(START, "prepare")
    builder.add_edge("prepare", "select")
    builder.add_conditional_edges("select", after_select, WAYS)
    for asked in ("lookahead", "backtrack", "generate"):
        builder.add_edge(asked, "filter")
    builder.add_edge("filter", "select")
    builder.add_edge("review", "select")
    builder.add_edge("finish", END)
    return builder


def _counted(node: Node) -> Node:
    """Return the node, its counts noted in its span of a trace."""

    async def run(state: Any, runtime: Runtime[Settings]) -> Any:  # noqa: ANN401 - what the node takes and gives
        update = await node(state, runtime)
        note(counts_of(update))
        return update

    return run
