"""Each recipe is read by its trainer's own schema, in an environment with its own packages."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from record import Record, row_of
from training.hyperparameters import LEARNING_RATES, Hyperparameters
from training.recipes.table import write_recipe

BUILD = Path(__file__).resolve().parents[3] / "build" / "trainers"

AXOLOTL = """
from axolotl.utils.schemas.config import AxolotlInputConfig
from axolotl.utils.schemas.datasets import SFTDataset

unknown = set(config) - set(AxolotlInputConfig.model_fields)
unknown |= set(config["datasets"][0]) - set(SFTDataset.model_fields)
assert not unknown, unknown
read = AxolotlInputConfig(**config)
assert read.learning_rate == RATE and read.sequence_len == 2048, read
assert read.datasets[0].roles_to_train == ["assistant"], read.datasets
"""

LLAMA_FACTORY = """
import sys
import types

import llamafactory
from llamafactory.hparams import get_train_args

package = types.ModuleType("llamafactory.data")  # its own asks for audio and video libraries
package.__path__ = [llamafactory.__path__[0] + "/data"]
sys.modules["llamafactory.data"] = package
from llamafactory.data.parser import get_dataset_list

config["bf16"] = False  # it asks for a GPU
model, data, training, tuning, _ = get_train_args(config)
assert model.model_name_or_path == "a/b"
assert data.cutoff_len == 2047  # one less where it packs
assert training.learning_rate == RATE and tuning.finetuning_type == METHOD
(found,) = get_dataset_list(data.dataset, data.dataset_dir)
assert found.dataset_name == "train.jsonl" and found.formatting == "sharegpt"
assert found.role_tag == "role" and found.messages == "messages"
"""

TRL = """
import trl

config["bf16"], config["use_cpu"] = False, True
parser = trl.TrlParser(
    (trl.ScriptArguments, trl.SFTConfig, trl.ModelConfig, trl.DatasetMixtureConfig)
)
_, training, model, mixture = parser.parse_dict(config)
assert training.learning_rate == RATE and model.use_peft == (METHOD == "lora")
read = trl.get_dataset(mixture)["train"]
assert read[0]["completion"] == [{"role": "assistant", "content": "a b"}], read[0]
"""

SCHEMAS = {"axolotl": AXOLOTL, "llama-factory": LLAMA_FACTORY, "trl": TRL}


def python_of(name: str) -> str:
    """Return the interpreter that has the trainer."""
    if name == "trl":
        pytest.importorskip("trl", reason="needs pip install '.[training]'")
        return sys.executable
    folder = BUILD / name
    if not (folder / ".ready").is_file():
        pytest.skip(f"needs make build/trainers/{name}/.ready")
    return str(folder / "bin" / "python")


@pytest.mark.slow
@pytest.mark.parametrize("method", LEARNING_RATES)
@pytest.mark.parametrize("name", SCHEMAS)
def test_the_trainer_reads_its_recipe(tmp_path: Path, name: str, method: str) -> None:
    python, told = python_of(name), Hyperparameters(base="a/b", method=method)
    rows = [row_of(Record("Sort.", "b a", "a b", id="1"))]
    write_recipe(name, tmp_path / "recipe", rows, told)
    read = "import yaml\nconfig = yaml.safe_load(open('config.yaml', encoding='utf-8'))\n"
    given = f"RATE, METHOD = {told.rate!r}, {json.dumps(method)}\n"
    done = subprocess.run(
        [python, "-c", read + given + SCHEMAS[name]],
        cwd=tmp_path / "recipe",
        env=os.environ | {"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
