"""Question after question, several side by side, as far as the caps allow.

What a question may take at most (both answers, both verdicts, every try) is reserved before it
starts, so none stops in the middle for want of money. Where that is more than is left, it waits
until nothing else is under way, and then gets fewer tries: how far the caps reach does not depend
on how many calls may be in flight.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from asking.batch import in_turn
from asking.budget import Cost
from asking.calls import Reply
from asking.conversation import converse
from asking.line import Line
from asking.meter import Meter
from asking.purse import Purse
from asking.request import Question
from training.evaluation.questions import TestQuestion

Asked = tuple[Question, Line]
Result = TypeVar("Result")
Made_co = TypeVar("Made_co", covariant=True)


class StoppedError(Exception):
    """A cap was reached, or the time is over, before a question could be asked."""


@dataclass(slots=True)
class Inquiry:
    """All that was asked for one question of the test, in an order that depends on nothing."""

    _asked: dict[str, tuple[Line, list[Reply]]] = field(default_factory=dict)

    @property
    def asked(self) -> Sequence[tuple[Line, Sequence[Reply]]]:
        """Every line that was asked, and its replies."""
        return [self._asked[name] for name in sorted(self._asked)]

    async def ask(self, name: str, question: Question, line: Line) -> Reply:
        """Return the last reply to a question, asked under a name. Raises StoppedError."""
        replies = await converse(question, line.channel)
        self._asked[name] = line, replies
        if not replies:
            raise StoppedError
        return replies[-1]


class Part(Protocol[Made_co]):
    """A part of an evaluation: what it asks for a question, and what it makes of the answers."""

    def plan(self, test: TestQuestion) -> Sequence[Asked]:
        """Return what is asked at most."""

    async def run(
        self, test: TestQuestion, fitted: Sequence[Question], inquiry: Inquiry
    ) -> Made_co:
        """Ask, and return what came of it; `asked` is the plan, with the tries it may take."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What may still be spent. `spend` counts replies, and returns what they cost."""

    purse: Purse
    meter: Meter
    ahead: int
    spend: Callable[[Line, Sequence[Reply]], Cost]


@dataclass(frozen=True, slots=True)
class _Ended(Generic[Result]):
    reserved: Cost
    asked: Sequence[tuple[Line, Sequence[Reply]]]
    result: Result | None


async def results(
    tests: Iterable[TestQuestion], part: Part[Result], budget: Budget
) -> AsyncIterator[Result]:
    """Yield what comes of each question, in their order, until the budget allows no further one."""

    def begin(test: TestQuestion, is_alone: bool) -> asyncio.Task[_Ended[Result]] | None:  # noqa: FBT001 - as in_turn calls it
        asked = part.plan(test)
        fitted = budget.purse.fitted_together([(q, line.rates) for q, line in asked])
        if fitted is None or budget.meter.is_over():
            return None
        if not is_alone and fitted != [question for question, _ in asked]:
            return None
        costs = (
            budget.purse.reserve(question, line.rates)
            for question, (_, line) in zip(fitted, asked, strict=True)
        )
        return asyncio.create_task(_ended(test, part, fitted, sum(costs, Cost())))

    async with aclosing(in_turn(tests, begin, ahead=budget.ahead)) as turns:
        async for _, ended in turns:
            budget.purse.pay(ended.reserved.times(-1))
            for line, replies in ended.asked:
                budget.purse.pay(budget.spend(line, replies))
            if ended.result is None:
                return
            yield ended.result


async def _ended(
    test: TestQuestion, part: Part[Result], fitted: Sequence[Question], reserved: Cost
) -> _Ended[Result]:
    inquiry = Inquiry()
    try:
        result = await part.run(test, fitted, inquiry)
    except StoppedError:
        return _Ended(reserved, inquiry.asked, None)
    return _Ended(reserved, inquiry.asked, result)
