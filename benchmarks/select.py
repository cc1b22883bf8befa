"""Measures what a step of the search costs where the tree is large.

python -m benchmarks.select [TASKS...]

Writes results/select.json: CPU milliseconds of `select` for a run in full swing, whose window is
planned but for the calls that the last superstep took in: of one superstep, and of one call that it
plans. The tree is that of a simulator's taxonomy, each task named by a call; half of its leaves
have a record.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from langgraph.runtime import Runtime

from benchmarks.machine import machine
from models.embeddings import embeddings
from nodes.prepare import begin, first_state
from nodes.resources import Resources, open_endpoint
from nodes.select import select
from nodes.settings import Settings
from nodes.spending import NOTHING
from nodes.state import State
from prompts.domain import load_preset
from search.table import STRATEGIES
from simulator.taxonomy import Taxonomy
from store.journal.log import GENESIS, Entry, Journal

RESULTS = Path(__file__).parent / "results"
SIZES = (2_000, 20_000)
FANOUT = ((40, 40), (25, 25), (20, 20))
TRIALS = 21
CALL = {"prompt_tokens": 700, "completion_tokens": 300, "read": True, "ended": "stop"}


def entries(size: int) -> Iterator[Entry]:
    """Yield what a run that found so many tasks has written, answer by answer."""
    taxonomy = Taxonomy(0, FANOUT)
    yield Entry("task", {"id": "t0", "parent": None, "name": "Rewriting", "reason": "All."})
    ids, waiting, count, half = {0: "t0"}, [0], 0, list[str]()
    while waiting and count < size:
        above = waiting.pop(0)
        children = taxonomy.tasks[above].children[: size - count]
        for child in children:
            count += 1
            ids[child] = f"t{count}"
            name = f"{taxonomy.tasks[child].traits.wordings()[0]} {count}"
            body = {"id": ids[child], "parent": ids[above], "name": name, "reason": "Often."}
            yield Entry("task", body | {"call": "c"})
            waiting.append(child)
            half += [ids[child]] if count % 2 and not taxonomy.tasks[child].children else []
        asked = {"task": ids[above], "operation": "lookahead", "asked": 20, "calls": [CALL]}
        yield Entry("round", asked | {"proposed": len(children), "admitted": len(children)})
    for number, task in enumerate(half):
        text = {"instruction": f"Instruction {number} of {task}", "input": "", "output": "Done."}
        yield Entry("record", {"id": f"r{number}", "task": task, **text})
        yield Entry("call", {"task": task, "kept": 1, "rejected": 0, "calls": [CALL]})


def measured(size: int, strategy: str) -> dict[str, Any]:
    """Return the figures of a tree of so many tasks."""
    settings = Settings.model_validate(
        {"model": "openai:none", "base_url": "http://127.0.0.1:9", "strategy": strategy,
         "max_tokens": 400 * size, "records": 10 * size, "depth": 3, "breadth": (50, 50, 50)}
    )  # fmt: skip
    with TemporaryDirectory() as folder:
        journal = Journal(f"sqlite:///{folder}/run.db")
        resources = Resources(journal, open_endpoint, embeddings())
        domain = load_preset("rewriting")
        head = journal.commit(GENESIS, [begin(domain, "t"), *entries(size)])
        state = first_state(domain, head, resources.view(head, settings), settings, NOTHING)
        timed = asyncio.run(_timed(state, settings, resources))
    return {"tasks": size, "strategy": strategy, **timed}


async def _timed(state: State, settings: Settings, resources: Resources) -> dict[str, float]:
    runtime = Runtime(context=settings, stream_writer=lambda _: None)
    full: State = state | await select(state, runtime, resources)
    before, taken, planned = full["calls_planned"], list[float](), 0
    for _ in range(TRIALS):
        start = process_time()
        update = await select(full.copy(), runtime, resources)
        taken.append(1000 * (process_time() - start))
        planned = update.get("calls_planned", before) - before
    ms = median(taken)
    return {"ms": round(ms, 2), "planned": planned, "ms_a_call": round(ms / max(1, planned), 3)}


def main() -> None:
    """Measure every size and strategy; print, and write the results."""
    sizes = [int(word) for word in sys.argv[1:]] or SIZES
    found = [measured(size, strategy) for size in sizes for strategy in STRATEGIES]
    for row in found:
        print(row, flush=True)
    told = {"machine": machine(), "trials": TRIALS, "selects": found}
    (RESULTS / "select.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
