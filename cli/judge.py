"""`judge`: has a model score any data, record by record, by a rubric.

Every answer goes into a journal beside the scores before it is used, so that the same command goes
on where it was interrupted, and asks nothing twice.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console

from asking.line import Line
from cli.bar import bar, spent_words
from cli.checks import check_places
from cli.gold import Gold, gold_of
from cli.holding import held
from cli.judged import Outcome, tell
from cli.probing import probed_once
from cli.requests import JudgeRequest
from cli.running import say, settings_of
from cli.signals import Signals
from errors import InputError, RunError, RunInterruptedError
from graph.traces import traced
from models.embeddings import embeddings
from models.endpoint import choose
from models.probe import served_model
from nodes.judging.data import verdicts
from nodes.prepare import check_price
from nodes.resources import Resources, open_endpoint
from nodes.roles import as_role
from nodes.settings import Settings
from nodes.spending import cost_of, seconds_left
from prompts.domain import parse_domain
from prompts.rubric_file import Judging, read_rubric, rubric_of_domain, usual
from record import Record
from store.files.data_set import read_rows
from store.files.folder import CONFIG, DATASET, read_config
from store.files.forms import check_suffix
from store.files.json_lines import JSON_LINES
from store.files.replacing import replacing
from store.files.writing import json_line
from store.journal.database import sqlite_url
from store.journal.log import Journal
from words import several

RUN = "judge"
"""The name under which the answers are stored in the journal."""


@dataclass(frozen=True, slots=True)
class _Work:
    """What is to be done: files of records, how they are judged, and where the scores go."""

    files: Sequence[Path]
    field: str | None
    gold: Gold | None
    judging: Judging
    settings: Settings
    out: Path


def judge_data(request: JudgeRequest, options: Mapping[str, Any]) -> None:
    """Write every record with its score and what it fails; say how they agree with gold labels.

    `options` are the settings that were named.
    """
    files = [path / DATASET if path.is_dir() else path for path in request.data]
    journal = request.out.with_name(f"{request.out.name}.journal")
    check_places([*request.data, *files], [request.out, journal])
    check_suffix(request.out, JSON_LINES.name, JSON_LINES.suffixes)
    judging = read_rubric(request.rubric) if request.rubric else _own_rubric(request.data)
    total = _count(files, request.field)
    rows = (row for row, _ in _records(files, request.field))
    gold = gold_of(request.gold, rows) if request.gold else None
    settings = asyncio.run(_settings(options))
    check_price(settings)
    work = _Work(files, request.field, gold, judging, settings, request.out)
    lock = journal.with_name(f"{journal.name}.lock")
    in_use = f"{request.out} is being judged already: wait, or name another --out"
    with held(lock, in_use, request.out):
        outcome = asyncio.run(_judge(work, journal, total))
    tell(outcome, total, request.out, as_json=request.as_json)


def _own_rubric(data: Sequence[Path]) -> Judging:
    """Return the rubric of the domain whose run the first folder holds, else the usual one."""
    folder = next((path for path in data if (path / CONFIG).is_file()), None)
    if folder is None:
        return usual()
    content = read_config(folder)["domain"]
    return rubric_of_domain(parse_domain(content, f"{folder}/{CONFIG}, domain"))


def _records(files: Sequence[Path], named: str | None) -> Iterator[tuple[dict[str, Any], Record]]:
    """Yield every row with its record. Raises InputError at the first that is none."""
    return ((row, record) for path in files for row, record, _ in read_rows(path, named))


def _count(files: Sequence[Path], named: str | None) -> int:
    """Return how many records there are; say how many of them have no output."""
    bare = Counter(not record.output for _, record in _records(files, named))
    if not bare:
        raise InputError(f"{files[0]} holds no records: name a file with some")
    if bare[True]:
        have = f"{bare[True]:,} of {several(bare.total(), 'record')} without an output"
        fix = "a field of another name is not read: call it output"
        say(Console(stderr=True), f"{have}, judged as they are; {fix}")
    return bare.total()


async def _settings(options: Mapping[str, Any]) -> Settings:
    """Return the settings, with the judge's model and address in the place of the run's."""
    named = settings_of(options)
    choice = choose(named.judge_model, named.judge_base_url, os.environ)
    model = choice.model or await served_model(str(choice.base_url))
    models = {"model": model, "judge_model": model}
    urls = {"base_url": choice.base_url, "judge_base_url": choice.base_url}
    return named.model_copy(update=models | urls)


async def _judge(work: _Work, journal: Path, total: int) -> Outcome:
    """Judge every record, as far as the caps allow; the scores are whole, or not there."""
    console = Console(stderr=True)
    asked = as_role(work.settings, "judge")
    with closing(Journal(sqlite_url(journal))) as log, traced(os.environ):
        resources = Resources(log, open_endpoint, embeddings())
        outcome = Outcome(work.settings, await probed_once([asked], log, RUN), work.gold)
        stop = partial(resources.interrupt, RunInterruptedError("interrupted"))
        try:
            shown = bar(console, "Judging", total, "record", lambda: spent_words(outcome.spent))
            with Signals(console, stop), shown as advance:
                await _scored(work, _line(asked, resources, console), outcome, advance)
        except RunInterruptedError:
            console.print("Interrupted. The same command goes on.", highlight=False)
            raise KeyboardInterrupt from None
        except RunError as error:
            raise RunError(f"{error} (the same command goes on)") from error
        finally:
            await resources.settle()
            await resources.aclose()
    return outcome


async def _scored(work: _Work, line: Line, outcome: Outcome, advance: Callable[[], None]) -> None:
    """Write the scores, as far as the caps allow."""
    left = seconds_left(work.settings, outcome.spent)
    line.channel.calls.meter.start(work.settings.caps, cost_of(outcome.spent), left)
    records, spent = _records(work.files, work.field), cost_of(outcome.spent)
    with replacing(work.out) as file:
        async for row, judged in verdicts(records, work.judging, work.settings, line, spent):
            outcome.add(row, judged, line.rates.price)
            file.write(json_line(outcome.scored(row, judged)))
            advance()


def _line(asked: Settings, resources: Resources, console: Console) -> Line:
    def on_wait(message: str, _seconds: float) -> None:
        say(console, message)

    channel = resources.channel(RUN, asked, on_wait, partial(say, console))
    return Line(channel, resources.rates(asked))
