"""A model fitted to examples by TRL's SFTTrainer: the loss is on the answers alone.

What it needs to go on after a kill lies in the folder `checkpoints`. The same seed on the same
machine gives the same loss at every step.
"""

import shutil
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import datasets
import peft
import torch
import transformers
import trl
from safetensors import SafetensorError
from transformers import (
    PreTrainedModel,
    PreTrainedTokenizerBase,
    TrainerCallback,
    TrainerControl,
    TrainerState,
)

from errors import RunError
from store.files.writing import write_text
from training.curve import LOSS, line_of
from training.folder import ADAPTER, CHECKPOINTS, newest_checkpoint
from training.hyperparameters import LORA_ALPHA, LORA_DROPOUT, LORA_RANK, WARMUP, Hyperparameters
from training.torch.loading import load_model, load_tokenizer
from training.torch.plan import Plan
from training.torch.tokens import Tokens
from words import error_line

SAVES = 10
"""A training is saved so many times on its way."""

Progress = Callable[[int, int, float], None]
"""Called after a step: its number, how many there are, its loss."""


@dataclass(frozen=True, slots=True)
class Job:
    """What is trained: a base model in a folder, on which data, how, and where it goes."""

    base: Path
    data: Sequence[Tokens]
    told: Hyperparameters
    plan: Plan
    folder: Path


@dataclass(frozen=True, slots=True)
class Fitted:
    """How a training went: its steps, the step it went on from, and whether it came to its end."""

    steps: int
    resumed_at: int
    finished: bool


def fit(job: Job, progress: Progress, stop: Callable[[], bool]) -> Fitted:
    """Train the base model on the data, and write the model into the folder.

    It stops after a step where `stop` says so, and goes on from there when it is called again.
    The checkpoints stay. Raises RunError where the memory does not suffice after all, or the disk,
    and where the loss is no number.
    """
    checkpoint = _newest(job.folder)
    tokenizer = load_tokenizer(job.base)
    try:
        with _quiet():
            trainer = _trainer(job, tokenizer)
            watch = _Watch(job.folder / LOSS, progress, stop)
            trainer.add_callback(watch)
            trainer.remove_callback(transformers.PrinterCallback)
            trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
            finished = trainer.state.global_step >= trainer.state.max_steps
            if finished:
                _write(trainer.model, tokenizer, job.folder)
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise RunError(
            "the memory does not suffice after all: a smaller --batch-size or --max-length takes "
            f"less; name another --out with it ({error_line(error)[:80]})"
        ) from error
    except (OSError, RuntimeError, SafetensorError) as error:
        if not _is_of_disk(error):
            raise
        raise RunError(
            f"{job.folder} cannot be written: {error_line(error)} (the same command goes on)"
        ) from error
    return Fitted(trainer.state.global_step, watch.resumed_at, finished)


def _is_of_disk(error: Exception) -> bool:
    """Return whether a file could not be written; torch says so in words of its own."""
    words = ("No space left", "PytorchStreamWriter", "inline_container")
    return isinstance(error, OSError) or any(word in str(error) for word in words)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the libraries' bars and warnings, which are about each other, off the screen."""
    datasets.disable_progress_bars()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _trainer(job: Job, tokenizer: PreTrainedTokenizerBase) -> trl.SFTTrainer:
    told, plan = job.told, job.plan
    half = told.method == "lora" and plan.bf16
    transformers.set_seed(told.seed)
    torch.use_deterministic_algorithms(plan.device == "cuda", warn_only=True)
    return trl.SFTTrainer(
        model=load_model(job.base, torch.bfloat16 if half else torch.float32),
        args=_arguments(job),
        train_dataset=datasets.Dataset.from_list(
            [{"input_ids": tokens.ids, "labels": tokens.labels} for tokens in job.data]
        ),
        processing_class=tokenizer,
        peft_config=_adapter() if told.method == "lora" else None,
    )


def _arguments(job: Job) -> trl.SFTConfig:
    told, plan = job.told, job.plan
    steps = told.max_steps or told.epochs * -(-len(job.data) // told.batch_size)
    return trl.SFTConfig(
        output_dir=str(job.folder / CHECKPOINTS),
        num_train_epochs=told.epochs,
        max_steps=told.max_steps or -1,
        per_device_train_batch_size=plan.at_once,
        gradient_accumulation_steps=plan.batch // plan.at_once,
        learning_rate=told.rate,
        lr_scheduler_type="cosine",
        warmup_steps=WARMUP,
        max_length=plan.length,
        packing=plan.packing,
        bf16=plan.bf16,
        gradient_checkpointing=plan.checkpointing,
        use_cpu=plan.device == "cpu",
        dataloader_pin_memory=plan.device != "cpu",
        seed=told.seed,
        data_seed=told.seed,
        logging_steps=1,
        logging_nan_inf_filter=False,
        save_steps=max(1, steps // SAVES),
        save_total_limit=1,
        report_to="none",
        disable_tqdm=True,
    )


def _adapter() -> peft.LoraConfig:
    return peft.LoraConfig(
        r=LORA_RANK,
        lora_alpha=LORA_ALPHA,
        lora_dropout=LORA_DROPOUT,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )


class _Watch(TrainerCallback):  # type: ignore[misc] # transformers has no types here
    """Writes the loss of every step, tells it, and ends the training where that is asked for."""

    def __init__(self, path: Path, progress: Progress, stop: Callable[[], bool]) -> None:
        self._path = path
        self._progress = progress
        self._stop = stop
        self.resumed_at = 0

    def on_train_begin(
        self, _args: object, state: TrainerState, _control: TrainerControl, **_: object
    ) -> None:
        """Keep the losses up to the checkpoint: steps after it are done again."""
        self.resumed_at = state.global_step
        write_text(self._path, "".join(line_of(row) for row in state.log_history if "loss" in row))

    def on_log(
        self,
        _args: object,
        state: TrainerState,
        _control: TrainerControl,
        *,
        logs: Mapping[str, float],
        **_: object,
    ) -> None:
        """Write and tell the loss of a step."""
        if "loss" not in logs:
            return
        if not isfinite(logs["loss"]):
            raise RunError(
                f"the loss of step {state.global_step:,} is not a number: take a smaller "
                "--learning-rate, or another --base, with another --out"
            )
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line_of({"step": state.global_step, **logs}))
        self._progress(state.global_step, state.max_steps, logs["loss"])

    def on_step_end(
        self, _args: object, _state: TrainerState, control: TrainerControl, **_: object
    ) -> None:
        """Save and end where a person asked for it."""
        if self._stop():
            control.should_save = control.should_training_stop = True


def _newest(folder: Path) -> Path | None:
    """Return the newest whole checkpoint, None where there is none; remove the others."""
    newest = newest_checkpoint(folder)
    for path in (folder / CHECKPOINTS).glob("checkpoint-*"):
        if path != newest:
            shutil.rmtree(path)
    return newest


def _write(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """Write the model; of LoRA the adapter too, which is merged into it."""
    if isinstance(model, peft.PeftModel):
        model.save_pretrained(folder / ADAPTER)
        model = model.merge_and_unload()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
