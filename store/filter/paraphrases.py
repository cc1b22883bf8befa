"""The semantic rule: texts that say the same in other words, by the cosine of their embeddings.

It is off unless a threshold is set: it depends on a model, and makes that model's errors. FAISS
finds candidates by an inner product of 32-bit vectors, with a margin for its rounding. The same
product in 64 bits, one pair at a time and rounded to six digits, decides, so that a verdict does
not depend on how many texts are judged at once.
"""

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import faiss
import numpy as np
import numpy.typing as npt

from errors import InputError

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings

Vectors = npt.NDArray[np.float32]

_MARGIN, _DIGITS = 1e-4, 6


class Paraphrases:
    """Embeddings of texts by their places (0, 1, 2, …); `threshold` on the cosine in (0, 1].

    Raises InputError for any other threshold.
    """

    def __init__(self, embeddings: "Embeddings", threshold: float) -> None:
        if not 0 < threshold <= 1:
            raise InputError(
                f"semantic threshold {threshold}: give a number above 0 and at most 1, such as 0.9"
            )
        self.threshold = threshold
        self._embeddings = embeddings
        self._index: faiss.IndexFlatIP | None = None

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return a row of length 1 for every text (of length 0 where nothing is known of it)."""
        vectors = np.array(self._embeddings.embed_documents(list(texts)), dtype=np.float32)
        vectors = vectors.reshape(len(texts), -1)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)

    def add(self, vectors: Vectors) -> None:
        """Add rows at the next places."""
        if self._index is None:
            self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)

    def of_many(self, vectors: Vectors) -> dict[int, list[int]]:
        """Return by row, if any, the places of all that could reach the threshold with it."""
        if self._index is None or not len(vectors):
            return {}
        return _near(self._index, vectors, self.threshold)

    def within(self, vectors: Vectors, members: Sequence[int]) -> dict[int, list[int]]:
        """Return by row, if any, the members before it that could reach the threshold with it.

        Members are rows of the same matrix, by their positions.
        """
        if not members:
            return {}
        block = faiss.IndexFlatIP(vectors.shape[1])
        block.add(vectors[list(members)])
        return {
            row: [members[n] for n in found if members[n] < row]
            for row, found in _near(block, vectors, self.threshold).items()
        }

    def closest(self, vector: Vectors, places: Sequence[int]) -> tuple[int, Fraction] | None:
        """Return the first of the nearest of these places and its cosine, if it is near enough."""
        if self._index is None or not places:
            return None
        row = vector.astype(np.float64)
        others = (np.asarray(self._index.reconstruct(place), dtype=np.float64) for place in places)
        cosines = [round(float(np.dot(row, other)), _DIGITS) for other in others]
        best = max(cosines)
        if best < self.threshold:
            return None
        return places[cosines.index(best)], Fraction(str(best))


def _near(index: faiss.IndexFlatIP, vectors: Vectors, threshold: float) -> dict[int, list[int]]:
    limits, _, places = index.range_search(vectors, threshold - _MARGIN)
    bounds = limits.astype(np.int64).tolist()
    return {
        row: sorted(places[start:stop].tolist())
        for row, (start, stop) in enumerate(itertools.pairwise(bounds))
        if stop > start
    }
