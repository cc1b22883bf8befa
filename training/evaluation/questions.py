"""The questions that models are tested on, from any data that is read as records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from errors import InputError
from problems import shown
from record import Record
from store.files.data_set import read_data_set
from training.pairs import question_key, type_of

KINDS = ("class", "category", "subject")
"""Fields that tell the kind of a question beside `type`."""

REFERENCES = (
    "std_answer", "reference", "reference_answer", "ground_truth", "expected_answer", "gold",
    "gold_answer", "final_answer", "target_answer",
)  # fmt: skip
"""Fields of an answer known to be good, where a row has no output."""


@dataclass(frozen=True, slots=True)
class ExamQuestion:
    """A question: instruction, input, its kind ("" if unknown), an answer known to be good, or "".

    `number` is its place, from 0.
    """

    number: int
    instruction: str
    input: str
    type: str
    reference: str

    @property
    def key(self) -> str:
        """The question's key."""
        return question_key(self.instruction, self.input)

    @property
    def text(self) -> str:
        """What a user would say: the instruction and the input, a blank line between."""
        return "\n\n".join(filter(None, (self.instruction, self.input)))


def read_questions(path: Path, field: str | None = None) -> tuple[list[ExamQuestion], int]:
    """Return the questions of a file, and how many were left out since they repeat an earlier one.

    Raises InputError for a file without any.
    """
    records = read_data_set(path, field).records
    first: dict[str, Record] = {}
    for record in records:
        if record.instruction.strip() or record.input.strip():
            first.setdefault(question_key(record.instruction, record.input), record)
    if not first:
        raise InputError(f"{path} holds no question: name a file with some")
    questions = [_question(number, record) for number, record in enumerate(first.values())]
    return questions, len(records) - len(questions)


def check_answered(
    written: Mapping[str, str], questions: Sequence[ExamQuestion], path: Path, of: Path
) -> None:
    """Raise InputError where a file of answers lacks one of the questions."""
    missing = [question for question in questions if question.key not in written]
    if missing:
        raise InputError(
            f"{path} answers {len(questions) - len(missing):,} of the {len(questions):,} questions "
            f"of {of}; the first that it lacks is {shown(missing[0].instruction)}: give answers to "
            "the same questions, instruction and input alike"
        )


def _question(number: int, record: Record) -> ExamQuestion:
    known = record.output.strip() or _known(record)
    return ExamQuestion(number, record.instruction, record.input, _type_of(record), known)


def _known(record: Record) -> str:
    values = (record.more.get(name) for name in REFERENCES)
    texts = (str(value).strip() for value in values if isinstance(value, (str, int, float)))
    return next(filter(None, texts), "")


def _type_of(record: Record) -> str:
    named = (value for name in KINDS if isinstance(value := record.more.get(name), str))
    return type_of(record) or next(named, "") or record.task
