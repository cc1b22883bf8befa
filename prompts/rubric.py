"""A rubric: the criteria that a judge checks a record by, and where they come from.

    rubric:
      done: The output does all that the instruction asks, with every number it names.
      faithful: Nothing of the input is changed, lost or invented.

A domain that has none is judged by the usual criteria, and by its requirements.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BeforeValidator

from problems import shown

MOST_CRITERIA = 12
"""The most criteria of a rubric."""

_USUAL: dict[str, dict[str, str]] = {
    file.stem: yaml.safe_load(file.read_text("utf-8"))
    for file in sorted((Path(__file__).parent / "rubrics").glob("*.yaml"))
}


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that a record must meet: its name, and what it asks."""

    name: str
    asks: str


Rubric = Sequence[Criterion]


LONGEST_NAME, LONGEST_SENTENCE = 40, 300
"""Characters of a criterion's name, and of what it asks."""

_WRITTEN = "each a name and a sentence, such as done: The output does all that is asked."


def _criteria(given: object) -> object:
    """Return the criteria, blanks cut off. Raises ValueError for what is wrong, with the fix."""
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise ValueError(f"{shown(given)} holds no criteria: write one or more, {_WRITTEN}")  # noqa: TRY004 - for pydantic
    if not given:
        raise ValueError(f"there is no criterion: write one or more, {_WRITTEN}")
    if len(given) > MOST_CRITERIA:
        raise ValueError(f"{len(given)} criteria: give {MOST_CRITERIA} at most")
    criteria = dict(_criterion(name, asks) for name, asks in given.items())
    names = Counter(str(name).strip().casefold() for name in given)
    for name in criteria:
        if names[name.casefold()] > 1:
            raise ValueError(f"two criteria are named {name!r}: give each its own name")
    return criteria


def _criterion(name: object, asks: object) -> tuple[str, str]:
    if not isinstance(name, str):
        raise ValueError(f"{shown(name)} is no name: put it into quotation marks")  # noqa: TRY004
    if not isinstance(asks, str):
        raise ValueError(f"{name}: {shown(asks)} is no sentence: write what it asks")  # noqa: TRY004
    name, asks = name.strip(), asks.strip()
    if set(name) & set(":;"):
        raise ValueError(f"{shown(name)}: a name without a colon and a semicolon, please")
    for what, text, most in (("name", name, LONGEST_NAME), ("sentence", asks, LONGEST_SENTENCE)):
        if not text:
            raise ValueError(f"{name or 'a criterion'} has no {what}: write one, {_WRITTEN}")
        if len(text) > most:
            raise ValueError(f"{shown(name)}: a {what} of {len(text)} characters: {most} at most")
    return name, asks


Criteria = Annotated[dict[str, str], BeforeValidator(_criteria)]
"""Criteria as a person writes them: what each asks, by its name."""


def rubric_of(criteria: Mapping[str, str]) -> Rubric:
    """Return the criteria in their order."""
    return tuple(Criterion(name, asks) for name, asks in criteria.items())


def usual_rubric(language: str, requirements: Sequence[str] = ()) -> Rubric:
    """Return the usual criteria, in a template's language, and one for each requirement."""
    own = {f"requirement {n}": text for n, text in enumerate(requirements, start=1)}
    return rubric_of({**_USUAL[language], **own})[:MOST_CRITERIA]
