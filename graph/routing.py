"""Where the search goes after select, and what each way is called in a drawing of the graph.

The steps' operations decide, so a strategy may expand tasks and write records at once.
"""

from collections.abc import Hashable

from langgraph.types import Send

from nodes.expand import Expansion
from nodes.state import Phase, State

RECORDS = "records wanted"

PHASES: dict[Phase, str] = {"review": "tree to be approved", "finish": "done, or budget spent"}
"""The name of the way from select into each phase in which no step is taken."""

WAYS: dict[Hashable, str] = {
    "open task without subtasks": "lookahead",
    "branch done, breadth left": "backtrack",
    RECORDS: "generate",
    **{way: phase for phase, way in PHASES.items()},
}
"""From the name of a way to the node it leads to."""


def after_select(state: State) -> list[Send | str]:
    """Return a lookahead or backtrack for every step chosen, and the way to generate for records.

    In a phase without steps it is the way into the phase.
    """
    if state["phase"] in PHASES:
        return [PHASES[state["phase"]]]
    known = Expansion(run=state["run"], head=state["head"], settings=state.get("settings", {}))
    ways: list[Send | str] = [
        Send(step["operation"], {**known, "step": step}) for step in state["steps"]
    ]
    return [*ways, RECORDS] if state["planned"] else ways
