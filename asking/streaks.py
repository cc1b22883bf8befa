"""Bad answers in a row: from how many on a model is not asked any more."""

from collections.abc import Mapping
from typing import Any

from asking.attempts import is_free
from models.refusal import advice_for

REFUSED = 8
"""An endpoint that refuses so many requests in a row is not asked any more. A prompt that a filter
refuses is no sign of it: others may pass."""

HOPELESS, WORN_OUT = 12, 24
"""A model that gives so many useless answers in a row is not asked any more: its first ones, and
later ones."""


class Streaks:
    """How many answers in a row the endpoint refused, and how many could not be used."""

    def __init__(self) -> None:
        self._refused = 0
        self._useless = 0
        self._was_useful = False

    def begin_anew(self) -> None:
        """Forget all streaks."""
        self._refused = self._useless = 0

    def take_in(self, answer: Mapping[str, Any], *, is_useful: bool, why: str) -> str | None:
        """Take in an answer as it is stored; return why to stop, or None where to go on.

        `why` says why it is not useful.
        """
        self._was_useful |= is_useful
        self._useless = 0 if is_useful else self._useless + 1
        is_refused = is_free(answer) and answer["finish_reason"] != "content_filter"
        self._refused = self._refused + 1 if is_refused else 0
        if self._refused >= REFUSED:
            return (
                f"the endpoint refused {REFUSED} requests in a row, the last one with: {why} "
                f"({advice_for(why)})"
            )
        if self._useless < (WORN_OUT if self._was_useful else HOPELESS):
            return None
        which = "last" if self._was_useful else "first"
        return (
            f"none of the {which} {self._useless} answers could be used, the last one because: "
            f"{why} ({_fix(answer)})"
        )


def _fix(useless: Mapping[str, Any]) -> str:
    if useless["finish_reason"] == "content_filter":
        return "say otherwise what the domain is about, or name another model"
    return "name a larger model" if useless["text"] else "check the base URL"
