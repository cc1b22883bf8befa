"""The recipes in one table, by the names that a person gives, and what writes them."""

import json
from collections.abc import Mapping
from pathlib import Path

import yaml

from errors import InputError
from store.files.replacing import is_draft, replacing_folder
from store.files.writing import write_text
from store.formats.format import Rows
from training.hyperparameters import Hyperparameters
from training.recipes.axolotl import AXOLOTL
from training.recipes.llama_factory import LLAMA_FACTORY
from training.recipes.recipe import CONFIG, DATA, Recipe
from training.recipes.trl import TRL

RECIPES: Mapping[str, Recipe] = {"trl": TRL, "axolotl": AXOLOTL, "llama-factory": LLAMA_FACTORY}


def write_recipe(name: str, out: Path, rows: Rows, told: Hyperparameters) -> int:
    """Write the data and the configuration into a folder; return how many rows the data has.

    Raises InputError where the folder is in use or cannot be made, and for data without answers.
    """
    if out.exists() and (not out.is_dir() or not all(map(is_draft, out.iterdir()))):
        raise InputError(f"{out} holds something already: name another folder with --out")
    recipe = RECIPES[name]
    config = yaml.safe_dump(dict(recipe.config(told)), sort_keys=False, allow_unicode=True)
    try:
        with replacing_folder(out.resolve()) as made:
            written = recipe.write(made / DATA, rows)
            if not written:
                raise InputError(f"there is no answer to train on in {out}: export other records")
            write_text(made / CONFIG, f"# In this folder: {recipe.command}\n{config}")
            for file, content in recipe.files.items():
                write_text(made / file, json.dumps(content, indent=2) + "\n")
    except OSError as error:
        raise InputError(f"{out} cannot be made: {error.strerror}") from error
    return written
