"""What a run has used so far, against its caps."""

from collections.abc import Callable
from math import inf
from time import monotonic

from asking.budget import Caps, Cost

Price = Callable[[int, int], float | None]


class Meter:
    """What a run has used while it is at work, against its caps.

    What is planned is reserved beforehand; this is for what cannot be foreseen: time, and an
    endpoint that answers at greater length than it was asked to.
    """

    def __init__(self) -> None:
        self._caps = Caps()
        self._deadline = inf
        self._used: Cost | None = None

    def start(self, caps: Caps, used: Cost, seconds_left: float = inf) -> None:
        """Take in the caps, and what was used before the first call of this line."""
        self._caps = caps
        if self._used is None:
            self._used = used
        self._deadline = monotonic() + seconds_left

    def begin(self) -> None:
        """Take in a request that is sent."""
        self._add(Cost(1))

    def forget(self) -> None:
        """Take in that a request was turned down, and cost nothing."""
        self._add(Cost(-1))

    def count(self, prompt: int, completion: int, price: Price) -> None:
        """Take in an answer, at the price of the model that gave it."""
        usd = None if self._caps.usd is None else price(prompt, completion)
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
