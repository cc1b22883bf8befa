"""What a training is told: the base model, the method, how long, how fast.

The defaults are the paper's (section 4.3: three epochs at a learning rate of 2e-5) but for the
batch, which there was 128 for 10,000 records.
"""

from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal, get_args

from errors import InputError
from problems import closest
from store.formats.reasoning import Where

Method = Literal["lora", "full"]
LEARNING_RATES = {"full": 2e-5, "lora": 2e-4}
"""Where none is named; adapters are trained from nothing and take larger steps."""

BASE = "Qwen/Qwen2.5-7B-Instruct"
"""The base model of a recipe, where none is named: of the size of the paper's, Apache-2.0."""

WARMUP = 0.03
"""The share of the steps in which the learning rate rises; then it falls by a cosine."""

LORA_RANK, LORA_ALPHA, LORA_DROPOUT = 16, 32, 0.05
_LARGEST_SEED = 1 << 31


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """What a training is told; `max_steps` None is as many as the epochs take.

    `batch_size` counts the examples of a step, however few of them fit into memory at once.
    """

    base: str = BASE
    method: Method = "lora"
    epochs: int = 3
    max_steps: int | None = None
    learning_rate: float = LEARNING_RATES["lora"]
    batch_size: int = 8
    max_length: int = 2048
    reasoning: Where = "none"
    seed: int = 0


def hyperparameters(
    *, base: str, method: str, learning_rate: float | None, reasoning: str = "none", **more: Any
) -> Hyperparameters:
    """Return hyperparameters, checked. Raises InputError for one that cannot be."""
    for option, value, choices in (
        ("method", method, get_args(Method)),
        ("reasoning", reasoning, get_args(Where)),
    ):
        if value not in choices:
            named = " or ".join(choices)
            raise InputError(f"--{option} {value!r}{closest(value, choices)}: name {named}")
    rate = LEARNING_RATES[method] if learning_rate is None else learning_rate
    if not (isfinite(rate) and 0 < rate <= 1):
        raise InputError(f"--learning-rate {rate:g}: give a number above 0, such as 2e-5")
    if not 0 <= more.get("seed", 0) < _LARGEST_SEED:
        raise InputError(f"--seed {more['seed']}: give a number from 0 to {_LARGEST_SEED - 1}")
    return Hyperparameters(
        base=base,
        method=method,  # type: ignore[arg-type] # checked above
        learning_rate=rate,
        reasoning=reasoning,  # type: ignore[arg-type]
        **more,
    )
