"""What `evaluate` is to do: read from what a person named, and checked before anything is asked."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from cli.contestants import Named, asked_at, check_base_url, named
from cli.model_requests import EvaluateRequest
from cli.running import say
from errors import InputError
from models.masking import mask_keys
from models.urls import shown_url
from nodes.settings import Settings
from problems import shown
from record import Record
from store.digest import digest
from store.files.data_set import read_data_set
from training.evaluation.mathematics import check_references
from training.evaluation.outputs import check_folder
from training.evaluation.questions import ExamQuestion, check_answered, read_questions
from words import several


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done: the models, what they are asked, who judges, and where it goes."""

    models: Sequence[Named]
    judge: Settings | None
    questions: Sequence[ExamQuestion]
    problems: Sequence[ExamQuestion]
    records: Sequence[Record]
    settings: Settings
    answer_tokens: int
    out: Path

    @property
    def asks(self) -> bool:
        """Whether a model is asked anything."""
        return bool(self.questions or self.problems)

    @property
    def comparison(self) -> dict[str, Any]:
        """What is compared, by which a folder knows it again."""
        names = {"a": "model", "b": "against"}
        about: dict[str, Any] = {}
        for model in self.models:
            about[names[model.side]] = model.name
            about[f"{names[model.side]}_content"] = model.content
            about["base_url" if model.side == "a" else "against_base_url"] = model.base_url
        return about | {
            "judge_model": self.judge.model if self.judge else None,
            "judge_base_url": _url(self.judge) if self.judge else None,
            "extra_body": mask_keys(json.dumps(self.settings.extra_body, sort_keys=True)),
            "questions": _digest(self.questions),
            "math": _digest(self.problems),
            "held_out": digest([[r.instruction, r.input, r.output] for r in self.records])[:12]
            if self.records
            else None,
            "seed": self.settings.seed,
            "answer_tokens": self.answer_tokens,
        }


def work_of(request: EvaluateRequest, settings: Settings) -> Work:
    """Return what is to be done. Raises InputError for what cannot be."""
    model, out = _check_parts(request, settings)
    models = [named("a", model, request.base_url, settings)]
    if request.against is not None:
        models.append(named("b", request.against, request.against_base_url, settings))
    judge = settings.judge_model
    asked = asked_at(judge, settings.judge_base_url, settings) if judge else None
    questions = _questions(request.questions, models) if judge else []
    problems = _problems(request.math, models) if request.math else []
    records = read_data_set(request.held_out).records if request.held_out else []
    _check_held_out(models, records)
    work = Work(models, asked, questions, problems, records, settings, request.answer_tokens, out)
    check_folder(out, work.comparison)
    return work


def _check_parts(request: EvaluateRequest, settings: Settings) -> tuple[str, Path]:
    """Raise InputError where something is missing, or means nothing beside the rest."""
    check_base_url("a", request.model, request.base_url)
    check_base_url("b", request.against, request.against_base_url)
    judge = settings.judge_model
    if settings.judge_base_url is not None and judge is None:
        raise InputError(
            f"--judge-base-url {shown_url(settings.judge_base_url)} has no model: name it "
            "with --judge-model openai:NAME"
        )
    if request.verdicts is not None:
        raise InputError("--verdicts stands beside --ratings: name the ratings, too")
    if request.model is None:
        raise InputError("no model is named: name one with --model, and one with --against")
    if judge is None and request.math is None and request.held_out is None:
        raise InputError(
            "nothing says how to compare: name a judge of pairs with --judge-model, problems with "
            "--math, records with --held-out, or people's ratings with --ratings alone"
        )
    if judge is None and request.questions is not None:
        raise InputError(f"--questions {request.questions} needs a judge: name a --judge-model")
    if judge is not None and request.against is None:
        raise InputError("a judge compares two models: name the other one with --against")
    if request.out is None:
        raise InputError("no folder is named for what comes of it: name one with --out")
    return request.model, request.out


def _questions(path: Path | None, models: Sequence[Named]) -> list[ExamQuestion]:
    """Return the questions of the pairs: those of a file, or those that two files answer."""
    if path is None and any(model.kind != "file" for model in models):
        raise InputError("no questions are named: name what both are asked with --questions FILE")
    if path is not None:
        return _tests(path, models, "question")
    first, second = (model.path for model in models)
    tests = _tests(first, models, "question")
    check_answered(models[0].written, read_questions(second)[0], first, second)
    return [replace(test, reference="") for test in tests]


def _problems(path: Path, models: Sequence[Named]) -> list[ExamQuestion]:
    problems = _tests(path, models, "problem")
    check_references(problems, path)
    return problems


def _tests(path: Path, models: Sequence[Named], noun: str) -> list[ExamQuestion]:
    tests, repeated = read_questions(path)
    if repeated:
        say(Console(stderr=True), f"{path}: {several(repeated, noun)} left out, asked before")
    for model in models:
        if model.kind == "file":
            check_answered(model.written, tests, model.path, path)
    return tests


def _check_held_out(models: Sequence[Named], records: Sequence[Record]) -> None:
    other = next((model for model in models if model.kind != "folder"), None)
    if records and other:
        raise InputError(
            f"--held-out measures a loss, which needs the model itself: {other.option} {other.name}"
            f" is {'a file' if other.kind == 'file' else 'an endpoint'}: name a model's folder"
        )
    bare = next((record for record in records if not record.output.strip()), None)
    if bare:
        raise InputError(
            f"--held-out: record {bare.id}, {shown(bare.instruction)}, has no output to measure "
            "the loss on: leave it out"
        )


def _url(asked: Settings) -> str:
    return shown_url(asked.base_url or "")


def _digest(tests: Sequence[ExamQuestion]) -> str | None:
    return digest([[test.key, test.reference] for test in tests])[:12] if tests else None
