"""Backtrack: return to a task whose branch is done and widen it (breadth; paper section 3.2)."""

from langgraph.runtime import Runtime

from nodes.expand import Expansion, expand
from nodes.resources import Resources
from nodes.settings import Settings
from nodes.state import State


async def backtrack(sent: Expansion, runtime: Runtime[Settings], resources: Resources) -> State:
    """Return further subtasks that the model proposes beside those the task has."""
    return await expand(sent, runtime, resources)
