"""From a step to the question it asks: what the model is shown, and how its answer is read."""

from functools import partial
from typing import Any

from asking.request import Question
from nodes.resources import domain_of
from nodes.settings import Settings
from nodes.show.trace import tags_of, task_metadata
from nodes.state import RecordStep, Step, TaskStep
from prompts.domain import Domain
from prompts.parse import parse_records, parse_subtasks
from prompts.render import RecordTask, record_messages, subtask_messages
from prompts.schema import record_schema, record_tokens, subtask_schema, subtask_tokens
from search.step import Step as SearchStep
from search.strategy import Strategy
from store.digest import seed_of
from store.exploration import Exploration
from store.facts import Rounds

RELATED_TASKS = 8
EXISTING_RECORDS = 5


def subtask_question(
    exploration: Exploration, search: Strategy, step: TaskStep, settings: Settings
) -> Question:
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
        seed=(settings.seed, step["operation"], task.id, rounds.asked),
        **_common(exploration, search, step, rounds.asked),
    )


def record_question(
    exploration: Exploration, search: Strategy, step: RecordStep, settings: Settings
) -> Question:
    """Return the question for records that a planned call asks."""
    domain, tree = domain_of(exploration), exploration.tree
    task = tree.task(step["task"])
    demonstrations, existing = shown_records(exploration, search, step, settings)
    messages = record_messages(
        domain=domain,
        tasks=[
            RecordTask(
                task=task.name,
                reason=task.reason,
                path=tree.path(task.id),
                topic=_topic(domain, task.id, step["turn"]),
                asked=step["asked"],
            )
        ],
        demonstrations=[exploration.records[key] for key in demonstrations],
        existing=[exploration.records[key].instruction for key in existing],
        addition=addition_to(step, settings),
    )
    return Question(
        messages=messages,
        schema=record_schema(step["asked"], domain),
        max_tokens=record_tokens(step["asked"], domain),
        seed=(settings.seed, "generate", task.id, step["turn"]),
        **_common(exploration, search, step, step["turn"]),
    )


def addition_to(step: Step, settings: Settings) -> str:
    """Return what the settings say to the model in addition at the step's node."""
    addition: str = getattr(settings, f"{step['operation']}_prompt")
    return addition


def reader(step: Step) -> Any:  # noqa: ANN401 - one of two parsers, chosen by the operation
    """Return the parser that reads the answers to a step."""
    parse = parse_records if step["operation"] == "generate" else parse_subtasks
    return partial(parse, asked=step["asked"])


def shown_records(
    exploration: Exploration, search: Strategy, step: RecordStep, settings: Settings
) -> tuple[list[str], list[str]]:
    """Return the ids of the records a call shows: demonstrations, and instructions that exist.

    The strategy chooses the demonstrations; the task's latest records are not to be repeated. Of
    both only those count that existed when the call was planned. The small embedded model repeats
    what it is shown, so where a tree gives each task its own records it sees the domain's examples
    alone.
    """
    own = exploration.records_of.get(step["task"], [])[: step["existing"]]
    latest = own[-EXISTING_RECORDS:]
    if settings.is_embedded and search.grows_tree:
        return [], latest
    parent = exploration.tree.task(step["task"]).parent or ""
    inherited = exploration.records_of.get(parent, [])[: step["inherited"]]
    return list(search.demonstrations(own, inherited, step["turn"])), latest


def _topic(domain: Domain, task_id: str, turn: int) -> str:
    if not domain.topics:
        return ""
    return domain.topics[(seed_of("topic", task_id) + turn) % len(domain.topics)]


def _common(exploration: Exploration, search: Strategy, step: Step, turn: int) -> dict[str, Any]:
    """Return the parts of a question that all kinds have, and how a trace names it."""
    about = task_metadata(exploration, step["operation"], step["task"])
    why = search.why(SearchStep(step["operation"], step["task"], step["asked"], turn))
    return {
        "parse": reader(step),
        "order": step["order"],
        "tries": step["tries"],
        "language": domain_of(exploration).language,
        "label": f"{step['operation']}: {about['name']}",
        "tags": tags_of(about),
        "metadata": {**about, "asked": step["asked"], "why": why},
    }
