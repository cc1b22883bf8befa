"""A model that is compared with another: how it is asked a question, and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from langchain_core.messages import HumanMessage

from asking.batch import together
from asking.line import Line
from asking.request import Question
from prompts.parse import Parsed
from training.evaluation.budget import Asked, Inquiry
from training.evaluation.questions import ExamQuestion

Side = Literal["a", "b"]

TRIES = 2
"""The second one is for an answer that is lost on its way; every answer that comes is taken."""

BOXED = "\n\nPut the final answer in \\boxed{}."
"""What is added to a problem of mathematics."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered, and whether the limit of tokens cut it off."""

    text: str
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Contestant:
    """A model by its name: asked through its line, or `written` holds its answers by key.

    `max_tokens` is how long an answer may be; all sampling seeds follow from `seed`.
    """

    side: Side
    name: str
    line: Line | None = None
    written: Mapping[str, str] = field(default_factory=dict)
    max_tokens: int = 1_024
    seed: int = 0

    def asked(self, test: ExamQuestion, *, boxed: bool = False) -> list[Asked]:
        """Return what asks for an answer: one question, or none where it is written already."""
        if self.line is None:
            return []
        question = Question(
            messages=[HumanMessage(test.text + (BOXED if boxed else ""))],
            schema=None,
            max_tokens=self.max_tokens,
            parse=_taken,
            seed=(self.seed, "answer", self.side, test.key),
            order=test.number,
            tries=TRIES,
            language="en",
            label=f"answer: {self.side}, {test.number}",
            tags=["answer"],
            metadata={"question": test.key, "side": self.side},
            prompt_version="",
        )
        return [(question, self.line)]


async def answers_of(
    models: Sequence[Contestant], test: ExamQuestion, inquiry: Inquiry, *, boxed: bool = False
) -> list[Answer]:
    """Return the answer of each model to a question."""
    asked = [one.asked(test, boxed=boxed) for one in models]
    fitted = iter(inquiry.afford([one for ones in asked for one in ones]))
    questions = [next(fitted) if one else None for one in asked]
    pairs = zip(models, questions, strict=True)
    return await together(_answer(one, question, test, inquiry) for one, question in pairs)


async def _answer(
    model: Contestant, question: Question | None, test: ExamQuestion, inquiry: Inquiry
) -> Answer:
    if model.line is None or question is None:
        return Answer(model.written[test.key].strip())
    reply = await inquiry.ask(model.side, question, model.line)
    text = _without_thoughts(reply.answer["text"]).strip()
    return Answer(text, reply.answer["finish_reason"] == "length")


def _taken(text: str) -> Parsed[str]:
    return Parsed((text,), ())


def _without_thoughts(text: str) -> str:
    """Return what follows </think>; nothing where the thinking never ends."""
    _, is_closed, answer = text.rpartition("</think>")
    return "" if not is_closed and text.lstrip().startswith("<think>") else answer
