"""Fitting: repeatable, resumable, and the same whatever way a step is done."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from record import Record
from tests.training.tiny import tiny_model
from training.curve import read_curve
from training.examples import examples_of
from training.hyperparameters import Hyperparameters

if TYPE_CHECKING:
    from training.torch.fitting import Job

RECORDS = [
    Record(f"Say {n} times.", output=f"{n} it is, as you say. " * (1 + n % 3)) for n in range(12)
]
TOLD = Hyperparameters(method="full", epochs=2, batch_size=4, learning_rate=3e-3, max_length=256)
Train = Callable[..., tuple[Any, list[float]]]


@dataclass(frozen=True)
class Bench:
    """A tiny model, its data, and what trains it."""

    folder: Path
    job: "Job"

    def train(self, out: str, *, stop_after: int | None = None, **changes: object) -> Any:  # noqa: ANN401
        """Train with changes of the plan; return how it went. A step is told when it is over."""
        from training.torch.fitting import fit  # noqa: PLC0415 - torch may be missing

        seen: list[int] = []
        plan = replace(self.job.plan, **changes)  # type: ignore[arg-type]
        job = replace(self.job, folder=self.folder / out, plan=plan)
        return fit(job, lambda step, *_: seen.append(step), lambda: len(seen) + 1 == stop_after)

    def losses(self, out: str) -> list[float]:
        """Return the losses of a training."""
        return [step["loss"] for step in read_curve(self.folder / out / "loss.jsonl")]


def bench(folder: Path, told: Hyperparameters) -> Bench:
    base = tiny_model(folder / "base")
    from training.torch.fitting import Job  # noqa: PLC0415 - as above
    from training.torch.loading import load_tokenizer  # noqa: PLC0415
    from training.torch.plan import Plan  # noqa: PLC0415
    from training.torch.tokens import tokens_of  # noqa: PLC0415

    tokenizer = load_tokenizer(base)
    data = [tokens_of(tokenizer, e) for record in RECORDS for e in examples_of(record)]
    plan = Plan("cpu", 4, 4, 256, checkpointing=False, bf16=False, packing=False, memory=0, free=0)
    return Bench(folder, Job(base, data, told, plan, folder))


@pytest.mark.parametrize("method", ["full", "lora"])
def test_one_seed_gives_one_curve(tmp_path: Path, method: str) -> None:
    made = bench(tmp_path, replace(TOLD, method=method))
    assert made.train("one").finished
    made.train("two")
    assert (tmp_path / "one/loss.jsonl").read_bytes() == (tmp_path / "two/loss.jsonl").read_bytes()
    assert len(made.losses("one")) == 6
    assert made.losses("one")[-1] < made.losses("one")[0]
    assert (tmp_path / "one/adapter").is_dir() == (method == "lora")
    again = made.train("one")  # the checkpoints stay
    assert (again.resumed_at, again.steps, again.finished) == (6, 6, True)
    assert (tmp_path / "one/loss.jsonl").read_bytes() == (tmp_path / "two/loss.jsonl").read_bytes()


def test_what_was_stopped_ends_the_same(tmp_path: Path) -> None:
    made = bench(tmp_path, TOLD)
    made.train("whole")
    stopped = made.train("parts", stop_after=3)
    assert (stopped.steps, stopped.finished) == (3, False)
    (tmp_path / "parts/checkpoints/checkpoint-4").mkdir()  # as a kill in the middle leaves it
    with (tmp_path / "parts/loss.jsonl").open("a") as file:
        file.write('{"step": 4, "loss": 9.0}\n')  # a step after the checkpoint
    went_on = made.train("parts")
    assert (went_on.resumed_at, went_on.steps, went_on.finished) == (3, 6, True)
    assert made.losses("parts") == pytest.approx(made.losses("whole"), rel=1e-6)


@pytest.mark.parametrize(
    "way",
    [
        {"at_once": 1},
        {"at_once": 2, "checkpointing": True},
        {"batch": 1, "at_once": 1, "length": 512, "packing": True},
    ],
)
def test_a_step_has_one_loss_whatever_way_it_is_done(
    tmp_path: Path, way: dict[str, object]
) -> None:
    told = replace(TOLD, batch_size=12, max_steps=1)
    made = bench(tmp_path, told)
    made.train("plain", batch=12, at_once=12)
    made.train("other", **{"batch": 12, "length": 512} | way)  # type: ignore[arg-type] # of the plan
    assert made.losses("other") == pytest.approx(made.losses("plain"), rel=1e-4)


def test_the_first_loss_is_that_of_the_answers(tmp_path: Path) -> None:
    made = bench(tmp_path, replace(TOLD, batch_size=12, max_steps=1))
    made.train("out", batch=12, at_once=12)
    from training.torch.loss import held_out  # noqa: PLC0415 - as above

    found = held_out(tmp_path / "base", RECORDS, lambda *_: None)
    assert made.losses("out")[0] == pytest.approx(found.mean, rel=1e-4)


def test_what_lora_learned_is_merged_in(tmp_path: Path) -> None:
    made = bench(tmp_path, replace(TOLD, method="lora", learning_rate=3e-2))
    made.train("out")
    from training.torch.answers import Folder  # noqa: PLC0415 - as above
    from training.torch.loss import held_out  # noqa: PLC0415

    before, after = (held_out(tmp_path / n, RECORDS, lambda *_: None).mean for n in ("base", "out"))
    assert after < before
    assert isinstance(Folder(tmp_path / "out").answer([{"role": "user", "content": "x"}], 3), str)
