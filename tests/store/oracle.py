"""The slow, obvious twin of the diversity filter: every text against every kept text."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from store.tokens import normalised, tokens


def lcs_length(a: Sequence[str], b: Sequence[str]) -> int:
    """The textbook table, row by row."""
    row = [0] * (len(b) + 1)
    for x in a:
        before = row[:]
        for n, y in enumerate(b):
            row[n + 1] = before[n] + 1 if x == y else max(before[n + 1], row[n])
    return row[-1]


def rouge_l_f1(a: Sequence[str], b: Sequence[str]) -> Fraction:
    if not a or not b:
        return Fraction(0)
    return Fraction(2 * lcs_length(a, b), len(a) + len(b))


@dataclass
class SlowFilter:
    """Keeps (text, key, foreign); the nearest is the first with the highest score."""

    threshold: Fraction
    kept: list[tuple[str, str, bool]] = field(default_factory=list)

    def add(self, text: str, key: str, *, foreign: bool = False) -> None:
        self.kept.append((text, key, foreign))

    def judge(self, text: str) -> tuple[str | None, Fraction, str | None]:
        """The rule that rejects the text (None: it is kept), the score, and the neighbour."""
        mine = tokens(text)
        for other, key, foreign in self.kept:
            if mine == tokens(other) and (mine or normalised(text) == normalised(other)):
                return ("against" if foreign else "duplicate"), Fraction(1), key
        scored = [(rouge_l_f1(mine, tokens(other)), key, far) for other, key, far in self.kept]
        if not scored:
            return None, Fraction(0), None
        score, nearest, foreign = max(scored, key=lambda candidate: candidate[0])
        if score >= self.threshold:
            return ("against" if foreign else "rouge_l"), score, nearest
        return None, score, nearest

    def admit(self, text: str, key: str) -> tuple[str | None, Fraction, str | None]:
        verdict = self.judge(text)
        if verdict[0] is None:
            self.add(text, key)
        return verdict
