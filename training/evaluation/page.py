"""The page."""

from collections.abc import Mapping, Sequence
from typing import Any

from training.evaluation.mathematics import Solved
from training.evaluation.pairwise import Compared


def page(results: Mapping[str, Any], compared: Sequence[Compared], solved: Sequence[Solved]) -> str:
    """Return the page."""
    return ""
