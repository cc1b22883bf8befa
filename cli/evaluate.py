"""`evaluate`: two models compared: in pairs by a judge, on mathematics, by their loss, by people.

Every answer and every verdict goes into the journal of the comparison's folder before it is used:
the same command goes on where it was interrupted, and asks nothing twice.
"""

import asyncio
import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import Any

from rich.console import Console

from asking.allowance import Rates
from asking.line import Line
from asking.purse import Purse
from cli.bar import bar
from cli.contestants import Named
from cli.evaluated import Outcome, tell
from cli.evaluating import Work, work_of
from cli.probing import probed_one
from cli.requests import EvaluateRequest
from cli.running import say, settings_of
from cli.signals import Signals
from errors import InputError, RunError, RunInterruptedError
from graph.database import hold
from graph.traces import traced
from models.chat import Endpoint
from models.embeddings import embeddings
from nodes.resources import Resources, open_endpoint
from nodes.settings import Settings
from nodes.spending import NOTHING, cost_of, seconds_left
from nodes.state import Spent
from store.journal.database import sqlite_url
from store.journal.log import Journal
from training.evaluation.budget import Budget, results
from training.evaluation.contestant import Contestant
from training.evaluation.folder import FOLDER, Answering, folder_endpoint, load
from training.evaluation.mathematics import Mathematics
from training.evaluation.outputs import COMPARISON, JOURNAL, LOCK, check_folder, make_folder
from training.evaluation.pairwise import Pairwise

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
    folders = {m.model: load(m.path) for m in work.models if m.kind == "folder" and work.asks}
    outcome = Outcome(work, asyncio.run(_probed(work)))
    make_folder(work.out, check_folder(work.out, work.comparison))
    lock = work.out / LOCK
    in_use = f"{work.out} is being written already: wait, or name another --out"
    with hold(lock, in_use, work.out, "name another --out"):
        if work.asks:
            asyncio.run(_asked(outcome, folders))
        _measure(outcome)
        outcome.write()
    lock.unlink(missing_ok=True)
    tell(outcome, as_json=request.as_json)


def _measure(outcome: Outcome) -> None:
    """Measure the losses; where that cannot be, a folder that holds nothing else is removed."""
    out = outcome.work.out
    try:
        outcome.measure_losses()
    except InputError:
        if {entry.name for entry in out.iterdir()} <= {COMPARISON, LOCK}:
            shutil.rmtree(out)
        raise


def _show_ratings(request: EvaluateRequest) -> None:
    others = (request.model, request.questions, request.math, request.held_out, request.out)
    if any(others):
        raise InputError(
            "--ratings shows what people said; it asks no model and writes nothing: leave the rest "
            "out"
        )
    from cli.rated import show_ratings  # noqa: PLC0415 - NLTK, half a second

    show_ratings(list(request.ratings or ()), request.verdicts, as_json=request.as_json)


async def _probed(work: Work) -> Spent:
    """See that every model at an endpoint can be asked; return what that cost."""
    spent = NOTHING
    asked = [model.settings for model in work.models if model.kind == "endpoint" and work.asks]
    everyone = [*asked, *([work.judge] if work.judge else [])]
    for one in {(one.model, one.base_url): one for one in everyone}.values():
        spent = await probed_one(one, spent)
    return spent


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
        resources = Resources(log, opened, embeddings())
        stop = partial(resources.interrupt, RunInterruptedError("interrupted"))
        try:
            with Signals(console, stop):
                await _compared(outcome, resources, console)
        except RunInterruptedError:
            console.print("Interrupted. The same command goes on.", highlight=False)
            raise KeyboardInterrupt from None
        except RunError as error:
            raise RunError(f"{error} (the same command goes on)") from error
        finally:
            await resources.settle()
            await resources.aclose()


async def _compared(outcome: Outcome, resources: Resources, console: Console) -> None:
    work, line = outcome.work, partial(_line, resources=resources, console=console)
    models = [_contestant(work, model, line) for model in work.models]
    budget = _budget(outcome, resources)
    if work.judge:
        a, b = models
        reasons = not str(work.judge.model).startswith("embedded")
        pairs = Pairwise(a, b, line(work.judge), reasons, work.settings.seed)
        with bar(console, "Comparing", len(work.questions), "question", outcome.told) as advance:
            async for compared in results(work.questions, pairs, budget):
                outcome.compared.append(compared)
                advance()
    if work.problems:
        with bar(console, "Grading", len(work.problems), "problem", outcome.told) as advance:
            async for solved in results(work.problems, Mathematics(models), budget):
                outcome.solved.append(solved)
                advance()


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
