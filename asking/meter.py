"""What a run uses at the moment, against its caps."""

from collections.abc import Callable
from math import inf
from time import monotonic

from asking.budget import Caps, Cost
from nodes.settings import Settings
from nodes.state import Spent

Price = Callable[[int, int], float | None]


def cost_of(spent: Spent) -> Cost:
    """Return what was spent as a cost; an unknown price counts as nothing."""
    tokens = spent["prompt_tokens"], spent["completion_tokens"]
    return Cost(spent["calls"], *tokens, spent["usd"] or 0.0)


class Meter:
    """What a run has used while it is at work, against its caps.

    What is planned is reserved beforehand; this is for what cannot be foreseen: time, and an
    endpoint that answers at greater length than it was told to.
    """

    def __init__(self) -> None:
        self._caps = Caps()
        self._deadline = inf
        self._used: Cost | None = None
        self._price: Price = lambda *_: None

    def start(self, settings: Settings, spent: Spent, price: Price) -> None:
        """Take in the settings' caps, and what was spent before the first call of this line."""
        self._caps, self._price = settings.caps, price
        if self._used is None:
            self._used = cost_of(spent)
        minutes = settings.max_minutes
        left = inf if minutes is None else 60 * minutes - spent["seconds"]
        self._deadline = monotonic() + left

    def begin(self) -> None:
        """Take in a request that is sent."""
        self._add(Cost(1))

    def forget(self) -> None:
        """Take in that a request was turned down, and cost nothing."""
        self._add(Cost(-1))

    def count(self, prompt: int, completion: int) -> None:
        """Take in an answer."""
        usd = None if self._caps.usd is None else self._price(prompt, completion)
        self._add(Cost(0, prompt, completion, usd or 0.0))

    def _add(self, cost: Cost) -> None:
        self._used = (self._used or Cost()) + cost

    def is_over(self, pause: float = 0.0) -> bool:
        """Return whether the run's time is over once so many seconds have passed."""
        return monotonic() + pause >= self._deadline

    @property
    def is_full(self) -> bool:
        """Whether no request may be sent any more."""
        passed = self._caps.passed_by((self._used or Cost()) + Cost(1))
        return self.is_over() or passed is not None
