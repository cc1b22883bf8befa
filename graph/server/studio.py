"""The settings as Studio shows them: the same fields, which need not agree with each other yet."""

from typing import Self

from pydantic import model_validator

from nodes.settings import Settings


class Context(Settings):
    """What steers a run; every field has a default."""

    @model_validator(mode="after")
    def _breadth_fits_depth(self) -> Self:
        """Leave breadth and depth alone: they are to agree once they are with the run's own."""
        return self
