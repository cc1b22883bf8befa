"""Recipes: the data and the configuration of each trainer, and what is no recipe's place."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from errors import InputError
from record import Record, row_of
from training.hyperparameters import Hyperparameters
from training.recipes.table import RECIPES, write_recipe

TALK = [
    {"role": "user", "content": "Hello"},
    {"role": "assistant", "content": "Hi"},
    {"role": "user", "content": "Bye"},
    {"role": "assistant", "content": "See you"},
]
ROWS = [
    row_of(Record("Sort.", "b a", "a b", {"system": "Be exact."}, id="1")),
    row_of(Record("Hello", output="See you", more={"messages": TALK}, id="2")),
]


def written(folder: Path, name: str, told: Hyperparameters) -> tuple[dict[str, Any], list[Any]]:
    """Return the configuration and the rows of the data."""
    write_recipe(name, folder / name, ROWS, told)
    config = yaml.safe_load((folder / name / "config.yaml").read_text("utf-8"))
    lines = (folder / name / "train.jsonl").read_text("utf-8").splitlines()
    return config, [json.loads(line) for line in lines]


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_what_was_told(tmp_path: Path, name: str) -> None:
    told = Hyperparameters("a/b", "full", epochs=2, max_steps=7, learning_rate=1e-4, seed=5)
    config, rows = written(tmp_path, name, told)
    assert rows
    values = list(config.values())
    assert all(value in values for value in ("a/b", 2, 7, 1e-4, 5, 2048, 8))
    assert not any(key.startswith("lora") or key in {"adapter", "use_peft"} for key in config)


@pytest.mark.parametrize("name", ["axolotl", "llama-factory"])
def test_chats_are_written_whole(tmp_path: Path, name: str) -> None:
    _, rows = written(tmp_path, name, Hyperparameters())
    assert [len(row["messages"]) for row in rows] == [3, 4]
    assert rows[1]["messages"] == TALK


def test_trl_gets_an_example_for_each_answer(tmp_path: Path) -> None:
    _, rows = written(tmp_path, "trl", Hyperparameters())
    assert [row["completion"][0]["content"] for row in rows] == ["a b", "Hi", "See you"]
    assert rows[2]["prompt"] == TALK[:3]


def test_llama_factory_knows_its_data(tmp_path: Path) -> None:
    config, _ = written(tmp_path, "llama-factory", Hyperparameters())
    info = json.loads((tmp_path / "llama-factory" / "dataset_info.json").read_text("utf-8"))
    assert info[config["dataset"]]["file_name"] == "train.jsonl"


def test_nothing_half_made_is_left(tmp_path: Path) -> None:
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "mine").touch()
    with pytest.raises(InputError, match="used holds something already"):
        write_recipe("trl", tmp_path / "used", ROWS, Hyperparameters())
    with pytest.raises(InputError, match="no answer to train on"):
        write_recipe("trl", tmp_path / "new", [row_of(Record("Sort."))], Hyperparameters())
    assert [path.name for path in tmp_path.iterdir()] == ["used"]
