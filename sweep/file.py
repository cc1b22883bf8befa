"""SWEEP.yaml: which runs a sweep is made of, as a person writes it.

It is read as a domain file is: every list has a largest size, unknown keys are refused, and an
error names the key and what is allowed.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from errors import InputError
from nodes.fields import present_strategy
from nodes.settings import Settings
from problems import closest, problems_of, shown
from prompts.yaml_file import read_mapping

MOST_RUNS = 1_000
"""The most runs of one sweep."""

NAME = "name"
"""The key of a model's entry that says what it is called in folders and tables."""

ELSEWHERE = {
    "strategy": "list it under strategies",
    "seed": "list it under seeds",
    "review": "a sweep waits for nobody; leave it out",
}
"""Settings that are not named under `settings`, and what to do instead."""


def _of_a_run(given: dict[str, Any]) -> dict[str, Any]:
    """Return settings whose names are those of a run. Their values are checked run by run."""
    for name in given:
        if name in ELSEWHERE:
            raise ValueError(f"{name}: {ELSEWHERE[name]}")
        if name not in Settings.model_fields:
            among = closest(str(name), Settings.model_fields)
            raise ValueError(f"unknown setting {shown(name)}{among}; all are options of run")
    return given


def _as_entry(given: object) -> object:
    """Return a model's entry of a name alone as the mapping that it stands for."""
    return {"model": given} if isinstance(given, str) else given


def _model_entry(given: dict[str, Any]) -> dict[str, Any]:
    _of_a_run({name: value for name, value in given.items() if name != NAME})
    return given


def _each_once(given: list[Any]) -> list[Any]:
    twice = [item for item in given if given.count(item) > 1]
    if twice:
        raise ValueError(f"{shown(twice[0])} stands here twice")
    return given


Options = Annotated[dict[str, Any], Field(max_length=60), AfterValidator(_of_a_run)]
Entry = Annotated[
    dict[str, Any], BeforeValidator(_as_entry), Field(max_length=60), AfterValidator(_model_entry)
]
DomainName = Annotated[str, Field(min_length=1, max_length=500)]
Strategy = Annotated[str, BeforeValidator(present_strategy)]
Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
Count = Annotated[int, Field(ge=1, le=10**15)]
Amount = Annotated[float, Field(gt=0, le=10**9, allow_inf_nan=False)]


class SweepFile(BaseModel):
    """What SWEEP.yaml says: every combination of domain, model, strategy and seed is a run.

    The caps (`max_calls` to `max_minutes`) and `records` are of the whole sweep; those of every
    single run stand under `settings`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    domains: Annotated[list[DomainName], AfterValidator(_each_once)] = Field(
        min_length=1, max_length=100
    )
    strategies: Annotated[list[Strategy], AfterValidator(_each_once)] = Field(
        min_length=1, max_length=50
    )
    seeds: Annotated[list[Seed], AfterValidator(_each_once)] = Field(
        [0], min_length=1, max_length=MOST_RUNS
    )
    models: list[Entry] = Field([{}], min_length=1, max_length=100)
    settings: Options = {}
    max_calls: Count | None = None
    max_tokens: Count | None = None
    max_usd: Amount | None = None
    max_minutes: Amount | None = None
    records: Count | None = None
    questions: str | None = Field(None, min_length=1, max_length=500)
    questions_field: str | None = None
    questions_cosine: Annotated[float, Field(gt=0, le=1)] | None = None

    @property
    def runs(self) -> int:
        """How many runs there are."""
        return len(self.domains) * len(self.models) * len(self.strategies) * len(self.seeds)

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if self.runs > MOST_RUNS:
            raise ValueError(
                f"{len(self.domains)} domains × {len(self.models)} models × "  # noqa: RUF001 - times
                f"{len(self.strategies)} strategies × {len(self.seeds)} seeds are "  # noqa: RUF001
                f"{self.runs:,} runs: list fewer, {MOST_RUNS:,} at most"
            )
        return self


def read_sweep(path: Path) -> SweepFile:
    """Return what a sweep's file says.

    Raises InputError where it cannot be read, and for a wrong key or value (its path, and what is
    allowed).
    """
    return sweep_of(read_mapping(path, "a sweep", "domains, strategies, seeds"), str(path))


def sweep_of(content: Mapping[Any, Any], source: str) -> SweepFile:
    """Return the sweep that this content describes. Raises InputError, which names the source."""
    try:
        return SweepFile.model_validate({str(key): value for key, value in content.items()})
    except ValidationError as invalid:
        raise InputError(f"{source}: {problems_of(invalid, SweepFile)}") from invalid
