"""Rate limits: a bucket that fills evenly through the minute, and how long to wait when empty."""

from collections.abc import Callable
from time import monotonic


class Bucket:
    """So much a minute; 0 is no limit. A minute's worth may be taken at once."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = monotonic) -> None:
        self._capacity = float(a_minute)
        self._level = self._capacity
        self._clock = clock
        self._seen = clock()

    def wait_s(self, amount: float) -> float:
        """Return the seconds until the amount is there: 0 where it can be taken now."""
        if not self._capacity:
            return 0.0
        now = self._clock()
        self._level = min(self._capacity, self._level + self._capacity / 60 * (now - self._seen))
        self._seen = now
        missing = min(amount, self._capacity) - self._level
        return max(0.0, missing * 60 / self._capacity)

    def take(self, amount: float) -> None:
        """Take the amount out; an amount above the capacity empties it."""
        self._level = max(0.0, self._level - amount)
