"""How many tokens an answer is given where every call reserves its worst against a cap.

The longest answer that a domain's limits allow is many times what answers take: reserved for each
call in flight, it leaves room for few calls near a cap. So once a run knows what its answers take
it gives them less. An answer that is longer after all is cut off: its complete items count, and
the next answers are given more.
"""

from store.facts import Paid

ENOUGH = 20
"""Answers that must be known."""

TIMES = 2
"""How many times the tokens of the longest answer so far an answer is given, item for item."""

LEAST = 256
"""The fewest tokens that an answer is given."""


def room_for(asked: int, paid: Paid) -> int | None:
    """Return the tokens for an answer with `asked` items, by those `paid` for; None: not known."""
    if paid.calls < ENOUGH or not paid.longest:
        return None
    return max(LEAST, TIMES * asked * paid.longest)
