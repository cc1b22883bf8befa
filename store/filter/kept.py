"""The kept texts, and how another text is compared with them.

A text has a place, 0, 1, 2, …, in the order in which the texts were added.
"""

import itertools
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from store.filter.batch import Batch, batch_of
from store.filter.paraphrases import Paraphrases, Vectors
from store.filter.rouge import Interned, Threshold, closest
from store.filter.shortlist import Shortlist
from store.filter.signature import Signed, Vocabulary
from store.filter.tokens import normalised, tokens
from store.filter.verdict import KEPT, Verdict

_PARTS = 64
_SCANNED = 512
"""With fewer texts kept, a scan of all is as fast as the inverted file."""

Identity = Interned | tuple[str]
Places = dict[int, list[int]]


class Text(NamedTuple):
    """A text as it is compared.

    Equal `identity` means that the rule "duplicate" holds; `vector` is its embedding, a matrix of
    one row, where the semantic rule is asked for.
    """

    signed: Signed
    identity: Identity
    vector: Vectors | None


class KeptTexts:
    """The kept texts with their keys; `decide` returns the verdict on another text."""

    def __init__(self, threshold: Threshold, paraphrases: Paraphrases | None) -> None:
        self._threshold = threshold
        self._paraphrases = paraphrases
        self._vocabulary = Vocabulary()
        self._shortlist = Shortlist(threshold)
        self._keys: list[str] = []
        self._first: dict[Identity, int] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, text: Text) -> bool:
        """Return whether a text with the same tokens is kept."""
        return text.identity in self._first

    def read(self, texts: Sequence[str]) -> list[Text]:
        """Return the texts in the form in which they are compared with the kept ones."""
        found = [tokens(text) for text in texts]
        sign = self._vocabulary.sign
        marked = self._vocabulary.sign_many(found) if len(texts) > 1 else map(sign, found)
        vectors: Iterable[Vectors | None] = itertools.repeat(None, len(texts))
        if self._paraphrases is not None:
            vectors = self._paraphrases.embed(texts)[:, None]
        return [
            Text(one, one.interned or (normalised(text),), vector)
            for one, text, vector in zip(marked, texts, vectors, strict=True)
        ]

    def add(self, text: Text, key: str) -> None:
        """Add a text at the next place."""
        self._first.setdefault(text.identity, len(self))
        self._keys.append(key)
        self._shortlist.add(text.signed)
        if self._paraphrases is not None and text.vector is not None:
            self._paraphrases.add(text.vector)

    def near(self, texts: Sequence[Text], batch: Batch | None = None) -> Places:
        """Return by row, if any, the places of all whose F could reach the threshold."""
        if len(texts) > 1 and len(self) > _SCANNED:
            return self._shortlist.of_many(batch or batch_of([text.signed for text in texts]))
        return {
            row: self._shortlist.of(text.signed)
            for row, text in enumerate(texts)
            if text not in self
        }

    def near_within(self, batch: Batch, members: Sequence[int]) -> Places:
        """Return by row, if any, the members before it whose F could reach the threshold.

        Members are texts of the same batch, by their rows.
        """
        return self._shortlist.within(batch, members)

    def alike(self, texts: Sequence[Text], members: Sequence[int] | None = None) -> Places:
        """Return by row, if any, the places of all whose cosine could reach its threshold.

        Or, where `members` names rows of the texts themselves, the members before it.
        """
        if self._paraphrases is None:
            return {}
        matrix = np.concatenate([text.vector for text in texts if text.vector is not None])
        if members is None:
            return self._paraphrases.of_many(matrix)
        return self._paraphrases.within(matrix, members)

    def decide(self, text: Text, near: Sequence[int], alike: Sequence[int]) -> Verdict:
        """Return the verdict on a text, given the places of all that could reject it."""
        same = self._first.get(text.identity)
        if same is not None:
            return self._rejected("duplicate", same, Fraction(1))
        return self._unlike(text, near, alike)

    def repeats(self, text: Text, among: int) -> bool:
        """Return whether one of the first `among` texts rejects this one."""
        if self._first.get(text.identity, among) < among:
            return True
        near, alike = self._shortlist.of(text.signed), self.alike([text]).get(0, ())
        places = ([place for place in found if place < among] for found in (near, alike))
        return not self._unlike(text, *places).kept

    def _unlike(self, text: Text, near: Sequence[int], alike: Sequence[int]) -> Verdict:
        """Return the verdict on a text that is no duplicate."""
        if near:
            place, lcs = self._closest(text, near)
            least = self._threshold.common(
                len(text.signed.pairs), len(self._shortlist.texts[place])
            )
            if lcs >= least:
                return self._rejected("rouge_l", place, self._score(text, place, lcs))
        if alike and self._paraphrases is not None and text.vector is not None:
            found = self._paraphrases.closest(text.vector[0], alike)
            if found is not None:
                return self._rejected("semantic", *found)
        return KEPT

    def nearest(self, text: Text) -> tuple[str, Fraction]:
        """Return the key of the nearest of all texts, of which there is one at least, and its F.

        Some with high bounds on F are compared first; after that only bounds that reach the best of
        them matter.
        """
        if not len(text.signed.pairs):
            return self._keys[0], Fraction(0)
        bounds = self._shortlist.bounds(text.signed)
        best = self._score(text, *self._closest(text, _highest(bounds)))
        least = np.nextafter(np.float32(best), np.float32(0))  # no rounding leaves one out
        place, lcs = self._closest(text, (bounds >= least).nonzero()[0].tolist())
        return self._keys[place], self._score(text, place, lcs)

    def _rejected(self, rule: str, place: int, score: Fraction) -> Verdict:
        return Verdict(kept=False, rule=rule, score=score, nearest=self._keys[place])

    def _closest(self, text: Text, places: Sequence[int]) -> tuple[int, int]:
        """Return the place of the nearest of these texts, the first of equals, and its LCS."""
        found, lcs = closest(
            text.signed.interned, [self._shortlist.texts[place] for place in places]
        )
        return places[found], lcs

    def _score(self, text: Text, place: int, lcs: int) -> Fraction:
        return Fraction(2 * lcs, len(text.signed.pairs) + len(self._shortlist.texts[place]))


def _highest(bounds: npt.NDArray[np.float32]) -> list[int]:
    """Return the places of some high bounds, the highest among them: that of each of 64 parts."""
    width = max(1, len(bounds) // _PARTS)
    rest = len(bounds) // width * width
    parts = bounds[:rest].reshape(-1, width)
    places = parts.argmax(axis=1) + np.arange(0, rest, width)
    return [*places.tolist(), *range(rest, len(bounds))]
