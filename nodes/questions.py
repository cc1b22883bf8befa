"""From a step to the question it asks: what the model is told, and how its answer is read."""

from functools import partial
from random import Random
from typing import Any

from asking.request import Question, seed_of
from nodes.resources import domain_of
from nodes.settings import Settings
from nodes.show.trace import tags_of, task_metadata
from nodes.state import RecordStep, Step
from prompts.domain import Domain
from prompts.parse import parse_records, parse_subtasks
from prompts.render import record_messages, subtask_messages
from prompts.schema import record_schema, record_tokens, subtask_schema, subtask_tokens
from search import search
from search.search import Rounds
from store.exploration import Exploration

RELATED_TASKS = 8
EXISTING_RECORDS = 5
DEMONSTRATIONS = 2


def subtask_question(exploration: Exploration, step: Step, settings: Settings) -> Question:
    """Return the question for subtasks, with the exploration state as it is now."""
    domain, tree = domain_of(exploration), exploration.tree
    task = tree.task(step["task"])
    rounds = exploration.rounds.get(task.id, Rounds())
    messages = subtask_messages(
        domain=domain,
        operation="lookahead" if step["operation"] == "lookahead" else "backtrack",
        task=task.name,
        reason=task.reason,
        path=tree.path(task.id),
        children=[tree.task(child).name for child in tree.children(task.id)],
        peers=[tree.task(peer).name for peer in tree.peers(task.id)],
        related=exploration.related(task.id, RELATED_TASKS),
        rejected=exploration.rejected_names(task.id),
        banned=exploration.banned,
        poor_rounds=rounds.poor,
        asked=step["asked"],
        addition=addition_to(step, settings),
    )
    return Question(
        messages=messages,
        schema=subtask_schema(step["asked"], domain),
        max_tokens=subtask_tokens(step["asked"], domain),
        parse=reader(step),
        seed=(settings.seed, step["operation"], task.id, rounds.asked),
        order=step["order"],
        tries=step["tries"],
        language=domain.language,
        **_trace(exploration, step, _why_expand(exploration, step, settings)),
    )


def record_question(exploration: Exploration, step: RecordStep, settings: Settings) -> Question:
    """Return the question for records that a planned call asks."""
    domain, tree = domain_of(exploration), exploration.tree
    task = tree.task(step["task"])
    demonstrations, existing = shown_records(exploration, step, settings)
    messages = record_messages(
        domain=domain,
        task=task.name,
        reason=task.reason,
        path=tree.path(task.id),
        demonstrations=[exploration.records[key] for key in demonstrations],
        existing=[exploration.records[key].instruction for key in existing],
        topic=_topic(domain, task.id, step["turn"]),
        asked=step["asked"],
        addition=addition_to(step, settings),
    )
    return Question(
        messages=messages,
        schema=record_schema(step["asked"], domain),
        max_tokens=record_tokens(step["asked"], domain),
        parse=reader(step),
        seed=(settings.seed, "generate", task.id, step["turn"]),
        order=step["order"],
        tries=step["tries"],
        language=domain.language,
        **_trace(exploration, step, _why_generate(exploration, step)),
    )


def addition_to(step: Step, settings: Settings) -> str:
    """Return what the settings tell the model in addition at the step's node."""
    if step["operation"] == "generate":
        return settings.generate_prompt
    if step["operation"] == "lookahead":
        return settings.lookahead_prompt
    return settings.backtrack_prompt


def reader(step: Step) -> Any:  # noqa: ANN401 - one of two parsers, chosen by the operation
    """Return the parser that reads the answers to a step."""
    parse = parse_records if step["operation"] == "generate" else parse_subtasks
    return partial(parse, asked=step["asked"])


def shown_records(
    exploration: Exploration, step: RecordStep, settings: Settings
) -> tuple[list[str], list[str]]:
    """Return the ids of the records a call shows: demonstrations, and instructions that exist.

    The task's own first records, else its parent's, demonstrate; its latest are not to be repeated;
    of both only those that existed when the call was planned. Self-Instruct samples its
    demonstrations from the pool instead, by the run's seed. The small embedded model repeats what
    it is shown, so it gets the domain's own examples alone.
    """
    own = exploration.records_of.get(step["task"], [])[: step["existing"]]
    if settings.strategy == "self-instruct":
        return _sampled(own, settings.seed, step["turn"]), own[-EXISTING_RECORDS:]
    if settings.is_embedded:
        return [], own[-EXISTING_RECORDS:]
    parent = exploration.tree.task(step["task"]).parent or ""
    inherited = exploration.records_of.get(parent, [])[: step["inherited"]]
    return (own or inherited)[:DEMONSTRATIONS], own[-EXISTING_RECORDS:]


def _sampled(pool: list[str], seed: int, turn: int) -> list[str]:
    draw = Random(seed_of(seed, "pool", turn))  # noqa: S311 - reproducible, nothing secret
    return draw.sample(pool, min(DEMONSTRATIONS, len(pool)))


def _topic(domain: Domain, task_id: str, turn: int) -> str:
    if not domain.topics:
        return ""
    return domain.topics[(seed_of("topic", task_id) + turn) % len(domain.topics)]


def _why_expand(exploration: Exploration, step: Step, settings: Settings) -> str:
    operation: search.Operation = "lookahead" if step["operation"] == "lookahead" else "backtrack"
    rounds = exploration.rounds.get(step["task"], Rounds())
    expansion = search.Step(step["task"], operation, step["asked"])
    return search.reason(expansion, exploration.tree, rounds, settings.limits)


def _why_generate(exploration: Exploration, step: RecordStep) -> str:
    done = exploration.progress[step["task"]]
    return f"turn {step['turn'] + 1} of this task; {done.kept} records kept, {done.rejected} not"


def _trace(exploration: Exploration, step: Step, why: str) -> dict[str, Any]:
    about = task_metadata(exploration, step["operation"], step["task"])
    return {
        "label": f"{step['operation']}: {about['name']}",
        "tags": tags_of(about),
        "metadata": {**about, "asked": step["asked"], "why": why},
    }
