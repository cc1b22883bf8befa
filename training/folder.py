"""A training's folder: what it is told, how far it is, and what is written there.

- training.json   what the training is told, its data by hash, and whether it is done
- loss.jsonl      the loss of each step, loss.svg the same as a picture
- recipe/         the same training for TRL's own command, with its data
- README.md       the model card
- config.json, model.safetensors, tokenizer.json …   the model, as transformers reads it
- adapter/        what LoRA trained; the model beside it has it merged in
- checkpoints/    while it trains: what it goes on from
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from errors import InputError
from problems import fault_of
from store.files.folder import DATASET
from store.files.replacing import is_vacant
from store.files.writing import write_text
from training.hyperparameters import Hyperparameters

STATE = "training.json"
LOCK = "training.lock"
CHECKPOINTS = "checkpoints"
ADAPTER = "adapter"
CARD = "README.md"

_LAST_WRITTEN = "trainer_state.json"
"""The last file of a checkpoint that is written: with it, the checkpoint is whole."""

Stage = Literal["new", "begun", "done"]


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of the data: its name and its SHA-256."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Training:
    """What makes a training the one it is: what it is told, and its data."""

    told: Hyperparameters
    data: Sequence[DataFile]
    leaves_out: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as training.json holds it."""
        files = {file.name: file.sha256 for file in self.data}
        return {**self.told.as_json(), "data": files, "leaves_out": self.leaves_out}


def data_files(path: Path) -> list[DataFile]:
    """Return the files that `read_data_set` reads records from, each with its hash."""
    tables = sorted((path / "data").glob("*.parquet")) if path.is_dir() else []
    files = tables or [path / DATASET if path.is_dir() else path]
    return [DataFile(file.name, _sha256(file)) for file in files]


def stage_of(folder: Path, training: Training) -> Stage:
    """Return how far this training is in the folder.

    Raises InputError where the folder holds another training, or anything else.
    """
    try:
        if not folder.exists() or (folder.is_dir() and is_vacant(folder, LOCK)):
            return "new"
    except OSError as error:
        raise InputError(
            f"{folder} cannot be read ({error.strerror}): name another folder with --out"
        ) from error
    if not (folder / STATE).is_file():
        raise InputError(f"{folder} holds something already: name another folder with --out")
    state = _read(folder / STATE)
    wanted = training.as_json()
    if other := next((key for key in wanted if state.get(key) != wanted[key]), None):
        was, now = (_shown(values.get(other), other) for values in (state, wanted))
        difference = f"{other.replace('_', ' ')} {was}, not {now}" if was != now else other
        raise InputError(
            f"{folder} holds another training ({difference}): name another folder with --out"
        )
    return "done" if state.get("done") else "begun"


def newest_checkpoint(folder: Path) -> Path | None:
    """Return the newest checkpoint that is whole, None where there is none."""
    whole = filter(_is_whole, (folder / CHECKPOINTS).glob("checkpoint-*"))
    return max(whole, key=step_of, default=None)


def step_of(checkpoint: Path) -> int:
    """Return the step after which a checkpoint was made."""
    return int(checkpoint.name.partition("-")[2])


def write_state(folder: Path, training: Training, more: Mapping[str, Any]) -> None:
    """Write what the training is told, and how far it is."""
    state = {**training.as_json(), **more}
    write_text(folder / STATE, json.dumps(state, ensure_ascii=False, indent=1) + "\n")


def read_outcome(folder: Path) -> dict[str, Any]:
    """Return what training.json says of a training that is done."""
    return _read(folder / STATE)


def _is_whole(checkpoint: Path) -> bool:
    try:
        json.loads((checkpoint / _LAST_WRITTEN).read_bytes())
    except (OSError, ValueError):
        return False
    return True


def _read(path: Path) -> dict[str, Any]:
    try:
        state = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"{path} cannot be read: {fault_of(error)}: name another folder with --out"
        ) from error
    return state if isinstance(state, dict) else {}


def _shown(value: object, of: str) -> str:
    if value in (None, ""):
        return "none"
    if of == "leaves_out":
        return "the questions of a file"
    return "other data" if isinstance(value, dict) else str(value)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
