"""Says amounts in the few words that a person reads at a glance."""

from collections.abc import Mapping
from heapq import nsmallest

from cli.live.progress import Spent
from words import several


def clock(seconds: float) -> str:
    """Return a running time: "3:07", from an hour on "1:03:07"."""
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def roughly(seconds: float) -> str:
    """Return a duration no more exact than an estimate is: "40 s", "12 min", "3 h 20 min"."""
    if seconds < 90:
        return f"{max(5, round(seconds / 5) * 5)} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60 // 10 * 10} min"


def short(number: int) -> str:
    """Return a count in at most four characters or so: "950", "9.5k", "120k", "1.2M"."""
    for unit, letter in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= unit:
            return f"{number / unit:.{1 if number < 10 * unit else 0}f}{letter}"
    return str(number)


def dollars(usd: float) -> str:
    """Return an amount of money, with more digits where it is small."""
    return f"${usd:.2f}" if usd >= 0.1 else f"${usd:.4f}"


def rejections(rules: Mapping[str, int]) -> str:
    """Return how many were rejected and the three most frequent rules: "9 rejected (length 7…)"."""
    top = nsmallest(3, rules.items(), key=lambda rule: (-rule[1], rule[0]))
    reasons = ", ".join(f"{rule} {number:,}" for rule, number in top)
    return f"{sum(rules.values()):,} rejected" + (f" ({reasons})" if reasons else "")


def expenses(spent: Spent) -> str:
    """Return calls, money where a price is known, and tokens."""
    calls = several(spent.calls, "call")
    if spent.calls < spent.calls_expected:
        calls = f"{spent.calls:,} of about {several(spent.calls_expected, 'call')}"
    cost = [] if spent.usd is None else [dollars(spent.usd)]
    tokens = f"{short(spent.prompt_tokens)} tokens in, {short(spent.completion_tokens)} out"
    return " · ".join([calls, *cost, tokens])
