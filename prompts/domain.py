"""A domain: what to explore and what its records must look like, as a person writes it in YAML.

A domain file is untrusted: every string and every list has a largest size, unknown keys are
refused, and an error names the place, the key and what is allowed. The presets lie in `domains/`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from checks import Checks, failed_check
from errors import InputError
from problems import closest, problems_of, shown
from prompts.example import MOST_TURNS, Example, Paragraph, Part, text, turns_range
from prompts.rubric import Criteria
from prompts.yaml_file import read_mapping
from words import clip

EXAMPLE_SHOWN = 60
"""Characters of an example's instruction that an error shows."""

CHECKED = "checked"
"""The context in which a domain is read again whose examples passed their checks before."""

_DOMAINS = Path(__file__).parent / "domains"


Line = Annotated[str, text(120)]
Sentence = Annotated[str, text(300)]


class SeedTask(Part):
    """A representative task of the domain, from which the exploration starts (paper, section 3)."""

    name: Annotated[str, text(80)]
    reason: Sentence
    examples: list[Example] = Field(default=[], max_length=8)


class Span(Part):
    """The shortest and the longest length of a text, in characters, both allowed."""

    min: int = Field(ge=1, le=20_000)
    max: int = Field(ge=1, le=20_000)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"min {self.min} is larger than max {self.max}")
        return self


class Limits(Part):
    """How long the parts of a record may be; `input` holds for records that have one.

    In a conversation `instruction` holds for the user's first message, and its longest for the
    others; `output` holds for each message of the assistant.

    From the `overlap` on, 2·LCS/(m+n) over words, an output is a copy of its input. Without
    it that is 0.75 where an input is required, and 0.95 elsewhere; see store/quality/copied.py.
    """

    instruction: Span = Span(min=10, max=400)
    input: Span = Span(min=2, max=1_500)
    output: Span = Span(min=2, max=2_500)
    overlap: float | None = Field(default=None, gt=0, le=1)


class Domain(Part):
    """A domain: its root task, seeds, and what every record of it must satisfy.

    `task` names the root of the task tree. `topics` are situations that the record prompts rotate
    through, so that a small model does not repeat itself. `spacy_model` is the package that finds
    verbs and nouns for the report, where the language is not English. `output_pattern` is literal
    text that every output must contain, where each `*` stands for at least one character. `checks`
    are what every record must pass, the examples too. `rubric` holds what a judge asks of a
    record. Of two `alternatives` for an output the judge picks one, and the other is kept with it.
    With `turns`, the least and the most messages of the user, the records are conversations.
    `system` is the system prompt of every record.
    """

    name: Annotated[
        str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", min_length=1, max_length=60)
    ]
    task: Annotated[str, text(80)]
    description: Paragraph
    language: Annotated[
        str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=20)
    ] = "en"
    spacy_model: Annotated[
        str, StringConstraints(pattern=r"^([a-z]{2,3}_[a-z0-9_]+)?$", max_length=80)
    ] = ""
    seeds: list[SeedTask] = Field(min_length=1, max_length=20)
    requirements: list[Sentence] = Field(default=[], max_length=12)
    topics: list[Line] = Field(default=[], max_length=200)
    blocked_words: list[Annotated[str, text(60)]] = Field(default=[], max_length=200)
    limits: Limits = Limits()
    input: Literal["optional", "required", "none"] = "optional"
    output_pattern: Annotated[str, text(120, 0)] = ""
    checks: Checks = Checks()
    rubric: Criteria | None = None
    alternatives: Literal[1, 2] = 1
    turns: Annotated[list[int], BeforeValidator(turns_range)] | None = None
    system: Annotated[str, text(1_000, 0)] = ""

    @model_validator(mode="after")
    def _coherent(self, info: ValidationInfo) -> Self:
        names = [seed.name.casefold() for seed in self.seeds]
        twice = [seed.name for seed in self.seeds if names.count(seed.name.casefold()) > 1]
        if twice:
            raise ValueError(f"two seeds are named {twice[0]!r}; give each its own name")
        if self.task.casefold() in names:
            raise ValueError(f"a seed is named like the domain's task, {self.task!r}")
        if len(self.examples) < 2:
            raise ValueError(
                f"the seeds hold {len(self.examples)} examples together; give at least 2"
            )
        self._check_turns()
        if self.input == "required" and not all(example.input for example in self.examples):
            raise ValueError("input is required, but an example has none")
        if self.input == "none" and any(example.input for example in self.examples):
            raise ValueError("input is none, but an example has one")
        for example in () if info.context == CHECKED else self.examples:
            if fault := failed_check(example.record, self.checks):
                named = clip(example.instruction, EXAMPLE_SHOWN)
                raise ValueError(f"the example {named!r} fails checks.{fault[0]}: {fault[1]}")
        return self

    def _check_turns(self) -> None:
        """Raise ValueError where examples are no conversations as asked, or none is asked for."""
        if self.turns and self.input == "required":
            raise ValueError("a conversation has no input: say input: none, or leave turns out")
        if self.turns and (self.alternatives > 1 or self.checks.agreement):
            raise ValueError(
                "alternatives and checks.agreement are for one answer: leave them out, or turns"
            )
        least, most = self.turns or (0, 0)
        for example in self.examples:
            if not least <= len(example.messages) <= most:
                named = clip(example.instruction, EXAMPLE_SHOWN)
                fix = f"write {least} to {most} pairs of user and assistant under its messages"
                raise ValueError(
                    f"the example {named!r} has {len(example.messages)} user turns: "
                    + (fix if self.turns else f"add turns: [1, {MOST_TURNS}] to the domain")
                )

    @property
    def examples(self) -> tuple[Example, ...]:
        """Every example of every seed, in the order of the file."""
        return tuple(example for seed in self.seeds for example in seed.examples)


def preset_names() -> list[str]:
    """Return the names of the presets, in alphabetical order; no preset is read."""
    return sorted(path.stem for path in _DOMAINS.glob("*.yaml"))


def presets() -> dict[str, str]:
    """Return the name of every preset with a description of one line, in alphabetical order."""
    domains = [load_preset(name) for name in preset_names()]
    return {
        domain.name: f"{domain.task}: {domain.description.splitlines()[0]}" for domain in domains
    }


def load_preset(name: str) -> Domain:
    """Return the preset of this name.

    Reads no file a caller could choose, so a name from the network is safe here. Raises InputError
    naming the presets and the closest one.
    """
    names = preset_names()
    if name not in names:
        raise InputError(
            f"unknown domain {shown(name)}{closest(name, names)}; presets: {', '.join(names)} "
            "(or give a YAML file)"
        )
    return _read(_DOMAINS / f"{name}.yaml")


def load_domain(name_or_path: str) -> Domain:
    """Return the preset of this name, or the domain in this YAML file.

    Raises InputError for an unknown preset, an unreadable file, broken YAML (line and column), and
    for a wrong key or value (its path, and what is allowed).
    """
    path = Path(name_or_path)
    if path.suffix.lower() in {".yaml", ".yml"} or len(path.parts) > 1 or _is_file(path):
        return _read(path)
    return load_preset(name_or_path)


def parse_domain(data: Mapping[str, Any], where: str) -> Domain:
    """Return the domain in `data`; `where` opens an error's message (a file's name, "domain").

    Raises InputError that names up to three wrong keys, by their path, and what is allowed there.
    """
    try:
        return Domain.model_validate(dict(data))
    except ValidationError as invalid:
        problems = problems_of(invalid, Domain)
    raise InputError(f"{where}: {problems}")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # no name that a file could have
        return False


def _read(path: Path) -> Domain:
    return parse_domain(read_mapping(path), str(path))
