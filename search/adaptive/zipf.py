"""How many things records of one task are about, where these are as popular as Zipf's law says.

Of `kinds` things the i-th most popular has the chance p_i = 1 / (i·H), H the sum of all 1 / i.
"""

from functools import cache


@cache
def chance_of_new(kinds: int, known: int, kept: int) -> float:
    """Return the chance that one more record is about something new: the sum of p_i (1 - p_i)^kept.

    `kept` records were written already; the `known` most popular things do not count.
    """
    return sum(p * (1 - p) ** kept for p in _chances(kinds)[known:])


@cache
def _chances(kinds: int) -> tuple[float, ...]:
    total = sum(1 / rank for rank in range(1, kinds + 1))
    return tuple(1 / rank / total for rank in range(1, kinds + 1))
