"""The budget: no call starts that could pass a cap.

Before a call starts its worst case is reserved (every try it may take, its whole prompt, its
longest answer); when its answers are in, what they cost replaces the reservation.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """What calls cost, or may cost at most. `usd` is 0 where the price is unknown."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: float = 0.0

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.usd + other.usd,
        )

    def times(self, number: int) -> "Cost":
        """Return the cost of so many calls like these."""
        return Cost(
            number * self.calls,
            number * self.prompt_tokens,
            number * self.completion_tokens,
            number * self.usd,
        )

    @property
    def tokens(self) -> int:
        """Prompt and completion tokens together."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class Caps:
    """The most a run may spend; None means no cap."""

    calls: int | None = None
    tokens: int | None = None
    usd: float | None = None

    @property
    def count_tokens(self) -> bool:
        """Whether it matters how many tokens a call takes."""
        return self.tokens is not None or self.usd is not None

    def passed_by(self, cost: Cost) -> str | None:
        """Return the name of the first cap that this cost would pass (as in `stopped_by`)."""
        for name in ("calls", "tokens", "usd"):
            cap = getattr(self, name)
            if cap is not None and getattr(cost, name) > cap:
                return f"max_{name}"
        return None
