"""The recipe for LLaMA-Factory: chats in OpenAI's form, named in its dataset_info.json.

No template is named: LLaMA-Factory then takes the chat template of the model's tokenizer.
"""

from collections.abc import Mapping
from typing import Any

from store.formats.json_formats import write_messages
from training.hyperparameters import LORA_ALPHA, LORA_DROPOUT, LORA_RANK, WARMUP, Hyperparameters
from training.recipes.recipe import DATA, OUTPUT, Recipe

_NAME = "explore_instruct"
_INFO = {
    _NAME: {
        "file_name": DATA,
        "formatting": "sharegpt",
        "columns": {"messages": "messages"},
        "tags": {
            "role_tag": "role",
            "content_tag": "content",
            "user_tag": "user",
            "assistant_tag": "assistant",
            "system_tag": "system",
        },
    }
}


def _config(told: Hyperparameters) -> Mapping[str, Any]:
    adapter = {
        "lora_rank": LORA_RANK,
        "lora_alpha": LORA_ALPHA,
        "lora_dropout": LORA_DROPOUT,
        "lora_target": "all",
    }
    return {
        "model_name_or_path": told.public_base,
        "stage": "sft",
        "do_train": True,
        "finetuning_type": told.method,
        **(adapter if told.method == "lora" else {}),
        "dataset_dir": ".",
        "dataset": _NAME,
        "cutoff_len": told.max_length,
        "packing": True,
        "neat_packing": True,
        "output_dir": OUTPUT,
        "num_train_epochs": told.epochs,
        **({"max_steps": told.max_steps} if told.max_steps else {}),
        "per_device_train_batch_size": 1,
        "gradient_accumulation_steps": told.batch_size,
        "learning_rate": told.rate,
        "lr_scheduler_type": "cosine",
        "warmup_ratio": WARMUP,
        "bf16": True,
        "logging_steps": 1,
        "plot_loss": True,
        "report_to": "none",
        "seed": told.seed,
    }


LLAMA_FACTORY = Recipe(
    write=write_messages,
    config=_config,
    command="llamafactory-cli train config.yaml",
    files={"dataset_info.json": _INFO},
)
