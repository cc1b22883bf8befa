"""The kept texts, and how another text is compared with them.

A text has a place, 0, 1, 2, …, in the order in which the texts were added.
"""

import itertools
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from store.filter.batch import Batch
from store.filter.density import few_enough, sample
from store.filter.hits import Near, Side, by_row, hits, joined, nearest_by_row, nearest_hits
from store.filter.paraphrases import Paraphrases, Vectors
from store.filter.rouge import Threshold, closest
from store.filter.shortlist import Shortlist
from store.filter.signature import Interned, Signed, Vocabulary, intern_numbers
from store.filter.tokens import normalised, tokens
from store.filter.verdict import KEPT, Verdict

_PARTS = 64
Identity = Interned | tuple[str]
Places = dict[int, list[int]]


class Text(NamedTuple):
    """A text as it is compared.

    Equal `identity` means that the rule "duplicate" holds; `vector` is its embedding, where the
    semantic rule is asked for.
    """

    signed: Signed
    identity: Identity
    vector: Vectors | None


class Texts(NamedTuple):
    """Many texts as they are compared, by row: of `Text` each part in one."""

    interned: Sequence[Interned]
    batch: Batch
    identities: Sequence[Identity]
    vectors: Vectors | None

    @property
    def side(self) -> Side:
        """The texts as others are compared with them."""
        return Side(self.interned, self.batch.lengths)

    def vector(self, row: int) -> Vectors | None:
        """Return the embedding of a row."""
        return None if self.vectors is None else self.vectors[row]


class KeptTexts:
    """The kept texts with their keys, and the verdicts on others."""

    def __init__(self, threshold: Threshold, paraphrases: Paraphrases | None) -> None:
        self._threshold = threshold
        self._paraphrases = paraphrases
        self._vocabulary = Vocabulary()
        self._shortlist = Shortlist(threshold)
        self._keys: list[str] = []
        self._first: dict[Identity, int] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, identity: Identity) -> bool:
        """Return whether a text with the same tokens is kept."""
        return identity in self._first

    def read(self, texts: Sequence[str]) -> list[Text]:
        """Return texts in the form in which each is compared with the kept ones."""
        vectors: Iterable[Vectors | None] = itertools.repeat(None, len(texts))
        if self._paraphrases is not None:
            vectors = self._paraphrases.embed(texts)
        signed = map(self._vocabulary.sign, map(tokens, texts))
        return [
            Text(one, _identity(one.interned, text), vector)
            for one, text, vector in zip(signed, texts, vectors, strict=True)
        ]

    def read_many(self, texts: Sequence[str]) -> Texts:
        """Return texts in the form in which many are compared with the kept ones at once."""
        cut = list(map(tokens, texts))
        lengths = np.fromiter(map(len, cut), np.int64, len(cut))
        numbers = self._vocabulary.numbers([*itertools.chain.from_iterable(cut)])
        interned = intern_numbers(lengths, numbers)
        return Texts(
            interned,
            Batch.of(lengths, numbers),
            list(map(_identity, interned, texts)),
            None if self._paraphrases is None else self._paraphrases.embed(texts),
        )

    def add(self, text: Text, key: str) -> None:
        """Add a text at the next place."""
        self._name(text.identity, key, text.vector)
        self._shortlist.add(text.signed)

    def name(self, texts: Texts, row: int, key: str) -> int:
        """Give a text the next place, which is returned; `file` has to follow."""
        return self._name(texts.identities[row], key, texts.vector(row))

    def file(self, texts: Texts, rows: Sequence[int]) -> None:
        """Add the texts of these rows, which ascend, at the places that were given to them."""
        taken = texts.batch.taken(np.array(rows, dtype=np.int64))
        self._shortlist.extend(taken, [texts.interned[row] for row in rows])

    def _name(self, identity: Identity, key: str, vector: Vectors | None) -> int:
        place = len(self._keys)
        self._first.setdefault(identity, place)
        self._keys.append(key)
        if self._paraphrases is not None and vector is not None:
            self._paraphrases.add(vector[np.newaxis])
        return place

    def judge(self, text: Text) -> Verdict:
        """Return the verdict on a text."""
        same = self._first.get(text.identity)
        if same is not None:
            return self._rejected("duplicate", same, Fraction(1))
        return self._judged(text, self._shortlist.of(text.signed), self._alike(text))

    def near(self, texts: Texts) -> dict[int, Near]:
        """Return by row, if any, the nearest of all whose F reaches the threshold."""
        sides = texts.side, self._shortlist.side, self._threshold
        found = (nearest_hits(some, *sides) for some in self._shortlist.of_many(texts.batch))
        return nearest_by_row(joined(found), texts.batch.lengths)

    def near_within(self, texts: Texts, members: Sequence[int]) -> dict[int, list[Near]]:
        """Return by row, if any, the members before it whose F reaches the threshold."""
        found = self._shortlist.within(texts.batch, members)
        return by_row(hits(found, texts.side, texts.side, self._threshold))

    def few_enough(self, texts: Texts, members: Sequence[int]) -> int:
        """Return how many of these rows, from the first on, are compared with each other."""
        return few_enough(sample(texts.interned, members), self._threshold)

    def alike(self, texts: Texts, members: Sequence[int] | None = None) -> Places:
        """Return by row, if any, the places of all whose cosine could reach its threshold.

        Or, where `members` names rows of the texts themselves, the members before it.
        """
        if self._paraphrases is None or texts.vectors is None:
            return {}
        if members is None:
            return self._paraphrases.of_many(texts.vectors)
        return self._paraphrases.within(texts.vectors, members)

    def same(self, texts: Texts) -> set[int]:
        """Return the rows of those that have the tokens of a kept text."""
        return {row for row, same in enumerate(texts.identities) if same in self._first}

    def decide(self, texts: Texts, row: int, near: Near | None, alike: Sequence[int]) -> Verdict:
        """Return the verdict on a text, given what reaches the threshold, and may reach another."""
        same = self._first.get(texts.identities[row])
        if same is not None:
            return self._rejected("duplicate", same, Fraction(1))
        return self._unlike(int(texts.batch.lengths[row]), near, texts.vector(row), alike)

    def repeats(self, text: Text, among: int) -> bool:
        """Return whether one of the first `among` texts rejects this one."""
        if self._first.get(text.identity, among) < among:
            return True
        near, alike = self._shortlist.of(text.signed), self._alike(text)
        places = ([place for place in found if place < among] for found in (near, alike))
        return not self._judged(text, *places).kept

    def _alike(self, text: Text) -> Sequence[int]:
        if self._paraphrases is None or text.vector is None:
            return ()
        return self._paraphrases.of_many(text.vector[np.newaxis]).get(0, ())

    def _judged(self, text: Text, near: Sequence[int], alike: Sequence[int]) -> Verdict:
        """Return the verdict on a text that is no duplicate, given what could reject it."""
        reaching = self._reaching(text, near)
        return self._unlike(len(text.signed.pairs), reaching, text.vector, alike)

    def _reaching(self, text: Text, places: Sequence[int]) -> Near | None:
        """Return the nearest of the texts at these places where it reaches the threshold."""
        near = self._closest(text, places) if places else None
        if near is None:
            return None
        least = self._threshold.common(len(text.signed.pairs), near.length)
        return near if near.common >= least else None

    def _unlike(
        self, length: int, near: Near | None, vector: Vectors | None, alike: Sequence[int]
    ) -> Verdict:
        """Return the verdict on a text of this length that is no duplicate."""
        if near:
            return self._rejected("rouge_l", near.place, near.score(length))
        if alike and self._paraphrases is not None and vector is not None:
            found = self._paraphrases.closest(vector, alike)
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
        length = len(text.signed.pairs)
        best = self._closest(text, _highest(bounds)).score(length)
        least = np.nextafter(np.float32(best), np.float32(0))  # no rounding leaves one out
        nearest = self._closest(text, (bounds >= least).nonzero()[0].tolist())
        return self._keys[nearest.place], nearest.score(length)

    def _rejected(self, rule: str, place: int, score: Fraction) -> Verdict:
        return Verdict(kept=False, rule=rule, score=score, nearest=self._keys[place])

    def _closest(self, text: Text, places: Sequence[int]) -> Near:
        """Return the nearest of the texts at these places, the first of equals."""
        others = [self._shortlist.texts[place] for place in places]
        found, lcs = closest(text.signed.interned, others)
        return Near(places[found], lcs, len(others[found]))


def _identity(interned: Interned, text: str) -> Identity:
    return interned or (normalised(text),)


def _highest(bounds: npt.NDArray[np.float32]) -> list[int]:
    """Return the places of some high bounds, the highest among them: that of each of 64 parts."""
    width = max(1, len(bounds) // _PARTS)
    rest = len(bounds) // width * width
    parts = bounds[:rest].reshape(-1, width)
    places = parts.argmax(axis=1) + np.arange(0, rest, width)
    return [*places.tolist(), *range(rest, len(bounds))]
