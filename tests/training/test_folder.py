"""A training's folder: new, begun or done, and in use by others."""

from dataclasses import replace
from pathlib import Path

import pytest

from errors import InputError
from training.folder import Training, data_files, stage_of, write_state
from training.hyperparameters import Hyperparameters, check


@pytest.fixture
def training(tmp_path: Path) -> Training:
    (tmp_path / "data.jsonl").write_text('{"instruction": "Sort."}\n')
    return Training(Hyperparameters("a/b"), data_files(tmp_path / "data.jsonl"))


def test_a_training_is_new_then_begun_then_done(tmp_path: Path, training: Training) -> None:
    folder = tmp_path / "out"
    assert stage_of(folder, training) == "new"
    folder.mkdir()
    (folder / "training.lock").touch()
    assert stage_of(folder, training) == "new"
    write_state(folder, training, {"done": False})
    assert stage_of(folder, training) == "begun"
    write_state(folder, training, {"done": True, "steps": 3})
    assert stage_of(folder, training) == "done"
    named = replace(training, told=replace(training.told, learning_rate=training.told.rate))
    assert stage_of(folder, named) == "done"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"seed": 7}, "seed 0, not 7"),
        ({"method": "full"}, "method lora, not full"),
        ({"max_steps": 5}, "max steps none, not 5"),
        ({"learning_rate": 1e-3}, "learning rate 0.0002, not 0.001"),
    ],
)
def test_another_training_is_refused(
    tmp_path: Path, training: Training, change: dict[str, object], told: str
) -> None:
    write_state(tmp_path, training, {"done": False})
    other = replace(training, told=replace(training.told, **change))  # type: ignore[arg-type]
    with pytest.raises(InputError, match=f"holds another training .{told}"):
        stage_of(tmp_path, other)


def test_other_data_is_refused(tmp_path: Path, training: Training) -> None:
    write_state(tmp_path, training, {"done": True})
    (tmp_path / "data.jsonl").write_text('{"instruction": "Sort!"}\n')
    other = replace(training, data=data_files(tmp_path / "data.jsonl"))
    with pytest.raises(InputError, match=r"another training \(data\): name another folder"):
        stage_of(tmp_path, other)


@pytest.mark.parametrize("content", ["{", "[" * 100_000, ""])
def test_what_is_no_training_is_refused(tmp_path: Path, training: Training, content: str) -> None:
    with pytest.raises(InputError, match="holds something already"):
        stage_of(tmp_path, training)
    with pytest.raises(InputError, match="holds something already"):
        stage_of(tmp_path / "data.jsonl", training)
    (tmp_path / "training.json").write_text(content)
    with pytest.raises(InputError, match="cannot be read"):
        stage_of(tmp_path, training)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (Hyperparameters(method="lorra"), r"--method 'lorra' .*mean 'lora'.*name full or lora"),
        (Hyperparameters(reasoning="all"), "name none, inline or field"),  # type: ignore[arg-type]
        (Hyperparameters(learning_rate=0.0), "--learning-rate 0: give a number above 0"),
        (Hyperparameters(learning_rate=float("nan")), "--learning-rate nan"),
        (Hyperparameters(seed=-1), "--seed -1: give a number from 0"),
    ],
)
def test_hyperparameters_that_cannot_be_are_refused(told: Hyperparameters, why: str) -> None:
    with pytest.raises(InputError, match=why):
        check(told)
