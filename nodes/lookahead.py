"""Lookahead: split tasks that have no subtasks yet (depth; paper section 3.2)."""

from langgraph.runtime import Runtime

from nodes.ask import ask
from nodes.resources import Resources
from nodes.settings import Settings
from nodes.state import State


async def lookahead(state: State, runtime: Runtime[Settings], resources: Resources) -> State:
    """Return the first subtasks that the model proposes for the tasks whose turn it is."""
    return await ask("lookahead", state, runtime, resources)
