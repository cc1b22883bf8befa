"""Where the search goes after select."""

from langgraph.types import Send

from nodes.expand import Expansion
from nodes.state import State


def after_select(state: State) -> list[Send] | str:
    """Return a lookahead or backtrack for every step chosen, else the phase's own node."""
    if state["phase"] == "explore":
        known = Expansion(run=state["run"], head=state["head"], settings=state.get("settings", {}))
        return [Send(step["operation"], {**known, "step": step}) for step in state["steps"]]
    return state["phase"]
