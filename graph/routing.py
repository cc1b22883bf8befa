"""Where the search goes after select, and what each way is called in a drawing of the graph."""

from collections.abc import Hashable

from langgraph.types import Send

from nodes.expand import Expansion
from nodes.state import Phase, State

PHASES: dict[Phase, str] = {
    "review": "tree to be approved",
    "generate": "records wanted",
    "finish": "done, or budget spent",
}
"""The name of the way from select into each phase other than the exploration."""

WAYS: dict[Hashable, str] = {
    "open task without subtasks": "lookahead",
    "branch done, breadth left": "backtrack",
    **{way: phase for phase, way in PHASES.items()},
}
"""From the name of a way to the node it leads to."""


def after_select(state: State) -> list[Send] | str:
    """Return a lookahead or backtrack for every step chosen, else the way into the phase."""
    if state["phase"] == "explore":
        known = Expansion(run=state["run"], head=state["head"], settings=state.get("settings", {}))
        return [Send(step["operation"], {**known, "step": step}) for step in state["steps"]]
    return PHASES[state["phase"]]
