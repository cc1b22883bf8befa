"""Backtrack: return to tasks and widen them (breadth; paper section 3.2)."""

from langgraph.runtime import Runtime

from nodes.ask import ask
from nodes.resources import Resources
from nodes.settings import Settings
from nodes.state import State


async def backtrack(state: State, runtime: Runtime[Settings], resources: Resources) -> State:
    """Return further subtasks that the model proposes beside those the tasks have."""
    return await ask("backtrack", state, runtime, resources)
