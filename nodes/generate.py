"""Generate: records for the tasks (paper section 3.3)."""

from langgraph.runtime import Runtime

from nodes.ask import ask
from nodes.resources import Resources
from nodes.settings import Settings
from nodes.state import State


async def generate(state: State, runtime: Runtime[Settings], resources: Resources) -> State:
    """Return the records that the model proposes for the tasks whose turn it is."""
    return await ask("generate", state, runtime, resources)
