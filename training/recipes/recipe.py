"""What a recipe is: the data in the form of one trainer, and the configuration file it takes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from store.formats.format import Rows
from training.hyperparameters import Hyperparameters

DATA = "train.jsonl"
"""The file of the data."""

CONFIG = "config.yaml"
"""The file of the configuration."""

OUTPUT = "model"
"""Where the trainer puts the model, beside the configuration."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the data is written for a trainer, its configuration, and the command that starts it.

    `files` are further JSON files that it reads, by their names.
    """

    write: Callable[[Path, Rows], int]
    config: Callable[[Hyperparameters], Mapping[str, Any]]
    command: str
    files: Mapping[str, Mapping[str, Any]]
