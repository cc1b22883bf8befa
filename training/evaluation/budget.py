"""Question after question, several side by side, as far as the caps allow.

What a question may take at most (both answers, both verdicts, every try) is reserved before it
starts. Where that is more than is left, it waits until nothing else is under way, and then reserves
step by step what each step may take, with fewer tries where need be: how far the caps reach does
not depend on how many calls may be in flight.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from asking.batch import in_turn
from asking.budget import Cost
from asking.calls import Reply
from asking.conversation import converse
from asking.line import Line
from asking.meter import Meter
from asking.purse import Purse
from asking.request import Question
from training.evaluation.questions import ExamQuestion

Asked = tuple[Question, Line]
Result = TypeVar("Result")
Made_co = TypeVar("Made_co", covariant=True)


class StoppedError(Exception):
    """A cap was reached, or the time is over, before a question could be asked."""


class LostError(Exception):
    """What was asked was lost on its way, and no more may be spent on it."""


class Lost:
    """What comes of a question to which an answer, or a verdict on one, was lost on its way."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What may still be spent. `spend` counts replies, and returns what they cost."""

    purse: Purse
    meter: Meter
    ahead: int
    spend: Callable[[Line, Sequence[Reply]], Cost]


@dataclass(slots=True)
class Inquiry:
    """All that is asked for one question of the test.

    `is_covered`: all that may be asked is reserved already. `reserved` is what is.
    """

    budget: Budget
    is_covered: bool
    reserved: Cost = field(default_factory=Cost)
    _asked: dict[str, tuple[Line, list[Reply]]] = field(default_factory=dict)

    def afford(self, asked: Sequence[Asked]) -> list[Question]:
        """Return the questions of a step, with the tries that can be paid for. Raises StoppedError.

        They are reserved where they are not yet.
        """
        if self.is_covered:
            return [question for question, _ in asked]
        self.settle()
        fitted = fitted_to(self.budget.purse, asked)
        if fitted is None:
            raise StoppedError
        self.reserve(fitted, asked)
        return fitted

    def reserve(self, fitted: Sequence[Question], asked: Sequence[Asked]) -> None:
        """Take the worst that questions may cost out of the purse."""
        for question, (_, line) in zip(fitted, asked, strict=True):
            self.reserved += self.budget.purse.reserve(question, line.rates)

    def settle(self) -> None:
        """Pay what was asked in place of what was reserved, in an order that depends on nothing."""
        self.budget.purse.pay(self.reserved.times(-1))
        self.reserved = Cost()
        for name in sorted(self._asked):
            self.budget.purse.pay(self.budget.spend(*self._asked[name]))
        self._asked.clear()

    async def ask(self, name: str, question: Question, line: Line) -> Reply:
        """Return the last reply to a question, asked under a name.

        Raises StoppedError where it was not asked, LostError where no answer arrived.
        """
        replies = await converse(question, line.channel)
        self._asked[name] = line, replies
        if not replies:
            raise StoppedError
        if replies[-1].answer["finish_reason"] == "lost":
            raise LostError
        return replies[-1]


class Part(Protocol[Made_co]):
    """A part of an evaluation: what it asks for a question, and what it makes of the answers."""

    def plan(self, test: ExamQuestion) -> Sequence[Asked]:
        """Return what is asked at most."""

    async def run(self, test: ExamQuestion, inquiry: Inquiry) -> Made_co:
        """Ask, and return what came of it."""


def fitted_to(purse: Purse, asked: Sequence[Asked]) -> list[Question] | None:
    """Return questions with the tries that a purse can pay for; None where it cannot pay them."""
    return purse.fitted_together([(question, line.rates) for question, line in asked])


async def results(
    tests: Iterable[ExamQuestion], part: Part[Result], budget: Budget
) -> AsyncIterator[Result | Lost]:
    """Yield what comes of each question, in their order, until the budget allows no further one."""

    def begin(test: ExamQuestion, is_alone: bool) -> asyncio.Task[Result | Lost | None] | None:  # noqa: FBT001 - as in_turn calls it
        asked = part.plan(test)
        whole = [question for question, _ in asked]
        inquiry = Inquiry(budget, is_covered=fitted_to(budget.purse, asked) == whole)
        if budget.meter.is_over() or not budget.purse.has_calls(len(asked)):
            return None
        if not (is_alone or inquiry.is_covered):
            return None
        if inquiry.is_covered:
            inquiry.reserve(whole, asked)
        inquiries[test.number] = inquiry
        return asyncio.create_task(_result(part, test, inquiry))

    inquiries: dict[int, Inquiry] = {}
    async with aclosing(in_turn(tests, begin, ahead=budget.ahead)) as turns:
        async for test, result in turns:
            inquiries.pop(test.number).settle()
            if result is None:
                return
            yield result


async def _result(part: Part[Result], test: ExamQuestion, inquiry: Inquiry) -> Result | Lost | None:
    try:
        return await part.run(test, inquiry)
    except StoppedError:
        return None
    except LostError:
        return Lost()
