"""The verdict of the diversity filter on a text."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a text is kept, and what decided it.

    `rule` is None for a kept text, else: duplicate (the same tokens), rouge_l (F at or above the
    threshold), semantic (a cosine at or above its own), against (any of these with a foreign text).
    `nearest` is the key of the text with the highest F (the earliest of equals) and `score` that F;
    for rule semantic the highest cosine, rounded to six digits. A kept text has 0 and None where
    the nearest was not asked for or there is nothing to be near to.
    """

    kept: bool
    rule: str | None = None
    score: Fraction = Fraction(0)
    nearest: str | None = None


KEPT = Verdict(kept=True)
"""The verdict on a kept text whose nearest neighbour was not asked for."""
