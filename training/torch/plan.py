"""What a training will take, reckoned before it starts: memory and time.

Memory is that of the weights, their gradients, the optimizer's two moments and its step, and of
what each token leaves behind in every layer for the way back. The coefficients were fitted to the
peaks on a CPU of SmolLM2-135M, all weights: 1,168 tokens at once in bf16 took 4.4 GiB beside the
process itself (reckoned 4.5), 146 tokens 2.9 (3.0), 1,168 in fp32 4.9 (5.2).
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import psutil
import torch
import transformers

from errors import InputError
from training.hyperparameters import LORA_RANK, Hyperparameters
from training.torch.loading import device, load_config
from words import error_line

GIB = 1 << 30
SPARE = 0.9
"""The share of the free memory that a training may take."""

_CHUNK = 512
"""Tokens whose logits are held at once: the loss is taken in chunks of about so many."""

_EFFICIENCY = 0.35
"""Of a large matrix product's speed, about what a step of a small model reaches on a CPU."""

_CGROUPS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a model that memory and time depend on."""

    parameters: int
    adapter: int
    layers: int
    width: int
    inner: int
    vocabulary: int


@dataclass(frozen=True, slots=True)
class Plan:
    """How a training is done on this machine.

    A step has `batch` rows of `length` tokens at most; `at_once` of them go through the model at
    once, with `memory` bytes at the peak of the `free` ones. A row is an example, or with `packing`
    as many as fit. `checkpointing` computes activations again instead of keeping them.
    """

    device: str
    batch: int
    at_once: int
    length: int
    checkpointing: bool
    bf16: bool
    packing: bool
    memory: int
    free: int


def shape_of(folder: Path) -> Shape:
    """Return the sizes of the model in a folder, of which only the configuration is read.

    Raises InputError for a model that does not write text, and for one that is quantised.
    """
    config = load_config(folder)
    try:
        with torch.device("meta"):
            model = transformers.AutoModelForCausalLM.from_config(config)
    except Exception as error:
        raise InputError(
            f"{folder} holds no model that writes text: {error_line(error)}"
        ) from error
    if getattr(config, "quantization_config", None):
        raise InputError(
            f"{folder} holds a quantised model, which cannot be trained as it is: name the model "
            "that it was made from"
        )
    text = config.get_text_config()
    linear = [m for m in model.modules() if isinstance(m, torch.nn.Linear)]
    head = model.get_output_embeddings()
    return Shape(
        parameters=sum(p.numel() for p in model.parameters()),
        adapter=sum(LORA_RANK * (m.in_features + m.out_features) for m in linear if m is not head),
        layers=text.num_hidden_layers,
        width=text.hidden_size,
        inner=getattr(text, "intermediate_size", None) or 4 * text.hidden_size,
        vocabulary=text.vocab_size,
    )


def plan_for(shape: Shape, told: Hyperparameters, sizes: Sequence[int]) -> Plan:
    """Return how the training is done here: with as few detours as the memory allows.

    `sizes` are the examples' tokens. Raises InputError where the memory is too little in any way.
    """
    where, free = device(), free_memory()
    bf16, packing = has_bf16(), where == "cuda"
    alone = min(told.batch_size, len(sizes)), max(sizes)
    batch, length = packed(told, sizes) if packing else alone
    least = None
    for checkpointing, at_once in _ways(batch):
        memory = memory_of(
            shape, told.method, tokens=at_once * length, bf16=bf16, checkpointing=checkpointing
        )
        least = min(memory, least or memory)
        if memory <= SPARE * free:
            return Plan(where, batch, at_once, length, checkpointing, bf16, packing, memory, free)
    raise _too_little(shape, told, least or 0, free)


def packed(told: Hyperparameters, sizes: Sequence[int]) -> tuple[int, int]:
    """Return the rows of a step and their length, so that a step has about `batch_size` examples.

    Packing makes rows of many short examples; with as many rows as examples are wanted, a small
    data set would be over after a few steps.
    """
    of_step = min(told.batch_size, len(sizes)) * sum(sizes) / len(sizes)
    length = max(*sizes, min(told.max_length, ceil(of_step)))
    return max(1, round(of_step / length)), length


def memory_of(shape: Shape, method: str, *, tokens: int, bf16: bool, checkpointing: bool) -> int:
    """Return the bytes at the peak of a training with so many tokens at once."""
    half = 2 if bf16 else 4
    if method == "full":
        weights = 20 * shape.parameters + (2 * shape.parameters if bf16 else 0)
    else:
        weights = half * shape.parameters + 20 * shape.adapter
    kept = _of_layer(shape, half)
    layers = 4 * shape.width * shape.layers + kept if checkpointing else kept * shape.layers
    logits = 4 * 4 * min(tokens, _CHUNK) * shape.vocabulary
    return weights + int(tokens * layers) + logits


def free_memory() -> int:
    """Return the bytes that are free: of the GPU, else of this machine or container."""
    if device() == "cuda":
        return int(torch.cuda.mem_get_info()[0])
    free = int(psutil.virtual_memory().available)
    return min([free, *(int(limit - psutil.Process().memory_info().rss) for limit in _limits())])


def has_bf16() -> bool:
    """Return whether products of bfloat16 are computed by the hardware."""
    if device() == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    checks = ("_is_avx512_bf16_supported", "_is_amx_tile_supported")
    return any(getattr(torch.cpu, check, lambda: False)() for check in checks)


def step_seconds(shape: Shape, told: Hyperparameters, plan: Plan, tokens: float) -> float:
    """Return about how long a step with so many tokens takes on this CPU; it measures a product.

    A step costs 6 operations a weight and token, 8 with checkpointing, a third less where the
    weights themselves are not trained.
    """
    each = (6 if told.method == "full" else 4) + (2 if plan.checkpointing else 0)
    return each * shape.parameters * tokens / (_EFFICIENCY * _speed(plan))


def _ways(batch: int) -> Iterator[tuple[bool, int]]:
    """Yield ways to do a step, the quickest first: checkpointing, and how many examples at once."""
    for checkpointing in (False, True):
        for at_once in range(batch, 0, -1):
            if batch % at_once == 0:
                yield checkpointing, at_once


def _of_layer(shape: Shape, size: int) -> float:
    """Return the bytes that a token leaves in a layer: the stream in fp32, the rest in `size`."""
    return 24 * shape.width + size * (10 * shape.width + 5.5 * shape.inner)


def _limits() -> Iterator[int]:
    for name in _CGROUPS:
        try:
            yield int(Path(name).read_text("ascii"))
        except (OSError, ValueError):  # "max" is no limit
            continue


def _speed(plan: Plan) -> float:
    """Return the operations a second of a matrix product, the best of several."""
    size, best = 1024, 0.0
    left = torch.rand(size, size).to(torch.bfloat16 if plan.bf16 else torch.float32)
    for _ in range(8):  # the first ones are slower
        start = time.perf_counter()
        left @ left
        best = max(best, 2 * size**3 / (time.perf_counter() - start))
    return best


def _too_little(shape: Shape, told: Hyperparameters, least: int, free: int) -> InputError:
    fixes = ["--method lora"] if told.method == "full" else []
    fixes += ["a smaller --max-length", "a smaller --base"]
    size = f"{shape.parameters / 1e9:.2g} billion parameters"
    return InputError(
        f"training {told.base} ({size}, {told.method}) takes {least / GIB:.1f} GiB at least, "
        f"{SPARE * free / GIB:.1f} of {free / GIB:.1f} GiB free may be used: "
        f"{' or '.join([', '.join(fixes[:-1]), fixes[-1]])} takes less"
    )
