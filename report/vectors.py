"""Texts as vectors of length 1, so that a product of two is their cosine.

The embeddings are passed in: this package knows no models.
"""

from collections.abc import Iterable
from itertools import islice

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from record import Record

LONGEST = 10_000
"""Characters of a text that are embedded."""

_AT_ONCE = 1024  # lists of numbers take eight times the memory of a matrix

Vectors = npt.NDArray[np.float32]
"""A row for each text, of length 1, or 0 where the embeddings know nothing of it."""


def text_of(record: Record) -> str:
    """Return what is asked: the instruction with its input."""
    return "\n".join(filter(None, (record.instruction, record.input)))


def embedded(texts: Iterable[str], embeddings: Embeddings) -> Vectors:
    """Return the vectors of the texts, a row each."""
    blocks = [np.zeros((0, 0), dtype=np.float32)]
    rest = iter(texts)
    while block := [text[:LONGEST] for text in islice(rest, _AT_ONCE)]:
        blocks.append(_unit(np.array(embeddings.embed_documents(block), dtype=np.float32)))
    return np.concatenate(blocks[1:] or blocks)


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
