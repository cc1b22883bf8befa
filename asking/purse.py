"""What a conversation may still spend of what was reserved for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from asking.allowance import Rates, worst_tokens
from asking.attempts import most_billed
from asking.budget import Caps, Cost
from asking.request import Question


@dataclass(slots=True)
class Purse:
    """What is left to spend, in the currencies in which the run has `caps`."""

    caps: Caps
    left: Cost

    @classmethod
    def below(cls, caps: Caps, spent: Cost) -> "Purse":
        """Return what the caps leave to spend after what was spent."""
        whole = Cost(caps.calls or 0, caps.tokens or 0, 0, caps.usd or 0.0)
        return cls(caps, whole + spent.times(-1))

    def fitted(self, question: Question, rates: Rates) -> Question | None:
        """Return the question with as many tries as can be paid for, at most its own.

        None where not even one can.
        """
        fitted = self.fitted_together([(question, rates)])
        return fitted[0] if fitted else None

    def fitted_together(self, asked: Sequence[tuple[Question, Rates]]) -> list[Question] | None:
        """Return questions that are asked together, each with as many tries as can be paid for.

        None where not even one try of each can.
        """
        most = max((question.tries for question, _ in asked), default=1)
        for tries in range(most, 0, -1):
            fitted = [replace(question, tries=min(tries, question.tries)) for question, _ in asked]
            worst = (_worst(q, q.tries, r) for q, (_, r) in zip(fitted, asked, strict=True))
            if self._pays(sum(worst, Cost())):
                return fitted
        return None

    def has_calls(self, number: int) -> bool:
        """Return whether so many calls are left."""
        return self.caps.calls is None or number <= self.left.calls

    def reserve(self, question: Question, rates: Rates) -> Cost:
        """Take out the worst that a question may cost; return it."""
        worst = _worst(question, question.tries, rates)
        self.pay(worst)
        return worst

    def pay(self, cost: Cost) -> None:
        """Take out what was spent."""
        self.left = self.left + cost.times(-1)

    def _pays(self, cost: Cost) -> bool:
        caps, left = self.caps, self.left
        return (
            (caps.calls is None or cost.calls <= left.calls)
            and (caps.tokens is None or cost.tokens <= left.tokens)
            and (caps.usd is None or cost.usd <= left.usd)
        )


def _worst(question: Question, tries: int, rates: Rates) -> Cost:
    prompts, answers = worst_tokens(question, tries, rates.headroom)
    return Cost(most_billed(tries), prompts, answers, rates.price(prompts, answers) or 0.0)
