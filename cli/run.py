"""`run`, `resume` and `import`: from arguments to a run in a folder."""

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import typer
from pydantic import ValidationError
from rich.console import Console

from cli.review import ask_reviewer
from cli.view import open_view
from errors import InputError, RunError
from graph.local import LocalRun, open_run
from graph.planting import original_domain, original_entries
from models.endpoint import choose, endpoint
from models.prices import cost_usd
from models.probe import probe, served_model
from nodes.prepare import check_seeds
from nodes.settings import Settings
from prompts.domain import Domain, load_domain, parse_domain
from store.folder import create, read_config
from store.original import read_original


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asked `run` for; `options` are the settings that were named."""

    domain: str | None
    out: Path | None
    source: Path | None
    options: Mapping[str, Any]
    dry_run: bool
    as_json: bool


def start(request: Request) -> None:
    """Check everything, then make the folder and run; nothing is made when something is wrong."""
    domain = _domain(request)
    settings = asyncio.run(_with_model(_settings(request.options)))
    if request.source is None and settings.strategy == "explore":
        check_seeds(domain, settings)
    if request.dry_run:
        typer.echo(_estimate_text(settings, as_json=request.as_json))
        return
    asyncio.run(_probe(settings))
    folder = request.out or _default_folder(domain)
    create(folder, {"domain": domain.model_dump(mode="json"), "settings": _plain(settings)})
    asyncio.run(_go(folder, domain, settings, request))


def go_on(folder: Path, *, as_json: bool) -> None:
    """Go on with the run of a folder."""
    config = read_config(folder)
    domain = parse_domain(config["domain"], f"{folder}/config.yaml, domain")
    settings = _settings(config["settings"])
    request = Request(None, folder, None, {}, dry_run=False, as_json=as_json)
    asyncio.run(_go(folder, domain, settings, request))


def import_original(tree_folder: Path, out: Path) -> None:
    """Make a run's folder from a tree of the original implementation."""
    tree = read_original(tree_folder)
    domain = original_domain(tree, tree_folder.name)
    depth = max(1, *(task.depth for task in tree.tasks))
    settings = Settings(depth=min(depth, 8))
    create(out, {"domain": domain.model_dump(mode="json"), "settings": _plain(settings)})

    async def plant() -> int:
        async with open_run(out, settings) as run:
            await run.plant(domain, original_entries(tree, settings.standards.threshold))
            await run.export()
            return int((await run.values())["counts"]["records"])

    records = asyncio.run(plant())
    typer.echo(f"{len(tree.tasks)} tasks and {records} records in {out}")
    typer.echo(f"go on with: explore-instruct run --from {out}")


def _domain(request: Request) -> Domain:
    if request.domain is not None:
        return load_domain(request.domain)
    if request.source is None:
        raise InputError("no domain is named: give a preset (explore-instruct domains) or a file")
    config = read_config(request.source)
    return parse_domain(config["domain"], f"{request.source}/config.yaml, domain")


def _settings(options: Mapping[str, Any]) -> Settings:
    try:
        return Settings.model_validate(dict(options))
    except ValidationError as error:
        raise InputError(_first_fault(error)) from error


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    option = "--" + str(fault["loc"][0]).replace("_", "-") if fault["loc"] else ""
    if not option:
        return str(fault["msg"]).removeprefix("Value error, ")
    return f"{option} {fault['input']!r}: {fault['msg'][0].lower()}{fault['msg'][1:]}"


async def _with_model(settings: Settings) -> Settings:
    """Return the settings with the model and the base URL that will be asked."""
    choice = choose(settings.model, settings.base_url, os.environ)
    model = choice.model or await served_model(str(choice.base_url))
    return settings.model_copy(update={"model": model, "base_url": choice.base_url})


async def _probe(settings: Settings) -> None:
    asked = endpoint(str(settings.model), settings.base_url)
    try:
        await probe(asked)
    finally:
        await asked.aclose()


async def _go(folder: Path, domain: Domain, settings: Settings, request: Request) -> None:
    console = Console(stderr=True)
    async with open_run(folder, settings) as run:
        if request.source is not None:
            await _continue_from(request.source, run, domain)
        if await run.is_finished():
            _say(console, f"{folder} is finished already.")
        try:
            with open_view(console) as view:
                for event in await run.told():
                    view.on(event)
                values = await run.go(domain, view.on, ask_reviewer(view, console))
        except (asyncio.CancelledError, KeyboardInterrupt):
            _say(console, f"Interrupted. Go on with: explore-instruct resume {folder}")
            raise
        except RunError as error:
            raise RunError(f"{error} (go on with: explore-instruct resume {folder})") from error
    _tell(folder, values, as_json=request.as_json)


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)


async def _continue_from(source: Path, run: LocalRun, domain: Domain) -> None:
    settings = _settings(read_config(source)["settings"])
    async with open_run(source, settings) as other:
        entries = await other.entries()
    await run.plant(domain, entries)


def _tell(folder: Path, values: Mapping[str, Any], *, as_json: bool) -> None:
    counts, spent = values["counts"], values["spent"]
    result = {"folder": str(folder), **counts, **spent, "stopped_by": values["stopped_by"]}
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
        return
    typer.echo(
        f"{counts['tasks']} tasks, {counts['records']} records kept, "
        f"{counts['rejected']} rejected, {spent['calls']} calls"
        + (f", {spent['usd']:.2f} USD" if spent["usd"] else "")
    )
    if values["stopped_by"]:
        typer.echo(f"stopped by {values['stopped_by']}")
    typer.echo(f"data: {folder / 'dataset.jsonl'}")


def _estimate_text(settings: Settings, *, as_json: bool) -> str:
    """Say what the run takes when every task reaches its breadth and its quota."""
    expected = settings.expected
    prompt, answers = 900 * expected.calls, 350 * expected.calls
    usd = cost_usd(str(settings.model), prompt, answers, settings.base_url)
    result = {
        "model": settings.model,
        "tasks": expected.tasks,
        "records": expected.records,
        "calls": expected.calls,
        "tokens": prompt + answers,
        "usd": usd,
    }
    if as_json:
        return json.dumps(result)
    price = "at an unknown price" if usd is None else f"about {usd:.2f} USD"
    return (
        f"up to {expected.tasks} tasks and {expected.records} records from {settings.model}: about "
        f"{expected.calls} calls ({expected.explore_calls} to explore), "
        f"{prompt + answers:,} tokens, {price}"
    )


def _plain(settings: Settings) -> dict[str, Any]:
    return settings.model_dump(mode="json", exclude_none=True)


def _default_folder(domain: Domain) -> Path:
    return Path("runs") / f"{domain.name}-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
