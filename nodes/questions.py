"""From a step to the question it asks: what the model is shown, and how its answer is read."""

from collections.abc import Sequence
from functools import partial
from math import ceil
from typing import Any

from asking.request import Question
from nodes.resources import domain_of
from nodes.settings import Settings
from nodes.show.trace import tags_of, task_metadata
from nodes.state import Step
from prompts.domain import Domain
from prompts.parse import parse_records, parse_subtasks
from prompts.render import RecordTask, record_messages, subtask_messages
from prompts.schema import record_schema, record_tokens, subtask_schema, subtask_tokens
from prompts.wording import wording_version
from search.step import Part
from search.step import Step as SearchStep
from search.strategy import Strategy
from store.digest import seed_of
from store.exploration import Exploration
from store.facts import Rounds
from words import several

RELATED_TASKS = 8
EXISTING_RECORDS = 5


def question_of(
    exploration: Exploration, search: Strategy, step: Step, settings: Settings
) -> Question:
    """Return what a planned call asks; `exploration` is what was known when it was planned."""
    ask = _record_question if step["operation"] == "generate" else _subtask_question
    return ask(exploration, search, step, settings)


def search_step(step: Step) -> SearchStep:
    """Return a planned call as the search knows it."""
    others = tuple(Part(*other) for other in step["others"])
    return SearchStep(step["operation"], step["task"], step["asked"], step["turn"], others)


def _subtask_question(
    exploration: Exploration, search: Strategy, step: Step, settings: Settings
) -> Question:
    domain, tree = domain_of(exploration), exploration.tree
    task = tree.task(step["task"])
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
        poor_rounds=exploration.rounds.get(task.id, Rounds()).poor,
        asked=step["asked"],
        addition=addition_to(step, settings),
    )
    return Question(
        messages=messages,
        schema=subtask_schema(step["asked"], domain),
        max_tokens=_room(step, subtask_tokens(step["asked"], domain)),
        seed=(settings.seed, step["operation"], task.id, step["turn"]),
        **_common(exploration, search, step, settings),
    )


def _record_question(
    exploration: Exploration, search: Strategy, step: Step, settings: Settings
) -> Question:
    domain, tree = domain_of(exploration), exploration.tree
    apart, parts = is_apart(domain, settings), search_step(step).parts
    demonstrations, existing = _shown_records(exploration, search, parts, settings)
    tasks = [
        RecordTask(
            task=tree.task(part.task).name,
            reason=tree.task(part.task).reason,
            path=tree.path(part.task),
            topic=_topic(domain, part),
            asked=part.asked,
        )
        for part in parts
    ]
    messages = record_messages(
        domain=domain,
        tasks=tasks,
        demonstrations=[exploration.records[key] for key in demonstrations],
        existing=[exploration.records[key].instruction for key in existing],
        addition=addition_to(step, settings),
        apart=apart,
    )
    asked = sum(part.asked for part in parts)
    others = [(part.task, part.turn) for part in parts[1:]]
    return Question(
        messages=messages,
        schema=record_schema(asked, domain, tasks=len(parts), apart=apart),
        max_tokens=_room(step, record_tokens(asked, domain, tasks=len(parts), apart=apart)),
        seed=(settings.seed, "generate", step["task"], step["turn"], *others),
        **_common(exploration, search, step, settings),
    )


def prompt_version(domain: Domain, settings: Settings) -> str:
    """Return the version of the words that a run asks with."""
    return wording_version(conversations=bool(domain.turns), apart=is_apart(domain, settings))


def is_apart(domain: Domain, settings: Settings) -> bool:
    """Return whether outputs are asked for apart; those of conversations never are."""
    return settings.writes_apart and not domain.turns


def addition_to(step: Step, settings: Settings) -> str:
    """Return what the settings say to the model in addition at the step's node."""
    addition: str = getattr(settings, f"{step['operation']}_prompt")
    return addition


def reader(step: Step, domain: Domain, settings: Settings) -> Any:  # noqa: ANN401 - one of two parsers, chosen by the operation
    """Return the parser that reads the answers to a step."""
    if step["operation"] != "generate":
        return partial(parse_subtasks, asked=step["asked"])
    shares = [part.asked for part in search_step(step).parts]
    return partial(
        parse_records,
        asked=sum(shares),
        tasks=len(shares),
        shares=shares,
        conversations=bool(domain.turns),
        apart=is_apart(domain, settings),
    )


def _shown_records(
    exploration: Exploration, search: Strategy, parts: Sequence[Part], settings: Settings
) -> tuple[list[str], list[str]]:
    """Return the ids of the records a call shows: demonstrations, and instructions that exist.

    The strategy chooses the demonstrations of a task that is asked alone; the tasks' latest records
    are not to be repeated. The small embedded model repeats what it is shown, so where a tree gives
    each task its own records it sees the domain's examples alone.
    """
    owned = [exploration.records_of.get(part.task, []) for part in parts]
    share = ceil(EXISTING_RECORDS / len(parts))
    latest = [key for own in owned for key in own[-share:]]
    if len(parts) > 1 or (settings.is_embedded and search.grows_tree):
        return [], latest
    parent = exploration.tree.task(parts[0].task).parent or ""
    inherited = exploration.records_of.get(parent, [])
    return list(search.demonstrations(owned[0], inherited, parts[0].turn)), latest


def _room(step: Step, longest: int) -> int:
    """Return the tokens that the answer may have: `longest` at most."""
    return min(longest, step.get("room", longest))


def _topic(domain: Domain, part: Part) -> str:
    if not domain.topics:
        return ""
    return domain.topics[(seed_of("topic", part.task) + part.turn) % len(domain.topics)]


def _common(
    exploration: Exploration, search: Strategy, step: Step, settings: Settings
) -> dict[str, Any]:
    """Return the parts of a question that all kinds have, and how a trace names it."""
    taken, domain = search_step(step), domain_of(exploration)
    about = task_metadata(exploration, step["operation"], taken.task)
    asked = sum(part.asked for part in taken.parts)
    more = f" and {several(len(taken.others), 'other')}" if taken.others else ""
    return {
        "parse": reader(step, domain, settings),
        "order": step["order"],
        "tries": step["tries"],
        "language": domain.language,
        "label": f"{step['operation']}: {about['name']}{more}",
        "tags": tags_of(about),
        "metadata": {**about, "asked": asked, "why": search.why(taken)},
        "prompt_version": prompt_version(domain, settings),
    }
