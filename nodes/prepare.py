"""Prepare: check the domain, plant the root and the seed tasks (paper section 3.1)."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

from langgraph.config import get_config
from langgraph.runtime import Runtime

from errors import InputError
from models.prices import cost_usd
from nodes.resources import Resources
from nodes.roles import by_role
from nodes.settings import Settings
from nodes.show.emit import budget_event, closings, emit, events_of
from nodes.show.events import PhaseEvent
from nodes.show.view import state_view
from nodes.spending import NOTHING, budget_left
from nodes.state import Phase, Proposal, Spent, State
from prompts.domain import Domain, load_preset, parse_domain
from store.exploration import Exploration
from store.journal.log import GENESIS, Entry, run_of

SPENT_BEFORE = "spent_before"
"""The part of the configuration that says what was spent before a run began."""


async def prepare(state: State, runtime: Runtime[Settings], resources: Resources) -> State:
    """Return the first state: the domain's root and seeds, in the journal and in the tree.

    Raises InputError for an invalid domain, or where the breadth cannot hold the domain's seeds.
    """
    named = state["domain"]
    domain = await asyncio.to_thread(_read, named)
    settings = runtime.context
    check_price(settings)
    check_fit(domain, settings)
    configured = get_config()["configurable"]
    thread, spent = str(configured.get("thread_id", "")), configured.get(SPENT_BEFORE, NOTHING)
    entries = [begin(domain, thread), *_planted(domain, settings)]
    head = await asyncio.to_thread(resources.journal.commit, GENESIS, entries)
    exploration = await asyncio.to_thread(resources.view, head, settings)
    state = first_state(domain, head, exploration, settings, spent)
    search = settings.search(exploration)
    emit(runtime, [PhaseEvent(phase=state["phase"])])
    emit(runtime, events_of(entries))
    emit(runtime, closings(search, exploration.tree.preorder()))
    emit(runtime, [budget_event(state, search, settings)])
    return state


def _read(named: str | dict[str, Any]) -> Domain:
    return load_preset(named) if isinstance(named, str) else parse_domain(named, "the domain")


def begin(domain: Domain, thread: str, planted: Sequence[Entry] = ()) -> Entry:
    """Return the first entry of a chain: whose it is, and what it explores.

    `planted` are entries of another run that follow: what they cost is that run's.
    """
    examples = [[f"example-{n}", e.instruction] for n, e in enumerate(domain.examples, start=1)]
    content = domain.model_dump(mode="json")
    body = {"domain": content, "examples": examples, "thread": thread}
    kinds = Counter(entry.kind for entry in planted)
    counts = {"planted": kinds["call"], "planted_rounds": kinds["round"]}
    return Entry("begin", body | {name: count for name, count in counts.items() if count})


def first_state(
    domain: Domain, head: str, exploration: Exploration, settings: Settings, spent: Spent
) -> State:
    """Return the state in which the search of the tree at `head` starts; `spent` is its costs."""
    state: State = {
        "domain": domain.name,
        "run": run_of(head),
        "head": head,
        "spent_before": spent,
        "phase": first_phase(settings),
        "steps": [],
        "planned": [],
        "calls_planned": 0,
        "proposals": cast("list[Proposal]", None),  # empties what an abandoned run left
        "edits": [],
        "judged": {},
        "spent": spent,
        "budget_left": budget_left(settings, spent),
        "reviewed": False,
        "stopped_by": None,
    }
    return state | cast("State", state_view(exploration, settings.search(exploration)))


def first_phase(settings: Settings) -> Phase:
    """Return the phase in which a search begins: without a tree to grow, records are written."""
    return "explore" if settings.kind.grows_tree else "generate"


def reopened(state: State, settings: Settings) -> State:
    """Return what changes so that a search goes on from here, as the settings now allow."""
    return {
        "phase": first_phase(settings),
        "stopped_by": None,
        "spent_before": state["spent"],
        "steps": [],
        "planned": [],
    }


def _planted(domain: Domain, settings: Settings) -> list[Entry]:
    root = {"parent": None, "name": domain.task, "reason": domain.description}
    tasks: list[dict[str, Any]] = [root]
    if settings.kind.grows_tree:
        check_seeds(domain, settings)
        tasks += [{"parent": "t0", "name": s.name, "reason": s.reason} for s in domain.seeds]
    return [
        Entry("task", {"id": f"t{n}", "depth": int(n > 0)} | task) for n, task in enumerate(tasks)
    ]


def check_price(settings: Settings) -> None:
    """Raise InputError where dollars are capped and the price of a model is not known."""
    if settings.max_usd is None or settings.model is None:
        return
    for asked in by_role(settings).values():
        if cost_usd(str(asked.model), 1, 1, asked.base_url) is None:
            raise InputError(
                f"max_usd {settings.max_usd}: no price is known for {asked.model}: "
                "cap max_tokens or max_calls instead"
            )


def check_fit(domain: Domain, settings: Settings) -> None:
    """Raise InputError where a domain needs what the settings do not give.

    That is a judge where it asks for alternatives, and outputs together with what is asked where
    its records are conversations.
    """
    if domain.alternatives > 1 and settings.judge_model is None:
        raise InputError(
            f"{domain.name} asks for {domain.alternatives} alternatives, of which a judge picks "
            "one: name a judge_model, or leave alternatives out"
        )
    if settings.outputs == "apart" and domain.turns:
        raise InputError(
            f"outputs apart: the records of {domain.name} are conversations, whose turns are "
            "written together; leave outputs out"
        )


def check_seeds(domain: Domain, settings: Settings) -> None:
    """Raise InputError when the first level's breadth cannot hold the domain's seed tasks."""
    breadth = settings.limits.breadth_at(0)
    if settings.kind.grows_tree and len(domain.seeds) > breadth:
        raise InputError(
            f"breadth {breadth} at the first level is less than the {len(domain.seeds)} seed tasks "
            f"of {domain.name}: raise it to {len(domain.seeds)} or more"
        )
