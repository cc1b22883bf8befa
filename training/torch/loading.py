"""A model and its tokenizer, read from a folder that transformers reads.

No code that comes with a model is ever run.
"""

from pathlib import Path

import torch
import transformers
from transformers import PreTrainedConfig, PreTrainedModel, PreTrainedTokenizerBase

from errors import InputError
from words import error_line

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()


def device() -> str:
    """Return where models run: cuda or cpu."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def load_tokenizer(path: str | Path) -> PreTrainedTokenizerBase:
    """Return a model's tokenizer. Raises InputError where there is none, or no chat template."""
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(path)
    except Exception as error:
        raise InputError(
            f"{path} has no tokenizer that can be read: {error_line(error)}"
        ) from error
    if not tokenizer.chat_template:
        raise InputError(
            f"the tokenizer of {path} has no chat template, which says where an answer begins: "
            "name the instruct model of its family, or put a chat_template.jinja into its folder"
        )
    return tokenizer


def load_config(path: str | Path) -> PreTrainedConfig:
    """Return a model's configuration. Raises InputError where it cannot be read."""
    try:
        return transformers.AutoConfig.from_pretrained(path)
    except Exception as error:
        raise _unreadable(path, error) from error


def load_model(path: str | Path, dtype: torch.dtype) -> PreTrainedModel:
    """Return a model on its device. Raises InputError where it cannot be read."""
    try:
        model = transformers.AutoModelForCausalLM.from_pretrained(path, dtype=dtype)
    except Exception as error:
        raise _unreadable(path, error) from error
    return model.to(device())


def _unreadable(path: str | Path, error: Exception) -> InputError:
    return InputError(
        f"{path} holds no model that can be read ({error_line(error)}): name another one, or fetch "
        "its files anew"
    )


def load_folder(path: Path) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Return the model of a folder, ready to be asked, and its tokenizer.

    Raises InputError for a folder that holds none.
    """
    if not any((path / name).is_file() for name in ("config.json", "adapter_config.json")):
        raise InputError(f"{path} holds no model: name a folder that train or transformers wrote")
    tokenizer = load_tokenizer(path)
    model = load_model(path, torch.bfloat16 if device() == "cuda" else torch.float32)
    return model.eval(), tokenizer


def context_of(config: PreTrainedConfig) -> int:
    """Return how many tokens a model can read at once, a large number where it does not say."""
    return int(getattr(config.get_text_config(), "max_position_embeddings", None) or 1 << 20)
