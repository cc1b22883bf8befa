"""Which runs a sweep is made of: every combination, its name, its domain, its settings."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from errors import InputError
from nodes.settings import Settings
from problems import problem_of
from prompts.domain import Domain, load_domain, preset_names
from search.table import STRATEGIES
from sweep.file import NAME, SweepFile
from sweep.shares import shares

OF_A_JUDGE = ("judge_base_url", "judge_threshold", "revise")
"""Settings that mean nothing without a judge."""


@dataclass(frozen=True, slots=True)
class Key:
    """By what a run differs from the others of its sweep; `model` is "" where none is named."""

    domain: str
    model: str
    strategy: str
    seed: int


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a sweep: the name of its folder, what it explores, and the settings asked for.

    In the settings its share of the sweep's caps is a cap of its own.
    """

    key: Key
    name: str
    domain: Domain
    settings: Settings


def planned(file: SweepFile, source: Path) -> list[Run]:
    """Return all runs of the sweep in this file: all strategies of a seed before the next seed.

    Domain files are named relative to it. Raises InputError, which names the run, where the
    settings of one cannot be used.
    """
    domains = _domains(file, source)
    models = _models(file, source)
    share = shares(file, source)
    _check_once(file, source, models, share)
    _check_used(file, source)
    axes = product(file.seeds, domains, models, file.strategies)
    runs = []
    for seed, domain, model, strategy in axes:
        key = Key(domain, model, strategy, seed)
        name = "-".join([domain, *[model][: len(models) > 1], strategy, f"seed{seed}"])
        options = {**file.settings, **models[model], **share, "strategy": strategy, "seed": seed}
        runs.append(Run(key, name, domains[domain], _settings(f"{source}: {name}", options)))
    _check_names([run.name for run in runs], source)
    return runs


def _settings(place: str, options: Mapping[str, Any]) -> Settings:
    """Return a run's settings, without those that its strategy has no use for."""
    unused = STRATEGIES[options["strategy"]].unused
    try:
        settings = Settings.model_validate({k: v for k, v in options.items() if k not in unused})
    except ValidationError as error:
        raise InputError(f"{place}: {problem_of(error)}") from error
    if settings.judge_model is None:
        for name in OF_A_JUDGE:
            if getattr(settings, name) != Settings.model_fields[name].default:
                raise InputError(f"{place}: {name} means nothing without a judge_model")
    return settings


def _domains(file: SweepFile, source: Path) -> dict[str, Domain]:
    """Return the domains by their own names."""
    found: dict[str, Domain] = {}
    for entry in file.domains:
        try:
            domain = load_domain(entry if entry in preset_names() else _beside(source, entry))
        except InputError as error:
            raise InputError(f"{source}: domains: {error}") from error
        if domain.name in found:
            raise InputError(
                f"{source}: domains: two are named {domain.name!r}; give each its own name"
            )
        found[domain.name] = domain
    return found


def _beside(source: Path, entry: str) -> str:
    """Return the place of a file that is named relative to another; what is none stays."""
    is_file = Path(entry).suffix.lower() in {".yaml", ".yml"} or len(Path(entry).parts) > 1
    return str(source.parent / entry) if is_file else entry


def _models(file: SweepFile, source: Path) -> dict[str, dict[str, Any]]:
    """Return the settings of each model, by what it is called."""
    found: dict[str, dict[str, Any]] = {}
    for place, entry in enumerate(file.models):
        named = entry.get(NAME) or entry.get("model") or entry.get("write_model") or ""
        label = _slug(str(named))
        if entry and not label:
            raise InputError(f"{source}: models[{place}]: give it a {NAME}")
        if label in found:
            raise InputError(
                f"{source}: models: two are called {label!r}; give each a {NAME} of its own"
            )
        found[label] = {key: value for key, value in entry.items() if key != NAME}
    return found


def _slug(name: str) -> str:
    """Return a model's name as part of a folder's: `qwen2.5-7b` of `openai:Qwen/Qwen2.5-7B`."""
    last = re.split(r"[:/\\]", name.strip().strip("/"))[-1].lower()
    return re.sub(r"[^a-z0-9.]+", "-", last).strip("-.")[:60]


def _check_once(
    file: SweepFile,
    source: Path,
    models: Mapping[str, Mapping[str, Any]],
    share: Mapping[str, object],
) -> None:
    """Raise InputError where a setting is named at two places, so that one would be ignored."""
    for model, options in models.items():
        for name in options:
            if name in file.settings:
                raise InputError(
                    f"{source}: {name} is named under settings and for the model {model}: leave "
                    "one out"
                )
    for name in share:
        if name in file.settings or any(name in options for options in models.values()):
            raise InputError(
                f"{source}: {name} is named for the whole sweep, and for each run: leave one out"
            )


def _check_used(file: SweepFile, source: Path) -> None:
    """Raise InputError for a setting that means nothing to any of the strategies."""
    for name in file.settings:
        if all(name in STRATEGIES[strategy].unused for strategy in file.strategies):
            raise InputError(
                f"{source}: settings: {name} means nothing to {' and '.join(file.strategies)}: "
                "leave it out"
            )


def _check_names(names: Sequence[str], source: Path) -> None:
    taken = set[str]()
    for name in names:
        if name in taken:
            raise InputError(
                f"{source}: two runs would be called {name}: give a model another {NAME}"
            )
        taken.add(name)
