"""The slow, obvious twin of the diversity filter: every text against every kept text."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from rapidfuzz.distance import LCSseq

from store.filter.tokens import normalised, tokens


def lcs_length(a: Sequence[str], b: Sequence[str]) -> int:
    """The textbook table, row by row."""
    row = [0] * (len(b) + 1)
    for x in a:
        before = row[:]
        for n, y in enumerate(b):
            row[n + 1] = before[n] + 1 if x == y else max(before[n + 1], row[n])
    return row[-1]


def rouge_l(a: Sequence[Hashable], b: Sequence[Hashable]) -> Fraction:
    """Return 2·LCS(a, b)/(len(a)+len(b)); 0 where one of them is empty, as rouge-score has it."""
    number: dict[Hashable, int] = {}
    first, second = ([number.setdefault(item, len(number)) for item in side] for side in (a, b))
    return Fraction(2 * LCSseq.similarity(first, second), max(len(a) + len(b), 1))


def rouge_l_f1(a: Sequence[str], b: Sequence[str]) -> Fraction:
    if not a or not b:
        return Fraction(0)
    return Fraction(2 * lcs_length(a, b), len(a) + len(b))


Outcome = tuple[str | None, Fraction, str | None]


@dataclass
class SlowFilter:
    """Keeps texts with their keys; the nearest is the first with the highest score."""

    threshold: Fraction
    against: "SlowFilter | None" = None
    kept: list[tuple[str, str]] = field(default_factory=list)

    def add(self, text: str, key: str) -> None:
        self.kept.append((text, key))

    def judge(self, text: str) -> Outcome:
        """The rule that rejects the text (None: it is kept), the score, and the neighbour."""
        foreign = self.against.judge(text) if self.against else (None, Fraction(0), None)
        if foreign[0]:
            return "against", *foreign[1:]
        own = self._judge(text)
        if own[0] or foreign[2] is None or (own[2] is not None and own[1] > foreign[1]):
            return own
        return foreign

    def _judge(self, text: str) -> Outcome:
        mine = tokens(text)
        for other, key in self.kept:
            if mine == tokens(other) and (mine or normalised(text) == normalised(other)):
                return "duplicate", Fraction(1), key
        scored = [(rouge_l_f1(mine, tokens(other)), key) for other, key in self.kept]
        if not scored:
            return None, Fraction(0), None
        score, nearest = max(scored, key=lambda candidate: candidate[0])
        return ("rouge_l" if score >= self.threshold else None), score, nearest

    def admit(self, text: str, key: str) -> Outcome:
        verdict = self.judge(text)
        if verdict[0] is None:
            self.add(text, key)
        return verdict
