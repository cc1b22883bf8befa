"""The words to a judge, to a writer who revises, and to one who answers an instruction again."""

import json
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage

from prompts.domain import Domain
from prompts.language import template_language, write_in
from prompts.render import NAME, record_prefix
from prompts.rubric import Rubric, rubric_of, usual_rubric
from prompts.verdict import Failure
from prompts.wording import fill, version_of
from record import Record
from words import clip

JUDGING_VERSION: str = version_of("judging")
"""Changes whenever a template of these does."""


def domain_rubric(domain: Domain) -> Rubric:
    """Return the domain's rubric, or the usual one with its requirements."""
    if domain.rubric:
        return rubric_of(domain.rubric)
    return usual_rubric(template_language(domain.language), domain.requirements)


def judge_messages(
    rubric: Rubric, record: Record, path: Sequence[str], language: str, *, reasons: bool
) -> list[BaseMessage]:
    """Return the prompt that asks for a verdict on a record, of the task that `path` leads to.

    The record is JSON in which no `<` stands, so that nothing in it ends the record's place.
    """
    own = template_language(language)
    system = fill(f"judging/judge.system.{own}.j2", criteria=rubric, reasons=reasons)
    asked = fill(
        f"judging/judge.user.{own}.j2",
        path=[clip(name, NAME) for name in path],
        record=_shown(record),
        count=len(rubric),
    )
    return [SystemMessage(system), HumanMessage(asked)]


def revise_messages(
    domain: Domain, record: Record, path: Sequence[str], failures: Sequence[Failure]
) -> list[BaseMessage]:
    """Return the prompt that asks for a record again, without what a judge found wrong in it."""
    asked = fill(
        f"judging/revise.{template_language(domain.language)}.j2",
        path=[clip(name, NAME) for name in path],
        record=_shown(record),
        problems=failures,
    )
    return [*record_prefix(domain), HumanMessage(asked)]


def answer_messages(domain: Domain, record: Record) -> list[BaseMessage]:
    """Return the prompt that asks for another output of a record's instruction."""
    own = template_language(domain.language)
    system = fill(
        f"judging/answer.system.{own}.j2",
        requirements=domain.requirements,
        write_in=write_in(domain.language),
    )
    asked = fill(
        f"judging/answer.user.{own}.j2", instruction=record.instruction, input=record.input
    )
    return [SystemMessage(system), HumanMessage(asked)]


def _shown(record: Record) -> str:
    shown: dict[str, Any] = {"instruction": record.instruction, "input": record.input}
    shown["output"] = record.more.get("messages") or record.output
    return json.dumps(shown, ensure_ascii=False).replace("<", "\\u003c")
