"""`evaluate`: two models compared: in pairs by a judge, on mathematics, by their loss, by people.

Every answer and every verdict goes into the journal of the comparison's folder before it is used:
the same command goes on where it was interrupted, and asks nothing twice.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from rich.console import Console

from asking.allowance import Rates
from asking.line import Line
from asking.purse import Purse
from cli.bar import bar
from cli.contestants import Named
from cli.evaluated import Outcome, tell
from cli.evaluating import Work, work_of
from cli.holding import held_folder
from cli.model_requests import EvaluateRequest
from cli.probing import probed_once
from cli.running import say, settings_of
from cli.signals import Signals
from errors import InputError, RunError, RunInterruptedError
from graph.traces import traced
from models.chat import Endpoint
from models.embeddings import embeddings
from nodes.resources import Resources, open_endpoint
from nodes.settings import Settings
from nodes.spending import cost_of, seconds_left
from store.journal.database import sqlite_url
from store.journal.log import Journal
from training.evaluation.budget import Budget, Lost, results
from training.evaluation.contestant import Contestant
from training.evaluation.folder import FOLDER, Answering, folder_endpoint, load
from training.evaluation.mathematics import Mathematics
from training.evaluation.outputs import JOURNAL, LOCK, begun
from training.evaluation.pairwise import Pairwise

Result = TypeVar("Result")

RUN = "evaluate"
"""The name under which the answers are stored in the journal."""

AHEAD = 2
"""For each call in flight so many questions are under way: a question's calls wait for others."""


def evaluate_models(request: EvaluateRequest, options: Mapping[str, Any]) -> None:
    """Compare the models as far as the caps allow; say what came of it. `options` are settings."""
    if request.ratings:
        _show_ratings(request)
        return
    work = work_of(request, settings_of(options))
    outcome = Outcome(work)
    in_use = f"{work.out} is being written already: wait, or name another --out"
    with held_folder(work.out, LOCK, in_use):
        with begun(work.out, work.comparison):
            outcome.measure_losses()
            if work.asks:
                folders = {m.model: load(m.path) for m in work.models if m.kind == "folder"}
                asyncio.run(_asked(outcome, folders))
        outcome.write()
    tell(outcome, as_json=request.as_json)


def _show_ratings(request: EvaluateRequest) -> None:
    others = (request.model, request.questions, request.math, request.held_out, request.out)
    if any(others):
        raise InputError(
            "--ratings shows what people said; it asks no model and writes nothing: leave the rest "
            "out"
        )
    from cli.rated import show_ratings  # noqa: PLC0415 - NLTK, half a second

    show_ratings(list(request.ratings or ()), request.verdicts, as_json=request.as_json)


async def _asked(outcome: Outcome, folders: Mapping[str, Answering]) -> None:
    """Ask both models and the judge, as far as the caps allow."""
    console, work = Console(stderr=True), outcome.work

    def opened(settings: Settings) -> Endpoint:
        answering = folders.get(str(settings.model))
        return (
            folder_endpoint(str(settings.model), answering)
            if answering
            else open_endpoint(settings)
        )

    with closing(Journal(sqlite_url(work.out / JOURNAL))) as log, traced(os.environ):
        outcome.spent = await probed_once(_endpoints(work), log, RUN)
        resources = Resources(log, opened, embeddings())
        stop = partial(resources.interrupt, RunInterruptedError("interrupted"))
        try:
            with Signals(console, stop):
                await _compared(outcome, resources, console)
        except RunInterruptedError:
            console.print("Interrupted. The same command goes on.", highlight=False)
            raise KeyboardInterrupt from None
        except (InputError, RunError) as error:  # what was asked stays, whatever it is
            fix = "the same command goes on; other models need another --out"
            raise RunError(f"{error} ({fix})") from error
        finally:
            await resources.settle()
            await resources.aclose()


def _endpoints(work: Work) -> list[Settings]:
    """Return how the models at endpoints are asked, the judge's included."""
    models = [model.settings for model in work.models if model.kind == "endpoint"]
    return [*models, *([work.judge] if work.judge else [])]


async def _compared(outcome: Outcome, resources: Resources, console: Console) -> None:
    work, line = outcome.work, partial(_line, resources=resources, console=console)
    models = [_contestant(work, model, line) for model in work.models]
    budget = _budget(outcome, resources)
    if work.judge:
        a, b = models
        reasons = not str(work.judge.model).startswith("embedded")
        pairs = Pairwise(a, b, line(work.judge), reasons, work.settings.seed)
        with bar(console, "Comparing", len(work.questions), "question", outcome.told) as advance:
            compared = results(work.questions, pairs, budget)
            outcome.lost_pairs = await _taken(compared, outcome.compared, advance)
    if work.problems:
        with bar(console, "Grading", len(work.problems), "problem", outcome.told) as advance:
            solved = results(work.problems, Mathematics(models), budget)
            outcome.lost_problems = await _taken(solved, outcome.solved, advance)


async def _taken(
    results: AsyncIterator[Result | Lost], found: list[Result], advance: Callable[[], None]
) -> int:
    """Add what comes of each question to what was found; return how many were lost."""
    lost = 0
    async for one in results:
        if isinstance(one, Lost):
            lost += 1
        else:
            found.append(one)
        advance()
    return lost


def _contestant(work: Work, model: Named, line: Callable[[Settings], Line]) -> Contestant:
    return Contestant(
        model.side,
        model.name,
        None if model.kind == "file" else line(model.settings),
        model.written,
        work.answer_tokens,
        work.settings.seed,
    )


def _line(settings: Settings, *, resources: Resources, console: Console) -> Line:
    """Return how a model is asked; one in a folder costs nothing."""

    def on_wait(message: str, _seconds: float) -> None:
        say(console, message)

    channel = resources.channel(RUN, settings, on_wait, partial(say, console))
    if not str(settings.model).startswith(FOLDER):
        return Line(channel, resources.rates(settings))
    return Line(replace(channel, price=_free), Rates(_free))


def _free(_prompt: int, _answer: int) -> float:
    return 0.0


def _budget(outcome: Outcome, resources: Resources) -> Budget:
    settings, spent = outcome.work.settings, cost_of(outcome.spent)
    meter = resources.calls(RUN, settings).meter
    meter.start(settings.caps, spent, seconds_left(settings, outcome.spent))
    return Budget(
        Purse.below(settings.caps, spent), meter, AHEAD * settings.parallel, outcome.spend
    )
