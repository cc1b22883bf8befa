"""Asking further questions about a record, with what its conversation has left to spend."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from asking.allowance import Rates
from asking.calls import Channel
from asking.conversation import converse
from asking.purse import Purse
from asking.request import Question
from nodes.judging.outcome import Asked
from nodes.roles import Role
from nodes.spending import cost_of_answers


@dataclass(frozen=True, slots=True)
class Line:
    """How a role is asked: its channel, and what asking its model takes."""

    channel: Channel
    rates: Rates


Lines = Callable[[Role], Line]


@dataclass(slots=True)
class Inquiry:
    """The questions about one record: whom it may ask, what it may spend, what it asked so far."""

    lines: Lines
    purse: Purse
    asked: list[Asked] = field(default_factory=list)

    async def ask(self, role: Role, purpose: str, question: Question) -> Any:  # noqa: ANN401 - what its parser reads
        """Return what could be read in the answer; None where nothing could.

        Raises UnaffordableError where the purse cannot pay for it, or the run's time is over.
        """
        line = self.lines(role)
        fitted = self.purse.fitted(question, line.rates)
        if fitted is None:
            raise UnaffordableError
        replies = await converse(fitted, line.channel)
        if not replies:
            raise UnaffordableError
        self.asked.append(Asked(role, purpose, replies))
        self.purse.pay(cost_of_answers([r.answer for r in replies], line.rates.price))
        items = replies[-1].parsed.items
        return items[0] if items else None


class UnaffordableError(Exception):
    """What is left cannot pay for the worst that a question may take, or no time is left for it."""
