"""The paper's comparison: a judge names the better of two answers, in both orders.

A wins a question where it wins in both orders, and loses it where B does; all else is a tie.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from asking.batch import together
from asking.line import Line
from asking.request import Question
from prompts.pairwise import (
    PAIRWISE_VERSION,
    SHOWN_BYTES,
    Winner,
    fitted,
    pairwise_messages,
    parse_winner,
    winner_schema,
    winner_tokens,
)
from training.evaluation.budget import Asked, Inquiry
from training.evaluation.contestant import Answer, Contestant, Side, answers_of
from training.evaluation.questions import ExamQuestion

Named = Literal["a", "b", "tie"]
Outcome = Literal["win", "tie", "lose"]
SIDES: tuple[Side, Side] = ("a", "b")

TRIES = 3
"""How many times a judge is asked at most, until its answer can be read."""

_LONGEST = "x" * (SHOWN_BYTES - 2)  # and two quotation marks


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whose answer stood first, whose is better, and what the judge said.

    The winner is None where it could not be read.
    """

    first: Side
    winner: Named | None
    said: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A question, both answers, and the verdict in each order."""

    test: ExamQuestion
    a: Answer
    b: Answer
    verdicts: tuple[Verdict, Verdict]

    @property
    def outcome(self) -> Outcome:
        """The outcome, as seen from A."""
        winners = {verdict.winner for verdict in self.verdicts}
        return "win" if winners == {"a"} else "lose" if winners == {"b"} else "tie"


@dataclass(frozen=True, slots=True)
class Pairwise:
    """Two models and their judge, which writes a reason first where `reasons` is set."""

    a: Contestant
    b: Contestant
    judge: Line
    reasons: bool
    seed: int

    def plan(self, test: ExamQuestion) -> Sequence[Asked]:
        """Return what is asked at most: both answers, both verdicts on the longest answers."""
        a, b = (one.written.get(test.key, _LONGEST) for one in (self.a, self.b))
        return [*self.a.asked(test), *self.b.asked(test), *self._judging(test, a, b)]

    async def run(self, test: ExamQuestion, inquiry: Inquiry) -> Compared:
        """Ask both models, then the judge twice."""
        a, b = await answers_of((self.a, self.b), test, inquiry)
        questions = inquiry.afford(self._judging(test, a.text, b.text))
        first, second = await together(
            self._verdict(side, question, inquiry)
            for side, question in zip(SIDES, questions, strict=True)
        )
        return Compared(test, a, b, (first, second))

    def _judging(self, test: ExamQuestion, a: str, b: str) -> list[Asked]:
        """Return what asks for both verdicts."""
        orders: tuple[tuple[Side, tuple[str, str]], ...] = (("a", (a, b)), ("b", (b, a)))
        return [(self._question(test, first, shown), self.judge) for first, shown in orders]

    async def _verdict(self, first: Side, question: Question, inquiry: Inquiry) -> Verdict:
        reply = await inquiry.ask(f"judge {first}", question, self.judge)
        winner: Winner | None = next(iter(reply.parsed.items), None)
        return Verdict(first, _named(winner, first), reply.answer["text"])

    def _question(self, test: ExamQuestion, first: Side, answers: tuple[str, str]) -> Question:
        texts = (test.instruction, test.input, *answers, test.reference)
        return Question(
            messages=pairwise_messages(
                test.instruction, test.input, answers, test.reference, reasons=self.reasons
            ),
            schema=winner_schema(reasons=self.reasons),
            max_tokens=winner_tokens(reasons=self.reasons),
            parse=partial(parse_winner, quoted="\n".join(texts)),
            seed=(self.seed, "compare", test.key, first),
            order=test.number,
            tries=TRIES,
            language="en",
            label=f"compare: {test.number}, {first} first",
            tags=["compare"],
            metadata={"question": test.key, "first": first},
            prompt_version=PAIRWISE_VERSION,
        )


def is_shortened(answer: Answer) -> bool:
    """Return whether a judge is shown the beginning of an answer only."""
    return fitted(answer.text) != answer.text


def _named(winner: Winner | None, first: Side) -> Named | None:
    if winner is None or winner == "tie":
        return winner
    other: Side = "b" if first == "a" else "a"
    return first if winner == "first" else other
