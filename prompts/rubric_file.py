"""Where a rubric for data of any kind comes from: a file, a preset, the run's own domain."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from errors import InputError
from problems import problem_of
from prompts.domain import Domain, load_preset, parse_domain, preset_names
from prompts.judging import domain_rubric
from prompts.language import template_language
from prompts.rubric import Criteria, Rubric, rubric_of, usual_rubric
from prompts.yaml_file import read_mapping

Judging = tuple[Rubric, str]
"""A rubric, and the language of the words to the judge."""


class _Alone(BaseModel):
    """A file with a rubric and nothing else."""

    model_config = ConfigDict(extra="forbid")

    rubric: Criteria
    language: str = "en"


def read_rubric(named: str) -> Judging:
    """Return the rubric of a preset, of a domain file, or of a file that holds a rubric alone.

    Raises InputError for a file that holds none, with the place.
    """
    if named in preset_names():
        return rubric_of_domain(load_preset(named))
    path = Path(named)
    content = read_mapping(path)
    if "seeds" in content or "task" in content:
        return rubric_of_domain(parse_domain(content, str(path)))
    try:
        alone = _Alone.model_validate(content)
    except ValidationError as error:
        raise InputError(f"{path}: {problem_of(error)}") from error
    return rubric_of(alone.rubric), alone.language


def rubric_of_domain(domain: Domain) -> Judging:
    """Return the domain's rubric, or the usual one with its requirements."""
    return domain_rubric(domain), domain.language


def usual(language: str = "en", requirements: Sequence[str] = ()) -> Judging:
    """Return the usual rubric, for data of which no domain is known."""
    return usual_rubric(template_language(language), requirements), language
