"""Finish: the last word of a run."""

import asyncio
from itertools import islice

from langgraph.runtime import Runtime

from nodes.resources import Resources
from nodes.settings import Settings
from nodes.show.view import counts, state_view
from nodes.state import Output, State
from record import PARTS

SAMPLE = 3
SAMPLE_CHARACTERS = 500


async def finish(state: State, runtime: Runtime[Settings], resources: Resources) -> Output:
    """Return the counts, the tree and a small sample of the records."""
    settings = runtime.context
    exploration = await asyncio.to_thread(resources.view, state["head"], settings)
    resources.end_calls(state["run"])
    sample = [
        {part: getattr(record, part)[:SAMPLE_CHARACTERS] for part in PARTS}
        for record in islice(exploration.records.values(), SAMPLE)
    ]
    return {
        "head": state["head"],
        "counts": counts(exploration),
        "tree": state_view(exploration, settings.search(exploration))["tree"],
        "sample": sample,
        "spent": state["spent"],
        "stopped_by": state["stopped_by"],
    }
