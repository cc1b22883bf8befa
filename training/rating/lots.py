"""Lots: whose answer stands on the left, and in which order a rater sees the questions.

Both follow from comparison, rater and question alone, so a restart shows the same.
"""

import hashlib
import json
from collections.abc import Iterable

from training.rating.ratings import Model


def left_side(comparison: str, rater: str, question: str) -> Model:
    """Return whose answer the rater sees on the left."""
    return "ab"[_lot("side", comparison, rater, question)[0] & 1]  # type: ignore[return-value] # one of the two


def drawn_order(comparison: str, rater: str, questions: Iterable[str]) -> list[str]:
    """Return the questions in the order in which the rater sees them."""
    return sorted(questions, key=lambda question: _lot("order", comparison, rater, question))


def _lot(*words: str) -> bytes:
    return hashlib.sha256(json.dumps(words).encode()).digest()
