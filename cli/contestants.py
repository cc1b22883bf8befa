"""The models that `evaluate` compares, from the words of a person to what can be asked."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from errors import InputError
from models.endpoint import EMBEDDED, choose
from models.urls import shown_url
from nodes.prepare import check_price
from nodes.settings import Settings
from training.evaluation.contestant import Side
from training.evaluation.folder import FOLDER, fingerprint, is_model, packaged_folder
from training.hyperparameters import EMBEDDED_BASE
from training.pairs import read_answers

_DATA = {".jsonl", ".json", ".csv", ".tsv", ".parquet", ".gz"}


@dataclass(frozen=True)
class Named:
    """A model as it was named: by which option, and what it is.

    `settings` are those that an endpoint is asked by, `path` is the file or the folder.
    """

    side: Side
    option: str
    name: str
    kind: Literal["file", "folder", "endpoint"]
    settings: Settings
    path: Path

    @property
    def model(self) -> str:
        """What the journal calls it."""
        return str(self.settings.model)

    @property
    def base_url(self) -> str | None:
        """Where an endpoint is asked, "" for its provider's own place; None for what is none."""
        if self.kind != "endpoint":
            return None
        return shown_url(self.settings.base_url or "")

    def told_beside(self, models: Sequence["Named"]) -> str:
        """Return its name, with its base URL where several of the models have one name."""
        alike = [model for model in models if model.name == self.name]
        return f"{self.name} at {self.base_url}" if self.base_url and len(alike) > 1 else self.name

    @cached_property
    def written(self) -> Mapping[str, str]:
        """The answers in a file, by the keys of their questions."""
        if self.kind != "file":
            return {}
        return {key: record.output for key, record in read_answers(self.path).items()}

    @cached_property
    def content(self) -> str | None:
        """What tells a file or folder from others at the same place."""
        if self.kind == "folder":
            return fingerprint(self.path)
        if self.kind == "file":
            return hashlib.sha256(self.path.read_bytes()).hexdigest()[:12]
        return None


def named(side: Side, name: str, base_url: str | None, settings: Settings) -> Named:
    """Return what a person named as A or B. Raises InputError where it is nothing that answers."""
    option = "--model" if side == "a" else "--against"
    packaged = name == EMBEDDED_BASE
    path = packaged_folder() if packaged else Path(name)
    kind = "folder" if packaged else _kind(option, name, path)
    if kind != "endpoint":
        if base_url is not None:
            raise InputError(
                f"{option} {name} is a {kind}, which is not asked at a base URL: leave "
                f"{_url_option(side)} out"
            )
        known = {"model": f"{FOLDER}{path}" if kind == "folder" else None, "base_url": None}
        return Named(side, option, name, kind, settings.model_copy(update=known), path)
    return Named(side, option, name, kind, asked_at(name, base_url, settings), path)


def asked_at(model: str, base_url: str | None, settings: Settings) -> Settings:
    """Return the settings by which a model is asked, at temperature 0.

    Raises InputError where dollars are capped and its price is not known.
    """
    choice = choose(model, base_url, os.environ)
    at = {"model": choice.model, "base_url": choice.base_url, "temperature": 0.0}
    asked = settings.model_copy(update=at | {"judge_model": None, "judge_base_url": None})
    check_price(asked)
    return asked


def check_base_url(side: Side, name: str | None, base_url: str | None) -> None:
    """Raise InputError for a base URL without a model."""
    if base_url is not None and name is None:
        option = "--model" if side == "a" else "--against"
        raise InputError(
            f"{_url_option(side)} {shown_url(base_url)} has no model: name it with {option} "
            "openai:NAME"
        )


def _url_option(side: Side) -> str:
    return "--base-url" if side == "a" else "--against-base-url"


def _kind(option: str, name: str, path: Path) -> Literal["file", "folder", "endpoint"]:
    if path.is_dir():
        if not is_model(path):
            raise InputError(
                f"{option} {name} holds no model (config.json is missing): name the folder that "
                "train wrote, or a file of answers"
            )
        return "folder"
    if path.suffix == ".gguf" and not name.startswith("embedded:"):
        raise InputError(f"{option} {name}: name a GGUF file as embedded:{name}")
    if path.is_file():
        return "file"
    if path.suffix.lower() in _DATA or name.startswith(("/", "./", "../", "~")):
        raise InputError(f"{option} {name}: there is no such file or folder: see its path")
    if ":" not in name and name != EMBEDDED:
        raise InputError(
            f"{option} {name}: there is no such file or folder; a model is PROVIDER:NAME, for "
            f"example openai:{name}"
        )
    return "endpoint"
