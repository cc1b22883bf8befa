"""The recipe for axolotl: chats, whose assistant turns alone are trained on."""

from collections.abc import Mapping
from typing import Any

from store.formats.json_formats import write_messages
from training.hyperparameters import LORA_ALPHA, LORA_DROPOUT, LORA_RANK, WARMUP, Hyperparameters
from training.recipes.recipe import DATA, OUTPUT, Recipe


def _config(told: Hyperparameters) -> Mapping[str, Any]:
    adapter = {
        "adapter": "lora",
        "lora_r": LORA_RANK,
        "lora_alpha": LORA_ALPHA,
        "lora_dropout": LORA_DROPOUT,
        "lora_target_linear": True,
    }
    chats = {
        "path": DATA,
        "ds_type": "json",
        "type": "chat_template",
        "field_messages": "messages",
        "roles_to_train": ["assistant"],
    }
    return {
        "base_model": told.public_base,
        "chat_template": "tokenizer_default",
        "datasets": [chats],
        "dataset_prepared_path": "prepared",
        "output_dir": OUTPUT,
        "num_epochs": told.epochs,
        **({"max_steps": told.max_steps} if told.max_steps else {}),
        "micro_batch_size": 1,
        "gradient_accumulation_steps": told.batch_size,
        "learning_rate": told.rate,
        "lr_scheduler": "cosine",
        "warmup_ratio": WARMUP,
        "optimizer": "adamw_torch_fused",
        "sequence_len": told.max_length,
        "sample_packing": True,
        "attn_implementation": "flash_attention_2",
        "gradient_checkpointing": True,
        "bf16": "auto",
        "logging_steps": 1,
        "seed": told.seed,
        **(adapter if told.method == "lora" else {}),
    }


AXOLOTL = Recipe(
    write=write_messages, config=_config, command="axolotl train config.yaml", files={}
)
