"""Where the search goes after select, and what each way is called in a drawing of the graph.

The steps' operations decide, so a strategy may expand tasks and write records at once.
"""

from collections.abc import Hashable

from nodes.state import Phase, State
from search.step import Operation

OPERATIONS: dict[Operation, str] = {
    "lookahead": "open task without subtasks",
    "backtrack": "branch done, breadth left",
    "generate": "records wanted",
}
"""The name of the way from select to the node of each operation."""

PHASES: dict[Phase, str] = {"review": "tree to be approved", "finish": "done, or budget spent"}
"""The name of the way from select into each phase in which no step is taken."""

WAYS: dict[Hashable, str] = {
    **{way: operation for operation, way in OPERATIONS.items()},
    **{way: phase for phase, way in PHASES.items()},
}
"""From the name of a way to the node it leads to."""


def after_select(state: State) -> list[str]:
    """Return the ways of all operations that are planned; in a phase without steps its own way."""
    if state["phase"] in PHASES:
        return [PHASES[state["phase"]]]
    planned = {step["operation"] for step in (*state["steps"], *state["planned"])}
    return [way for operation, way in OPERATIONS.items() if operation in planned]
