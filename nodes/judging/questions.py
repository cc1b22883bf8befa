"""The questions about a record: to its judge, to who revises it, to who answers it again."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from asking.request import Question
from nodes.judging.case import Case
from prompts.judging import JUDGING_VERSION, answer_messages, judge_messages, revise_messages
from prompts.output import output_messages, output_schema, output_tokens, parse_output, parse_prose
from prompts.parse import parse_records
from prompts.rubric import Rubric
from prompts.schema import record_schema, record_tokens
from prompts.verdict import Failure, parse_verdict, verdict_schema, verdict_tokens
from record import Record
from turns import texts_of

LABEL = 80
"""Characters of an instruction that a trace's name shows."""


def judge_question(case: Case, record: Record, place: int, turn: int) -> Question:
    """Return what asks for a verdict on a record, which may be judged in several turns."""
    path, reasons = case.paths[case.task_of(record)], case.settings.judge_gives_reasons
    asked = verdict_asked(case.rubric, record, path, case.domain.language, reasons=reasons)
    return _question(case, f"judge: {path[-1]}", ("judge", place, turn), **asked)


def verdict_asked(
    rubric: Rubric, record: Record, path: Sequence[str], language: str, *, reasons: bool
) -> dict[str, Any]:
    """Return the parts of a question that asks for a verdict: its prompt, and how it is read."""
    return {
        "messages": judge_messages(rubric, record, path, language, reasons=reasons),
        "schema": verdict_schema(rubric, reasons=reasons),
        "max_tokens": verdict_tokens(rubric, language, reasons=reasons),
        "parse": partial(parse_verdict, rubric=rubric, quoted=texts_of(record)),
        "prompt_version": JUDGING_VERSION,
    }


def revise_question(
    case: Case, record: Record, place: int, failures: tuple[Failure, ...]
) -> Question:
    """Return what asks its writer for a record again, without what a judge found wrong in it."""
    path, domain = case.paths[case.task_of(record)], case.domain
    return _question(
        case,
        f"revise: {path[-1]}",
        ("revise", place),
        messages=revise_messages(domain, record, path, failures),
        schema=record_schema(1, domain),
        max_tokens=record_tokens(1, domain),
        parse=partial(parse_records, asked=1, conversations=bool(domain.turns)),
    )


def output_question(case: Case, record: Record, place: int) -> Question:
    """Return what asks for the output of a record that has none yet."""
    path, domain = case.paths[case.task_of(record)], case.domain
    return _question(
        case,
        f"answer: {path[-1]}",
        ("answer", place, 0),
        messages=output_messages(domain, record),
        schema=None,
        max_tokens=output_tokens(domain),
        parse=parse_prose,
        prompt_version=case.question.prompt_version,
    )


def answer_question(case: Case, record: Record, place: int, turn: int) -> Question:
    """Return what asks for another output of a record's instruction."""
    path, domain = case.paths[case.task_of(record)], case.domain
    return _question(
        case,
        f"answer: {path[-1]}",
        ("answer", place, turn),
        messages=answer_messages(domain, record),
        schema=output_schema(domain),
        max_tokens=output_tokens(domain),
        parse=parse_output,
    )


def _question(case: Case, label: str, seed: tuple[object, ...], **asked: object) -> Question:
    """Return a question of the case; `seed` tells it from the others of the same conversation."""
    planned, purpose = case.question, str(seed[0])
    told = planned.metadata | {"operation": purpose, "name": label.removeprefix(f"{purpose}: ")}
    own: dict[str, Any] = {
        "prompt_version": JUDGING_VERSION,
        **asked,
        "label": label,
        "metadata": told,
    }
    tags = [purpose, *planned.tags[1:]]
    return replace(planned, seed=(*planned.seed, *seed), tags=tags, **own)
