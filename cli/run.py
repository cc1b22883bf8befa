"""`run`, `resume` and `import`: from arguments to a run in a folder."""

import asyncio
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import typer
from pydantic import ValidationError
from rich.console import Console

from asking.budget import Caps
from cli.checks import exact
from cli.report import report_of
from cli.review import Reviewer
from cli.signals import Signals
from cli.view import open_view
from errors import DamagedError, InputError, RunError, RunInterruptedError
from graph.database import Place, new_thread
from graph.local import LocalRun, open_run
from graph.planting import original_domain, original_entries
from graph.traces import traced
from models.endpoint import choose, endpoint
from models.prices import cost_usd
from models.probe import probe, served_model
from nodes.prepare import check_price, check_seeds
from nodes.settings import Settings
from problems import Location, problem_of
from prompts.domain import Domain, load_domain, parse_domain
from search.estimate import Estimate
from store.exploration import Exploration
from store.files.folder import (
    CONFIG,
    DATASET,
    REJECTED,
    create,
    read_config,
    update_config,
    write_salvaged,
)
from store.files.original import read_original
from store.files.pruning import Pruned, prune
from store.journal.log import Entry
from store.tree import name_key
from words import several

NOT_INHERITED = {"max_calls", "max_tokens", "max_usd", "max_minutes", "tasks_only", "review"}
"""Settings that `--from` does not take over from the other run."""


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a person asked `run` for; `options` are the settings that were named."""

    domain: str | None
    out: Path | None
    source: Path | None
    options: Mapping[str, Any]
    dry_run: bool
    as_json: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Another run to go on from: what it explores, its settings, and all it admitted.

    `outline` is the tree with its counts as they stand.
    """

    domain: Domain
    settings: dict[str, Any]
    entries: list[Entry]
    outline: Exploration


def start(request: RunRequest) -> None:
    """Check everything, then make the folder and run; nothing is made when something is wrong."""
    source = asyncio.run(_source(request.source)) if request.source else None
    domain, settings = _asked_for(request, source)
    settings = asyncio.run(_with_model(settings))
    check_price(settings)
    if source is None:
        check_seeds(domain, settings)
    if request.dry_run:
        expected = (
            settings.search(source.outline).remaining(grows=True) if source else settings.expected
        )
        typer.echo(_estimate_text(settings, expected, as_json=request.as_json))
        return
    asyncio.run(_probe(settings))
    folder = request.out or _default_folder(domain)
    thread = new_thread(os.environ)
    place = Place.of(folder, thread, os.environ)
    create(folder, _config(domain, settings, thread))
    planted = source.entries if source else None
    values = asyncio.run(_begin(folder, place, domain, settings, planted))
    _tell(folder, settings, values, as_json=request.as_json)


def go_on(folder: Path, options: Mapping[str, Any], *, as_json: bool) -> None:
    """Go on with the run of a folder; `options` are settings that it shall have from now on."""
    config = read_config(folder)
    domain = parse_domain(config["domain"], f"{folder}/config.yaml, domain")
    settings = _settings(_renewed(config["settings"], options))
    if settings.model is None:
        raise InputError(
            f"{folder} holds an imported tree, no run: explore-instruct run --from {folder}"
        )
    check_price(settings)
    place = Place.of(folder, config.get("thread"), os.environ)
    asked = _config(domain, settings, config.get("thread")) if options else None
    try:
        values = asyncio.run(_go_on(folder, place, domain, settings, asked))
    except DamagedError as error:
        if place != Place.in_folder(folder):
            raise
        raise RunError(f"{error}; {write_salvaged(folder)}") from error
    _tell(folder, settings, values, as_json=as_json)


async def _go_on(
    folder: Path,
    place: Place,
    domain: Domain,
    settings: Settings,
    config: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Go on; `config` is what config.yaml is to say from now on, None for no change."""
    async with open_run(folder, settings, place=place) as run:
        if not (await run.values()).get("head") and (folder / DATASET).exists():
            raise InputError(
                f"{folder} holds data, but its {place.name} holds no run: put the right one "
                "back, or start anew with another --out"
            )
        if config is not None:
            update_config(folder, config)
        finished = await run.is_finished()
        if finished and config is not None:
            await run.reopen()
        elif finished:
            _say(Console(stderr=True), f"{folder} is finished already.{await _further(run)}")
        return await _run(run, folder, domain)


async def _further(run: LocalRun) -> str:
    """Say how a run that a cap stopped can go on."""
    stopped_by = str((await run.values())["stopped_by"])
    option = stopped_by.replace("_", "-")
    return f" Go on with a larger --{option}." if option.startswith("max-") else ""


def import_original(tree_folder: Path, out: Path, prune_threshold: float | None) -> None:
    """Make a run's folder from a tree of the original implementation, whole or pruned by names."""
    tree, pruned = read_original(tree_folder), list[Pruned]()
    unpruned = sum(1 for _ in tree.records())
    if prune_threshold is not None:
        tree, pruned = prune(tree, exact(prune_threshold))
    domain = original_domain(tree, tree_folder.name)
    depth = max(1, *(task.depth for task in tree.tasks))
    settings = Settings(depth=min(depth + 1, 8))
    thread = new_thread(os.environ)
    place = Place.of(out, thread, os.environ)
    create(out, _config(domain, settings, thread))

    async def plant() -> int:
        async with open_run(out, settings, place=place) as run:
            await run.plant(domain, original_entries(tree, settings.standards.threshold, pruned))
            await run.export()
            return int((await run.values())["counts"]["records"])

    records = asyncio.run(plant())
    report_of(out, records, settings.threshold)
    typer.echo(f"{several(len(tree.tasks), 'task')} and {several(records, 'record')} in {out}")
    if pruned:
        gone = len(pruned) + sum(task.below for task in pruned)
        left = several(unpruned - records, "record")
        typer.echo(f"{several(gone, 'task')} pruned, and {left} with them: see {out / REJECTED}")
    typer.echo(f"go on with: explore-instruct run --from {out}")


async def _source(folder: Path) -> Source:
    config = read_config(folder)
    domain = parse_domain(config["domain"], f"{folder}/config.yaml, domain")
    place = Place.of(folder, config.get("thread"), os.environ)
    if place.database.file and not place.database.file.is_file():
        raise InputError(f"{folder} cannot be gone on from: its {place.name} is missing")
    settings = _settings(config["settings"])
    async with open_run(folder, settings, place=place, to_read=True) as run:
        if not (await run.values()).get("head"):
            raise InputError(f"{folder} cannot be gone on from: nothing was explored there yet")
        return Source(domain, config["settings"], await run.entries(), await run.outline())


def _asked_for(request: RunRequest, source: Source | None) -> tuple[Domain, Settings]:
    """Return the domain and the settings: what was named, else another run's, else the defaults."""
    inherited: dict[str, Any] = {}
    if source:
        inherited = {k: v for k, v in source.settings.items() if k not in NOT_INHERITED}
    if request.domain is None:
        if source is None:
            raise InputError(
                "no domain is named: give a preset (explore-instruct domains) or a file"
            )
        domain = source.domain
    elif Path(request.domain).name == CONFIG and Path(request.domain).is_file():
        config = read_config(Path(request.domain).parent)
        domain = parse_domain(config["domain"], f"{request.domain}, domain")
        inherited = config["settings"]
    else:
        domain = load_domain(request.domain)
    if source and name_key(domain.task) != name_key(source.domain.task):
        raise InputError(
            f"{request.source} explores {source.domain.task!r}, not {domain.task!r}: "
            "leave DOMAIN out, or --from"
        )
    return domain, _settings(_renewed(inherited, request.options))


def _renewed(known: Mapping[str, Any], named: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings known so far, and those that are named now in their place.

    A breadth without a depth says the depth, too. Another depth drops the breadth that was known, a
    number of records in all that for each task, and the reverse.
    """
    if "breadth" in named and "depth" not in named:
        named = {**named, "depth": len(named["breadth"])}
    rivals = {"depth": "breadth", "records": "per_task", "per_task": "records"}
    gone = {rivals[name] for name in named if name in rivals}
    return {**{name: value for name, value in known.items() if name not in gone}, **named}


def _settings(options: Mapping[str, Any]) -> Settings:
    try:
        return Settings.model_validate(dict(options))
    except ValidationError as error:
        raise InputError(problem_of(error, _option)) from error


def _option(location: Location) -> str:
    return "--" + str(location[0]).replace("_", "-") if location else ""


async def _with_model(settings: Settings) -> Settings:
    """Return the settings with the model and the base URL that will be asked."""
    choice = choose(settings.model, settings.base_url, os.environ)
    model = choice.model or await served_model(str(choice.base_url))
    return settings.model_copy(update={"model": model, "base_url": choice.base_url})


async def _probe(settings: Settings) -> None:
    """See that the model can be asked; under a cap by nothing that costs."""
    asked = endpoint(str(settings.model), settings.base_url)
    try:
        await probe(asked, may_cost=settings.caps == Caps())
    finally:
        await asked.aclose()


async def _begin(
    folder: Path,
    place: Place,
    domain: Domain,
    settings: Settings,
    planted: Iterable[Entry] | None,
) -> dict[str, Any]:
    async with open_run(folder, settings, place=place) as run:
        if planted is not None:
            await run.plant(domain, planted)
        return await _run(run, folder, domain)


async def _run(run: LocalRun, folder: Path, domain: Domain) -> dict[str, Any]:
    console = Console(stderr=True)
    try:
        with (
            traced(os.environ),
            open_view(console) as view,
            Signals(console, run.stop) as signals,
        ):
            for event in await run.told():
                view.on(event)
            return await run.go(domain, view.on, signals.aside(Reviewer(view, console)))
    except (asyncio.CancelledError, KeyboardInterrupt, typer.Abort, RunInterruptedError):
        _say(console, f"Interrupted. Go on with: explore-instruct resume {folder}")
        raise KeyboardInterrupt from None
    except DamagedError:
        raise
    except RunError as error:
        raise RunError(f"{error} (go on with: explore-instruct resume {folder})") from error


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _tell(folder: Path, settings: Settings, values: Mapping[str, Any], *, as_json: bool) -> None:
    """Write the report, and say what the run brought."""
    counts, spent = values["counts"], values["spent"]
    report = report_of(folder, counts["records"], settings.threshold)
    result = {
        "folder": str(folder),
        **counts,
        **spent,
        "stopped_by": values["stopped_by"],
        "report": str(report) if report else None,
    }
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    typer.echo(
        f"{several(counts['tasks'], 'task')}, {several(counts['records'], 'record')} kept, "
        f"{several(counts['rejected'], 'proposal')} rejected, {several(spent['calls'], 'call')}"
        + (f", {spent['usd']:.2f} USD" if spent["usd"] else "")
    )
    if values["stopped_by"]:
        typer.echo(f"stopped by {values['stopped_by']}")
    typer.echo(f"data: {folder / 'dataset.jsonl'}")
    if report:
        typer.echo(f"report: {report}")


def _estimate_text(settings: Settings, expected: Estimate, *, as_json: bool) -> str:
    """Say what the run takes when every task reaches its breadth and its quota."""
    prompt, answers = 900 * expected.calls, 350 * expected.calls
    usd = cost_usd(str(settings.model), prompt, answers, settings.base_url)
    result = {
        "model": settings.model,
        "tasks": expected.tasks,
        "records": expected.records,
        "calls": expected.calls,
        "tokens": prompt + answers,
        "usd": usd,
        "at_most": asdict(settings.caps),
    }
    if as_json:
        return json.dumps(result)
    price = "at an unknown price" if usd is None else f"about {usd:.2f} USD"
    caps = asdict(settings.caps).items()
    most = ", ".join(f"{cap:,} {what}" for what, cap in caps if cap is not None)
    return (
        f"up to {several(expected.tasks, 'task')} and {several(expected.records, 'record')} from "
        f"{settings.model}: about "
        f"{several(expected.calls, 'call')} ({expected.explore_calls:,} to explore), "
        f"{prompt + answers:,} tokens, {price}; {f'stops at {most}' if most else 'no cap is set'}"
    )


def _config(domain: Domain, settings: Settings, thread: str | None) -> dict[str, Any]:
    """Return what config.yaml says; `thread` is the run's, where its database is not its own."""
    plain = settings.model_dump(mode="json", exclude_none=True)
    kept = {"thread": thread} if thread else {}
    return {"domain": domain.model_dump(mode="json"), "settings": plain, **kept}


def _default_folder(domain: Domain) -> Path:
    return Path("runs") / f"{domain.name}-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
