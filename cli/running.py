"""What `run`, `resume` and `import` share: settings from options, a run shown, its outcome."""

import asyncio
import json
import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import typer
from pydantic import ValidationError
from rich.console import Console

from cli.live.view import open_view
from cli.report import report_of
from cli.review import Reviewer
from cli.signals import Signals
from errors import DamagedError, InputError, RunError, RunInterruptedError
from graph.local import LocalRun
from graph.traces import traced
from models.refusal import advice_for
from nodes.settings import Settings
from problems import Location, problem_of
from prompts.domain import Domain
from store.files.folder import DATASET, REJECTED
from words import several, still_to_find

OF_THE_JUDGE = {"judge_model", "judge_base_url", "judge_threshold", "revise"}
"""Settings that say how records are judged."""

MOST_REFUSED = 0.9
"""Share of requests refused above which a run has failed, whatever it brought."""


def config_of(domain: Domain, settings: Settings, thread: str | None) -> dict[str, Any]:
    """Return what config.yaml says; `thread` is the run's, where its database is not its own."""
    plain = settings.model_dump(mode="json", exclude_none=True)
    kept = {"thread": thread} if thread else {}
    return {"domain": domain.model_dump(mode="json"), "settings": plain, **kept}


def renewed(known: Mapping[str, Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings known so far, and those that are named now in their place.

    A breadth without a depth says the depth, too. Another depth drops the breadth that was known, a
    number of records in all that for each task, and the reverse.
    """
    if "breadth" in named and "depth" not in named:
        named = {**named, "depth": len(named["breadth"])}
    rivals = {"depth": "breadth", "records": "per_task", "per_task": "records"}
    gone = {rivals[name] for name in named if name in rivals}
    return {**{name: value for name, value in known.items() if name not in gone}, **named}


def settings_of(options: Mapping[str, Any], named: Collection[str] = ()) -> Settings:
    """Return the settings, of which a person named some just now.

    Raises InputError that names the option which cannot be used, or means nothing beside another.
    """
    try:
        settings = Settings.model_validate(dict(options))
    except ValidationError as error:
        raise InputError(problem_of(error, _option)) from error
    for name in named:
        if why := _unused(name, settings):
            raise InputError(f"{_option((name,))} means nothing {why}")
    return settings


def _unused(name: str, settings: Settings) -> str | None:
    """Return why a setting means nothing beside the others, and the fix; None where it does."""
    if name in settings.kind.unused:
        other = "leave it out, or name another --strategy"
        return f"to the strategy {settings.strategy}: {other}"
    if name not in OF_THE_JUDGE or not getattr(settings, name):
        return None
    if settings.tasks_only:
        return "with --tasks-only, which writes no record to judge: leave one of them out"
    if settings.judge_model is None:
        return "without a judge: name one with --judge-model, or leave it out"
    return None


def _option(location: Location) -> str:
    return "--" + str(location[0]).replace("_", "-") if location else ""


async def watched(run: LocalRun, folder: Path, domain: Domain) -> dict[str, Any]:
    """Let the run go on to its end, shown in the terminal; return its last state.

    Raises KeyboardInterrupt where a person stopped it, RunError where it cannot go on.
    """
    console = Console(stderr=True)
    try:
        with traced(os.environ), open_view(console) as view, Signals(console, run.stop) as signals:
            for event in await run.events_so_far():
                view.on(event)
            return await run.go(domain, view.on, signals.aside(Reviewer(view, console)))
    except (asyncio.CancelledError, KeyboardInterrupt, typer.Abort, RunInterruptedError):
        say(console, f"Interrupted. Go on with: explore-instruct resume {folder}")
        raise KeyboardInterrupt from None
    except DamagedError:
        raise
    except RunError as error:
        raise RunError(f"{error} (go on with: explore-instruct resume {folder})") from error


def say(console: Console, text: str) -> None:
    """Print a text as it is."""
    console.print(text, markup=False, emoji=False, highlight=False, soft_wrap=True)


def conclude(folder: Path, settings: Settings, values: Mapping[str, Any], *, as_json: bool) -> None:
    """Write the report, and say what the run brought."""
    counts, spent = values["counts"], values["spent"]
    report = report_of(folder, settings.threshold)
    result = {
        "folder": str(folder),
        **counts,
        **spent,
        "unseen": values["exploration"].get("unseen"),
        "stopped_by": values["stopped_by"],
        "report": str(report) if report else None,
    }
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
        check_answers(settings, values)
        return
    typer.echo(
        f"{several(counts['tasks'], 'task')}, {several(counts['records'], 'record')} kept, "
        f"{several(counts['rejected'], 'proposal')} rejected, {several(spent['calls'], 'call')}"
        + (f", {spent['usd']:.2f} USD" if spent["usd"] else "")
    )
    if unseen := values["exploration"].get("unseen"):
        typer.echo(f"tasks: {still_to_find(**unseen)}")
    if values["stopped_by"]:
        typer.echo(f"stopped by {values['stopped_by']}")
    typer.echo(f"data: {folder / DATASET}")
    if report:
        typer.echo(f"report: {report}")
    check_answers(settings, values)


def check_answers(settings: Settings, values: Mapping[str, Any]) -> None:
    """Raise RunError where the endpoint refused nearly every request, or no record came of it.

    A run that a cap stopped may end without a record, if all answers could be read.
    """
    counts, spent = values["counts"], values["spent"]
    refused, answered = spent["refused_calls"], spent["calls"]
    if refused and (refused > MOST_REFUSED * (refused + answered) or not counts["records"]):
        raise RunError(
            f"the endpoint refused {several(refused, 'request')} and answered {answered:,}, the "
            f"last refusal being: {spent['refusal']} ({advice_for(spent['refusal'])})"
        )
    is_read = "malformed" not in values["exploration"]["rejected_by_rule"]
    is_short = str(values["stopped_by"]).startswith("max_") and is_read
    if not (counts["records"] or settings.tasks_only or is_short):
        raise RunError(f"no record came of {several(answered, 'call')}: {REJECTED} says why")
