"""The diversity filter: a text is kept iff it is unlike every text kept before it.

Unlike means F < t, F = 2·LCS/(m+n) being ROUGE-L F1 over their m and n tokens and t the threshold,
in exact fractions (the paper keeps what is *below* 0.7). Comparing every pair is quadratic; here
store/shortlist.py leaves few candidates, provably none too few, and only they are compared.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from store.rouge import Interned, Threshold, closest
from store.shortlist import Shortlist
from store.signature import Signed, Vocabulary
from store.tokens import normalised, tokens

_BLOCK = 8192
_FIRST = 64


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a text is kept, and what decided it.

    `rule` is None for a kept text, else: duplicate (the same tokens), rouge_l (F at or above the
    threshold), against (either of them with a foreign text). `nearest` is the key of the text with
    the highest F (the earliest of equals) and `score` that F; a kept text has 0 and None where the
    nearest was not asked for or there is nothing to be near to.
    """

    kept: bool
    rule: str | None = None
    score: Fraction = Fraction(0)
    nearest: str | None = None


_KEPT = Verdict(kept=True)

_Identity = Interned | tuple[str]


@dataclass(frozen=True, slots=True)
class _Text:
    """A text as it is compared; equal `identity` means that the rule "duplicate" holds."""

    signed: Signed
    identity: _Identity


class DiversityIndex:
    """The kept texts, and whether another one is different enough; `threshold` in (0, 1].

    Raises InputError for any other threshold.
    """

    def __init__(self, threshold: Fraction) -> None:
        self._threshold = Threshold(threshold)
        self._vocabulary = Vocabulary()
        self._shortlist = Shortlist(self._threshold)
        self._keys: list[str] = []
        self._interned: list[Interned] = []
        self._first: dict[_Identity, int] = {}
        self._foreign: set[int] = set()

    def __len__(self) -> int:
        return len(self._keys)

    def judge(self, text: str, *, nearest: bool = False) -> Verdict:
        """Return the verdict on a text without adding it.

        With `nearest` a text that is kept gets its exact nearest neighbour too.
        """
        return self._judge(self._read(text), nearest=nearest)

    def add(self, text: str, key: str, *, foreign: bool = False) -> None:
        """Add a text without asking; what matches a foreign one is rejected by rule "against"."""
        if foreign:
            self._foreign.add(len(self))
        self._add(self._read(text), key)

    def admit(self, text: str, key: str) -> Verdict:
        """Judge a text and add it when it is kept."""
        read = self._read(text)
        verdict = self._judge(read, nearest=False)
        if verdict.kept:
            self._add(read, key)
        return verdict

    def admit_many(self, texts: Iterable[str], keys: Iterable[str]) -> list[Verdict]:
        """Return what `admit` returns for each text in turn; much faster for many."""
        verdicts: list[Verdict] = []
        pairs = list(zip(texts, keys, strict=True))
        for start in range(0, len(pairs), _BLOCK):
            verdicts += self._admit_block(pairs[start : start + _BLOCK])
        return verdicts

    def _read(self, text: str) -> _Text:
        found = tokens(text)
        signed = self._vocabulary.sign(found)
        return _Text(signed, signed.interned if found else (normalised(text),))

    def _judge(self, text: _Text, *, nearest: bool) -> Verdict:
        same = text.identity in self._first
        verdict = self._decide(text, () if same else self._shortlist.of(text.signed))
        if verdict.kept and nearest and self._keys:
            place, score = self._nearest(text)
            return Verdict(kept=True, score=score, nearest=self._keys[place])
        return verdict

    def _admit_block(self, pairs: Sequence[tuple[str, str]]) -> Iterator[Verdict]:
        block = [self._read(text) for text, _ in pairs]
        base = len(self)
        candidates = self._shortlist.of_block([text.signed for text in block])
        placed: dict[int, int] = {}
        for row, (text, found) in enumerate(zip(block, candidates, strict=True)):
            near = [place if place < base else placed.get(place) for place in found]
            verdict = self._decide(text, [place for place in near if place is not None])
            if verdict.kept:
                placed[base + row] = len(self)
                self._add(text, pairs[row][1])
            yield verdict

    def _add(self, text: _Text, key: str) -> None:
        self._first.setdefault(text.identity, len(self))
        self._keys.append(key)
        self._interned.append(text.signed.interned)
        self._shortlist.add(text.signed)

    def _decide(self, text: _Text, near: Sequence[int]) -> Verdict:
        """Return the verdict on a text, given the places of all that could reach the threshold."""
        same = self._first.get(text.identity)
        if same is not None:
            return self._rejected("duplicate", same, Fraction(1))
        if near:
            place, lcs = self._closest(text, near)
            least = self._threshold.common(len(text.signed.pairs), len(self._interned[place]))
            if lcs >= least:
                return self._rejected("rouge_l", place, self._score(text, place, lcs))
        return _KEPT

    def _rejected(self, rule: str, place: int, score: Fraction) -> Verdict:
        rule = "against" if place in self._foreign else rule
        return Verdict(kept=False, rule=rule, score=score, nearest=self._keys[place])

    def _nearest(self, text: _Text) -> tuple[int, Fraction]:
        """Return the place of the nearest of all texts, and its F.

        Those with the highest bounds on F are compared first; after that only bounds that reach the
        best of them matter.
        """
        if not text.signed.pairs:
            return 0, Fraction(0)
        bounds = self._shortlist.bounds(text.signed)
        first = np.argpartition(-bounds, min(_FIRST, len(bounds)) - 1)[:_FIRST]
        best = self._score(text, *self._closest(text, first.tolist()))
        place, lcs = self._closest(text, (bounds >= float(best)).nonzero()[0].tolist())
        return place, self._score(text, place, lcs)

    def _closest(self, text: _Text, places: Sequence[int]) -> tuple[int, int]:
        """Return the place of the nearest of these texts, the first of equals, and its LCS."""
        found, lcs = closest(text.signed.interned, [self._interned[place] for place in places])
        return places[found], lcs

    def _score(self, text: _Text, place: int, lcs: int) -> Fraction:
        return Fraction(2 * lcs, len(text.signed.pairs) + len(self._interned[place]))
