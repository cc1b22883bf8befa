"""`train`: trains a model on any data, on this machine."""

import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer
from rich.console import Console

from cli.fitting import Stop, bar
from cli.holding import held_folder
from cli.model_requests import TrainRequest
from cli.running import say
from errors import InputError
from record import Record, row_of
from store.files.data_set import DataSet, read_data_set
from store.files.folder import CONFIG, read_config
from store.files.writing import write_text
from store.formats.reasoning import Where
from training.card import Provenance, card
from training.curve import LOSS, PICTURE, picture, read_curve
from training.examples import Example, examples_of
from training.folder import (
    CARD,
    CHECKPOINTS,
    LOCK,
    STATE,
    Training,
    data_files,
    newest_checkpoint,
    read_outcome,
    stage_of,
    step_of,
    write_state,
)
from training.hyperparameters import Hyperparameters, check
from training.overlap import overlap_error, overlaps
from training.recipes.table import write_recipe
from words import duration, several

if TYPE_CHECKING:
    from training.torch.ready import Ready

RECIPE = "recipe"
LIBRARIES = ("torch", "transformers", "trl", "peft")


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The records that are trained on, and what was done to the data before."""

    records: Sequence[Record]
    examples: Sequence[Example]
    steps: Sequence[str]


@dataclass(frozen=True, slots=True)
class _Work:
    """What is done: what was asked for, the training, its data, and all of it made ready."""

    request: TrainRequest
    training: Training
    data: DataSet
    chosen: _Chosen
    ready: "Ready"


def train_model(request: TrainRequest) -> None:
    """Train the model, or go on with its training; say what it brought.

    Everything that can be refused is refused before anything is made.
    """
    console = Console(stderr=True)
    told = _told(request)
    data = read_data_set(request.data)
    training = _training(request, told)
    was_done = stage_of(request.out, training) == "done"
    if was_done and request.against:
        _chosen(request, data, told)
    if not was_done:
        chosen = _chosen(request, data, told)
        for step in chosen.steps:
            say(console, step)
        ready = _ready(request, told, chosen.examples, lambda text: say(console, text))
        _tell_plan(console, ready, told)
        was_done = _trained(_Work(request, training, data, chosen, ready), console)
    _tell(request, read_outcome(request.out), was_done=was_done)


def _told(request: TrainRequest) -> Hyperparameters:
    if request.allow_overlap and request.drop_overlap:
        raise InputError("--allow-overlap and --drop-overlap: name one of them")
    told = Hyperparameters(
        base=request.base,
        method=request.method,
        learning_rate=request.learning_rate,
        reasoning=cast("Where", request.reasoning),
        epochs=request.epochs,
        max_steps=request.max_steps,
        batch_size=request.batch_size,
        max_length=request.max_length,
        seed=request.seed,
    )
    check(told)
    return told


def _training(request: TrainRequest, told: Hyperparameters) -> Training:
    against = data_files(request.against) if request.against and request.drop_overlap else []
    return Training(told, data_files(request.data), "".join(file.sha256 for file in against))


def _chosen(request: TrainRequest, data: DataSet, told: Hyperparameters) -> _Chosen:
    """Return what is trained on. Raises InputError for data without answers, or with questions."""
    records, steps = list(data.records), []
    if request.against:
        records, step = _without_questions(request, request.against, records)
        steps.append(step)
    pairs = [(record, list(examples_of(record, told.reasoning))) for record in records]
    answered = [record for record, examples in pairs if examples]
    if not answered:
        raise InputError(
            f"{request.data} holds no answers to train on: an answer is a record's output"
        )
    if left := len(records) - len(answered):
        steps.append(f"{several(left, 'record')} left out: without an answer.")
    if told.reasoning == "none" and (thought := sum("reasoning" in r.more for r in answered)):
        steps.append(f"The reasoning of {several(thought, 'record')} left out.")
    return _Chosen(answered, [example for _, examples in pairs for example in examples], steps)


def _without_questions(
    request: TrainRequest, against: Path, records: list[Record]
) -> tuple[list[Record], str]:
    """Return the records to train on where some may repeat questions, and a sentence about it."""
    questions = read_data_set(against, request.against_field, option="--against-field").records
    found = overlaps(records, questions)
    count = several(len(found), "record")
    if not found:
        return (
            records,
            f"No record is too near to a question of {against.name} (ROUGE-L below 0.7).",
        )
    if request.drop_overlap:
        repeated = {one.place for one in found}
        kept = [record for place, record in enumerate(records) if place not in repeated]
        return kept, f"{count} left out: too near to a question of {against.name}."
    if request.allow_overlap:
        return (
            records,
            f"{count} too near to a question of {against.name}, trained on all the same.",
        )
    raise overlap_error(found, len(records), str(against))


def _ready(
    request: TrainRequest,
    told: Hyperparameters,
    examples: Sequence[Example],
    tell: Callable[[str], None],
) -> "Ready":
    try:
        from training.torch.ready import ready  # noqa: PLC0415 - torch takes seconds
    except ImportError as error:
        raise InputError(
            f"training needs packages that are not installed ({error.name}): "
            "pip install 'explore-instruct[training]', or make .venv/.training"
        ) from error
    tell(f"Reading {request.base}.")
    return ready(told, examples, tell)


def _tell_plan(console: Console, ready: "Ready", told: Hyperparameters) -> None:
    """Say what the training will take."""
    plan = ready.plan
    ways = [
        f"{told.method}, {plan.at_once} of {told.batch_size} examples at once",
        "bf16" if plan.bf16 else "fp32",
        *(["packed"] if plan.packing else []),
        *(["activations computed twice"] if plan.checkpointing else []),
    ]
    took = f"{several(len(ready.data), 'example')}, {ready.tokens:,} tokens an epoch"
    say(console, f"{took}, {several(ready.steps, 'step')} on {plan.device}: {', '.join(ways)}")
    memory, free = plan.memory / (1 << 30), plan.free / (1 << 30)
    seconds = f", about {duration(ready.seconds)}" if ready.seconds else ""
    say(console, f"It will take about {memory:.1f} of {free:.1f} GiB of free memory{seconds}.")


def _trained(work: _Work, console: Console) -> bool:
    """Train in the folder; return whether another process had done so by then."""
    out = work.request.out
    in_use = f"{out} is being trained in by another process: wait, or name another --out"
    with held_folder(out, LOCK, in_use):
        stage = stage_of(out, work.training)
        if stage == "done":
            return True
        try:
            _train(work, console)
        except InputError:
            if stage == "new":  # nothing but what says that it was begun
                (out / STATE).unlink(missing_ok=True)
            raise
    return False


def _train(work: _Work, console: Console) -> None:
    out, began = work.request.out, time.monotonic()
    if checkpoint := newest_checkpoint(out):
        say(console, f"Going on after step {step_of(checkpoint):,}.")
    write_state(out, work.training, {"done": False})
    with Stop(console) as stop, bar(console, work.ready.steps) as progress:
        fitted = work.ready.fit(out, progress, stop.came)
    curve = read_curve(out / LOSS)
    write_text(out / PICTURE, picture(curve))
    if not fitted.finished:
        say(console, f"Interrupted after step {fitted.steps}. The same command goes on.")
        raise KeyboardInterrupt
    outcome = {
        "done": True,
        "records": len(work.chosen.records),
        "examples": len(work.ready.data),
        "steps": fitted.steps,
        "resumed_at": fitted.resumed_at,
        "first": curve[0]["loss"],
        "last": curve[-1]["loss"],
        "seconds": round(time.monotonic() - began, 1),
        "device": work.ready.plan.device,
        "versions": {name: version(name) for name in LIBRARIES},
    }
    _describe(work, outcome)
    write_state(out, work.training, outcome)
    shutil.rmtree(out / CHECKPOINTS, ignore_errors=True)


def _describe(work: _Work, outcome: dict[str, Any]) -> None:
    """Write the model's card, and the recipe for the same training elsewhere."""
    out, chosen = work.request.out, work.chosen
    steps = [*chosen.steps, *work.ready.steps_taken]
    data = Provenance(work.request.data.resolve().name, chosen.records, steps, _run(work.data))
    write_text(out / CARD, card(out.resolve().name, work.training, data, outcome))
    if not (out / RECIPE).exists():
        write_recipe("trl", out / RECIPE, map(row_of, chosen.records), work.training.told)


def _run(data: DataSet) -> dict[str, Any]:
    """Return what a run's folder says of itself, {} for other data."""
    folder = Path(data.source)
    if not (folder / CONFIG).is_file():
        return {}
    return {**read_config(folder), "strategy": data.stats and data.stats.strategy}


def _tell(request: TrainRequest, outcome: dict[str, Any], *, was_done: bool) -> None:
    if request.as_json:
        keys = ("records", "examples", "steps", "resumed_at", "first", "last", "seconds", "device")
        result = {key: outcome[key] for key in keys if key in outcome}
        typer.echo(json.dumps({"out": str(request.out), **result}, ensure_ascii=False))
        return
    done = "was trained before" if was_done else "trained"
    losses = f"loss {outcome['first']:.3f} at first, {outcome['last']:.3f} at last"
    typer.echo(f"{done}: {several(outcome['steps'], 'step')}, {losses}")
    typer.echo(f"the model, its card and its curve: {request.out}")
