"""Texts as vectors of length 1, so that a product of two is their cosine.

The embeddings are passed in: this package knows no models.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from record import Record
from work.ordered import mapped
from work.team import Team

LONGEST = 10_000
"""Characters of a text that are embedded."""

_AT_ONCE = 1024  # lists of numbers take eight times the memory of a matrix

Vectors = npt.NDArray[np.float32]
"""A row for each text, of length 1, or 0 where the embeddings know nothing of it."""


def text_of(record: Record) -> str:
    """Return what is asked: the instruction with its input."""
    return "\n".join(filter(None, (record.instruction, record.input)))


class _Piece(NamedTuple):
    texts: Sequence[str]
    embeddings: Embeddings


def embedded(texts: Sequence[str], embeddings: Embeddings, team: Team | None = None) -> Vectors:
    """Return the vectors of the texts, a row each; a team shares the work."""
    pieces = (
        _Piece([text[:LONGEST] for text in texts[start : start + _AT_ONCE]], embeddings)
        for start in range(0, len(texts), _AT_ONCE)
    )
    found = np.zeros((0, 0), dtype=np.float32)
    for place, block in enumerate(mapped(_vectors, pieces, team)):
        if not place:  # filled block by block: joined at the end they would be in memory twice
            found = np.empty((len(texts), block.shape[1]), dtype=np.float32)
        found[place * _AT_ONCE :][: len(block)] = block
    return found


def _vectors(piece: _Piece) -> Vectors:
    found = piece.embeddings.embed_documents(list(piece.texts))
    return _unit(np.array(found, dtype=np.float32))


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
