"""`run`: from arguments to a run in a folder."""

import asyncio
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import typer

from cli.estimating import estimate_text
from cli.probing import probed
from cli.requests import RunRequest
from cli.running import conclude, config_of, renewed, settings_of, watched
from errors import InputError
from graph.database import Place, new_thread
from graph.local import open_run
from models.endpoint import choose
from nodes.prepare import check_fit, check_price, check_seeds
from nodes.resources import with_models
from nodes.settings import Settings
from nodes.state import Spent
from prompts.domain import Domain, load_domain, parse_domain
from store.exploration import Exploration
from store.files.folder import CONFIG, create, read_config
from store.journal.log import Entry
from store.tree import name_key

NOT_INHERITED = {"max_calls", "max_tokens", "max_usd", "max_minutes", "tasks_only", "review"}
"""Settings that `--from` does not take over from the other run."""


@dataclass(frozen=True, slots=True)
class Source:
    """Another run to go on from: what it explores, its settings, and all it admitted.

    `outline` is the tree with its counts as they stand.
    """

    domain: Domain
    settings: dict[str, Any]
    entries: list[Entry]
    outline: Exploration


def start(request: RunRequest, options: Mapping[str, Any]) -> None:
    """Check everything, then make the folder and run; nothing is made when something is wrong.

    `options` are the settings that were named.
    """
    source = asyncio.run(_source(request.source)) if request.source else None
    domain, settings = _asked_for(request, options, source)
    domain = _with_votes(domain, request.agreement)
    choice = choose(settings.model, settings.base_url, os.environ)
    settings = asyncio.run(with_models(settings, choice, {}, os.environ))
    check_price(settings)
    check_fit(domain, settings)
    if source is None:
        check_seeds(domain, settings)
    if request.dry_run:
        expected = (
            settings.search(source.outline).remaining(grows=True) if source else settings.expected
        )
        typer.echo(estimate_text(settings, expected, _runs(request), as_json=request.as_json))
        return
    spent = asyncio.run(probed(settings))
    folder = request.out or _default_folder(domain)
    thread = new_thread(os.environ)
    place = Place.of(folder, thread, os.environ)
    create(folder, config_of(domain, settings, thread))
    planted = source.entries if source else None
    begun = _begin(folder, place, domain, settings, planted=planted, spent=spent)
    values = asyncio.run(begun)
    conclude(folder, settings, values, as_json=request.as_json)


def _with_votes(domain: Domain, agreement: int | None) -> Domain:
    """Return the domain with so many votes on each final answer; its own number without one."""
    if agreement is None:
        return domain
    content = domain.model_dump(mode="json")
    checks = {**content["checks"], "agreement": agreement}
    return parse_domain({**content, "checks": checks}, f"--agreement {agreement}")


def _runs(request: RunRequest) -> Iterator[Path]:
    """Yield the folders of runs that the request names."""
    if request.source:
        yield request.source
    if request.domain and Path(request.domain).name == CONFIG:
        yield Path(request.domain).parent


async def _source(folder: Path) -> Source:
    config = read_config(folder)
    domain = parse_domain(config["domain"], f"{folder}/config.yaml, domain")
    place = Place.of(folder, config.get("thread"), os.environ)
    if place.database.file and not place.database.file.is_file():
        raise InputError(f"{folder} cannot be gone on from: its {place.name} is missing")
    settings = settings_of(config["settings"])
    async with open_run(folder, settings, place=place, to_read=True) as run:
        if not (await run.values()).get("head"):
            raise InputError(f"{folder} cannot be gone on from: nothing was explored there yet")
        return Source(domain, config["settings"], await run.entries(), await run.outline())


def _asked_for(
    request: RunRequest, options: Mapping[str, Any], source: Source | None
) -> tuple[Domain, Settings]:
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
    return domain, settings_of(renewed(inherited, options), options)


async def _begin(
    folder: Path,
    place: Place,
    domain: Domain,
    settings: Settings,
    *,
    planted: Iterable[Entry] | None,
    spent: Spent,
) -> dict[str, Any]:
    async with open_run(folder, settings, place=place, spent=spent) as run:
        if planted is not None:
            await run.plant(domain, planted)
        return await watched(run, folder, domain)


def _default_folder(domain: Domain) -> Path:
    return Path("runs") / f"{domain.name}-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
