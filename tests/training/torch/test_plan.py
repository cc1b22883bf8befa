"""What a training will take: reckoned, and refused where it is too much."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from errors import InputError
from tests.training.tiny import tiny_model
from training.hyperparameters import Hyperparameters

pytest.importorskip("torch", reason="needs pip install '.[training]'")

from training.torch import plan as planning
from training.torch.plan import GIB, Shape, memory_of, packed, plan_for, shape_of

SEVEN = Shape(7_600_000_000, 40_000_000, 28, 3584, 18_944, 152_064)
TOLD = Hyperparameters("a/b", "lora", batch_size=8, max_length=2048)


@pytest.fixture
def memory(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Give what sets the free memory, in GiB."""
    monkeypatch.setattr(planning, "has_bf16", lambda: True)
    return lambda size: monkeypatch.setattr(planning, "free_memory", lambda: size * GIB)


def test_a_folder_says_its_shape(tmp_path: Path) -> None:
    shape = shape_of(tiny_model(tmp_path))
    assert (shape.layers, shape.width, shape.inner, shape.vocabulary) == (2, 16, 32, 261)
    assert shape.parameters > 10_000 > shape.adapter > 0


def test_the_less_memory_the_more_detours(memory: Callable[[int], None]) -> None:
    plans = []
    for size in (400, 80, 40, 24, 20):
        memory(size)
        plans.append(plan_for(SEVEN, TOLD, [1000] * 8))
    assert all(plan.memory <= 0.9 * plan.free for plan in plans)
    assert all(plan.batch % plan.at_once == 0 for plan in plans)
    ways = [(plan.checkpointing, -plan.at_once) for plan in plans]
    assert ways == sorted(ways)
    assert (ways[0], plans[-1].checkpointing) == ((False, -8), True)


def test_too_little_memory_is_refused_with_what_takes_less(memory: Callable[[int], None]) -> None:
    memory(16)
    with pytest.raises(InputError, match=r"7\.6 billion parameters, lora\) takes .* GiB at least"):
        plan_for(SEVEN, TOLD, [1000] * 8)
    with pytest.raises(InputError, match="--method lora, a smaller --max-length or a smaller"):
        plan_for(SEVEN, replace(TOLD, method="full"), [1000] * 8)


def test_memory_grows_with_what_needs_it() -> None:
    def size(method: str = "full", tokens: int = 4000, *, bf16: bool = True) -> int:
        return memory_of(SEVEN, method, tokens=tokens, bf16=bf16, checkpointing=False)

    assert size() > size("lora")
    assert size() > size(tokens=2000)
    assert size("lora", bf16=False) > size("lora")


@pytest.mark.parametrize(
    ("sizes", "rows", "length"),
    [
        ([100] * 50, 1, 800),  # eight short ones fit into one short row
        ([1000] * 50, 4, 2048),
        ([2048] * 50, 8, 2048),
        ([10] * 49 + [1500], 1, 1500),  # the longest one always fits
    ],
)
def test_a_packed_step_has_about_as_many_examples(sizes: list[int], rows: int, length: int) -> None:
    assert packed(TOLD, sizes) == (rows, length)
