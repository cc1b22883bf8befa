"""Two files of answers, A's and B's, to the same questions: matched, and known again by ids.

A question is the pair of instruction and input. A file of answers is any data that is read as
records: their outputs are the answers.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from errors import InputError
from problems import shown
from record import Record
from store.files.data_set import read_data_set
from words import several

TYPE = "type"
"""The field that tells the kind of a question, where the data has it."""

KEY_LENGTH = 16
"""Hex digits of a question's key, and of a comparison's id."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with A's and B's answer to it; `type` is the kind of question, "" if unknown."""

    instruction: str
    input: str
    a: str
    b: str
    type: str = ""

    @property
    def key(self) -> str:
        """The question's key."""
        return question_key(self.instruction, self.input)


def question_key(instruction: str, given: str) -> str:
    """Return the key of the question that an instruction and its input are."""
    return _digest([instruction, given])


def comparison_id(pairs: Iterable[Pair]) -> str:
    """Return the id of a comparison: the same for the same questions and answers in any order.

    White space around an answer makes no difference.
    """
    return _digest(sorted([pair.key, pair.a.strip(), pair.b.strip()] for pair in pairs))


def read_pairs(a: Path, b: Path) -> list[Pair]:
    """Return the questions that both files answer, in A's order.

    Raises InputError where they answer different questions, or one of them twice.
    """
    left, right = read_answers(a), read_answers(b)
    _check_alike(a, left, b, right)
    return [
        Pair(
            record.instruction,
            record.input,
            record.output,
            right[key].output,
            type_of(record) or type_of(right[key]),
        )
        for key, record in left.items()
    ]


def type_of(record: Record) -> str:
    """Return the kind of question that a record names, "" where it names none."""
    kind = record.more.get(TYPE)
    return kind if isinstance(kind, str) else ""


def read_answers(path: Path) -> dict[str, Record]:
    """Return the records of a file by the keys of their questions."""
    found: dict[str, Record] = {}
    for number, record in enumerate(read_data_set(path).records, start=1):
        key = question_key(record.instruction, record.input)
        if key in found:
            raise InputError(
                f"{path}, record {number}: {shown(record.instruction)} is asked a second time: "
                "leave one answer to each question"
            )
        found[key] = record
    if not any(record.output.strip() for record in found.values()):
        raise InputError(f"{path} holds no answers: the answer to a question is its output")
    return found


def _check_alike(a: Path, left: Mapping[str, Record], b: Path, right: Mapping[str, Record]) -> None:
    for path, here, other, there in ((a, left, b, right), (b, right, a, left)):
        alone = next((key for key in here if key not in there), None)
        if alone is not None:
            both = several(len(left.keys() & right.keys()), "question")
            raise InputError(
                f"{both} of {len(left):,} in {a} and {len(right):,} in {b} match; the first that "
                f"{other} does not answer is {shown(here[alone].instruction)} in {path}: "
                "give answers to the same questions"
            )


def _digest(value: Sequence[object]) -> str:
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    return hashlib.sha256(text).hexdigest()[:KEY_LENGTH]
