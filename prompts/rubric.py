"""A rubric: the criteria that a judge checks a record by, and where they come from.

    rubric:
      done: The output does all that the instruction asks, with every number it names.
      faithful: Nothing of the input is changed, lost or invented.

A domain that has none is judged by the usual criteria, and by its requirements.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BeforeValidator, Field, StringConstraints

MOST_CRITERIA = 12
"""The most criteria of a rubric."""

_RUBRICS = Path(__file__).parent / "rubrics"


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that a record must meet: its name, and what it asks."""

    name: str
    asks: str


Rubric = Sequence[Criterion]


def _some(given: object) -> object:
    if isinstance(given, Mapping) and not given:
        raise ValueError(
            "there is no criterion: write one or more, each a name and a sentence, such as "
            "done: The output does all that the instruction asks."
        )
    return given


Criteria = Annotated[
    dict[
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)],
        Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)],
    ],
    BeforeValidator(_some),
    Field(max_length=MOST_CRITERIA),
]
"""Criteria as a person writes them: what each asks, by its name."""


def rubric_of(criteria: Mapping[str, str]) -> Rubric:
    """Return the criteria in their order."""
    return tuple(Criterion(name, asks) for name, asks in criteria.items())


def usual_rubric(language: str, requirements: Sequence[str] = ()) -> Rubric:
    """Return the usual criteria, in a template's language, and one for each requirement."""
    usual: dict[str, str] = yaml.safe_load((_RUBRICS / f"{language}.yaml").read_text("utf-8"))
    own = {f"requirement {n}": text for n, text in enumerate(requirements, start=1)}
    return rubric_of({**usual, **own})[:MOST_CRITERIA]
