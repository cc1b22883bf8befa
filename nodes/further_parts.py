"""The further parts of a record that are not the model's text: system prompt and reasoning."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from prompts.domain import Domain
from prompts.reasoning import split_reasoning
from record import Record
from store.files.conversations import split_thought
from turns import LONGEST_REASONING, REASONING, SYSTEM


def with_system(record: Record, domain: Domain) -> Record:
    """Return the record with the domain's system prompt, where it has one."""
    return _with(record, SYSTEM, domain.system)


def with_reasoning(
    records: Sequence[Record], asked: int, answer: Mapping[str, Any]
) -> tuple[Record, ...]:
    """Return the records with what the model thought.

    That is what a record's own output begins with. What stands beside the answer is the record's
    where one was asked for and came; several have one reasoning together, which is nobody's.
    """
    beside = ""
    if asked == len(records) == 1:
        beside = answer.get(REASONING) or split_reasoning(answer["text"]).reasoning
    return tuple(_thought_over(record, beside) for record in records)


def _thought_over(record: Record, beside: str) -> Record:
    thought, output = split_thought(record.output)
    if thought and not record.more:
        record, beside = replace(record, output=output), thought
    return _with(record, REASONING, beside[:LONGEST_REASONING])


def _with(record: Record, name: str, text: str) -> Record:
    return replace(record, more={**record.more, name: text}) if text else record
