"""What a training is told: the base model, the method, how long, how fast.

Epochs, warm-up, schedule and the learning rate of a full training are those of Explore-LM as it was
published; its batch was 128 and its longest example 512 tokens, with 10,000 records.
"""

from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, get_args

from errors import InputError
from problems import closest
from store.formats.reasoning import Where

LEARNING_RATES = {"full": 2e-5, "lora": 2e-4}
"""The methods, and their learning rates: an adapter is new and takes larger steps."""

BASE = "Qwen/Qwen2.5-7B-Instruct"
"""The base model of a recipe, where none is named: of the size of the paper's, Apache-2.0."""

EMBEDDED_BASE = "embedded:smollm2-135m"
"""The small base model of the package index."""

_HUB_NAMES = {EMBEDDED_BASE: "HuggingFaceTB/SmolLM2-135M-Instruct"}

WARMUP = 0.03
"""The share of the steps in which the learning rate rises; then it falls by a cosine."""

LORA_RANK, LORA_ALPHA, LORA_DROPOUT = 16, 32, 0.05
_LARGEST_SEED = (1 << 31) - 1


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """What a training is told.

    `max_steps` None is as many as the epochs take, `learning_rate` None the method's own.
    `batch_size` counts the examples of a step, however few of them fit into memory at once.
    """

    base: str = BASE
    method: str = "lora"
    epochs: int = 3
    max_steps: int | None = None
    learning_rate: float | None = None
    batch_size: int = 8
    max_length: int = 2048
    reasoning: Where = "none"
    seed: int = 0

    @property
    def rate(self) -> float:
        """The highest learning rate."""
        return LEARNING_RATES[self.method] if self.learning_rate is None else self.learning_rate

    @property
    def public_base(self) -> str:
        """The base model as other programs know it: an embedded one by its name of the Hub."""
        return _HUB_NAMES.get(self.base, self.base)

    def as_json(self) -> dict[str, Any]:
        """Return them by their names, with the learning rate that is meant."""
        return asdict(self) | {"learning_rate": self.rate}


def check(told: Hyperparameters) -> None:
    """Raise InputError for hyperparameters that cannot be."""
    for option, value, choices in (
        ("method", told.method, list(LEARNING_RATES)),
        ("reasoning", told.reasoning, get_args(Where)),
    ):
        if value not in choices:
            raise InputError(
                f"--{option} {value!r} is unknown{closest(value, choices)}: "
                f"name {', '.join(choices[:-1])} or {choices[-1]}"
            )
    if not (isfinite(told.rate) and 0 < told.rate <= 1):
        raise InputError(f"--learning-rate {told.rate:g}: give a number above 0, such as 2e-5")
    if not 0 <= told.seed <= _LARGEST_SEED:
        raise InputError(f"--seed {told.seed}: give a number from 0 to {_LARGEST_SEED}")
