"""Lookahead: split a task that has no subtasks yet (depth; paper section 3.2)."""

from langgraph.runtime import Runtime

from nodes.expand import Expansion, expand
from nodes.resources import Resources
from nodes.settings import Settings
from nodes.state import State


async def lookahead(sent: Expansion, runtime: Runtime[Settings], resources: Resources) -> State:
    """Return the first subtasks that the model proposes for one task."""
    return await expand(sent, runtime, resources)
