"""Prompts of the project as they are sent to the simulator, and what it answers."""

from typing import Any

from langchain_core.messages import BaseMessage

from prompts.domain import load_preset
from prompts.parse import parse_subtasks
from prompts.render import RecordTask, record_messages, subtask_messages
from simulator.answering import answer, identity
from simulator.taxonomy import Taxonomy
from store.quality.rules import RecordRules

DOMAIN = load_preset("rewriting")
TAXONOMY = Taxonomy()
ROLES = {"system": "system", "human": "user", "ai": "assistant"}
RULES = RecordRules("en", "required", (25, 300), (40, 700), (30, 900))


def sent(messages: list[BaseMessage]) -> list[dict[str, Any]]:
    return [{"role": ROLES[m.type], "content": m.text} for m in messages]


LISTS = ("children", "peers", "related", "rejected", "banned")


def names_prompt(asked: int = 5, **shown: object) -> list[BaseMessage]:
    empty: dict[str, Any] = {name: [] for name in LISTS}
    shown_all: dict[str, Any] = {"task": DOMAIN.task, "path": [DOMAIN.task], **empty, **shown}
    return subtask_messages(
        domain=DOMAIN,
        operation="lookahead" if not shown_all["children"] else "backtrack",
        reason="People need it.",
        poor_rounds=0,
        asked=asked,
        **shown_all,
    )


def wanted(*path: str, asked: int = 1) -> RecordTask:
    whole = [DOMAIN.task, *path]
    return RecordTask(
        task=whole[-1], reason="People need it.", path=whole, topic="a letter", asked=asked
    )


def records_prompt(asked: int = 1, existing: tuple[str, ...] = ()) -> list[BaseMessage]:
    task = wanted(DOMAIN.seeds[0].name, asked=asked)
    return record_messages(DOMAIN, tasks=[task], existing=existing)


def answered(messages: list[BaseMessage], seed: int, repetition: float = 0.1) -> str:
    return answer(TAXONOMY, sent(messages), identity(sent(messages), seed), repetition).text


def named(seed: int, asked: int = 5, **shown: object) -> list[str]:
    return [
        item.name
        for item in parse_subtasks(answered(names_prompt(asked, **shown), seed), asked=20).items
    ]
