"""The recipe for TRL's own command: prompt and completion, so that the loss is on the answer."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from record import record_of
from store.files.writing import write_jsonl
from store.formats.format import Row, Rows
from training.examples import examples_of
from training.hyperparameters import LORA_ALPHA, LORA_DROPOUT, LORA_RANK, WARMUP, Hyperparameters
from training.recipes.recipe import DATA, OUTPUT, Recipe


def _write(path: Path, rows: Rows) -> int:
    return write_jsonl(path, (pair for row in rows for pair in _pairs(row)))


def _pairs(row: Row) -> Iterator[dict[str, Any]]:
    for example in examples_of(record_of(row), "field"):
        yield {"prompt": list(example.prompt), "completion": [example.answer]}


def _config(told: Hyperparameters) -> Mapping[str, Any]:
    adapter = {
        "use_peft": True,
        "lora_r": LORA_RANK,
        "lora_alpha": LORA_ALPHA,
        "lora_dropout": LORA_DROPOUT,
        "lora_target_modules": "all-linear",
    }
    return {
        "model_name_or_path": told.public_base,
        "datasets": [{"path": "json", "data_files": DATA}],
        "output_dir": OUTPUT,
        "num_train_epochs": told.epochs,
        **({"max_steps": told.max_steps} if told.max_steps else {}),
        "per_device_train_batch_size": 1,
        "gradient_accumulation_steps": told.batch_size,
        "learning_rate": told.rate,
        "lr_scheduler_type": "cosine",
        "warmup_steps": WARMUP,
        "max_length": told.max_length,
        "packing": True,
        "bf16": True,
        "logging_steps": 1,
        "seed": told.seed,
        "report_to": "none",
        **(adapter if told.method == "lora" else {}),
    }


TRL = Recipe(write=_write, config=_config, command="trl sft --config config.yaml", files={})
