"""Asking further questions about a record, with what its conversation has left to spend."""

from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from asking.batch import together
from asking.calls import Reply
from asking.conversation import converse
from asking.line import Line
from asking.purse import Purse
from asking.request import Question
from nodes.judging.outcome import Asked
from nodes.roles import Role
from nodes.spending import cost_of_answers

Lines = Callable[[Role], Line]
Returned = TypeVar("Returned")


@dataclass(slots=True)
class Inquiry:
    """The questions about one record: whom it may ask, what it may spend, what it asked so far."""

    lines: Lines
    purse: Purse
    _asked: dict[int, Asked] = field(default_factory=dict)
    _count: int = 0

    @property
    def asked(self) -> Sequence[Asked]:
        """All that was asked, in the order of asking, whatever the order of the answers."""
        return [self._asked[number] for number in sorted(self._asked)]

    async def ask(self, role: Role, purpose: str, question: Question) -> Any:  # noqa: ANN401 - what its parser reads
        """Return what could be read in the answer; None where nothing could."""
        items = (await self.reply(role, purpose, question)).parsed.items
        return items[0] if items else None

    async def reply(self, role: Role, purpose: str, question: Question) -> Reply:
        """Return the reply that counts.

        Raises UnaffordableError where the purse cannot pay for it, or the run's time is over.
        """
        line, number = self.lines(role), self._count
        self._count += 1
        fitted = self.purse.fitted(question, line.rates)
        if fitted is None:
            raise UnaffordableError
        reserved = self.purse.reserve(fitted, line.rates)
        replies = await converse(fitted, line.channel)
        self.purse.pay(reserved.times(-1))
        if not replies:
            raise UnaffordableError
        self._asked[number] = Asked(role, purpose, replies)
        self.purse.pay(cost_of_answers([r.answer for r in replies], line.rates.price))
        return replies[-1]

    async def ask_each(self, role: Role, purpose: str, questions: Sequence[Question]) -> list[Any]:
        """Return what could be read in each answer, all asked at once where no cap is to be kept.

        One after the other they need less set aside.
        """
        asked = (self.ask(role, purpose, question) for question in questions)
        return await ended(asked, at_once=not self.lines(role).channel.capped)


async def ended(work: Iterable[Coroutine[Any, Any, Returned]], *, at_once: bool) -> list[Returned]:
    """Return what each piece of work returns, done at once or one after the other.

    Where one raises at once with others, it is raised when all have ended.
    """
    return await together(work) if at_once else [await one for one in work]


class UnaffordableError(Exception):
    """What is left cannot pay for the worst that a question may take, or no time is left for it."""
