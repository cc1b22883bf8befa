"""`resume`: goes on with a run that was interrupted, paused, or stopped by a cap."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console

from cli.running import conclude, config_of, renewed, say, settings_of, watched
from errors import DamagedError, InputError, RunError
from graph.database import Place
from graph.local import LocalRun, open_run
from models.urls import cleaned
from nodes.prepare import check_fit, check_price
from nodes.resources import open_endpoint
from nodes.roles import by_role, with_addresses
from nodes.settings import Settings
from prompts.domain import Domain, parse_domain
from store.files.folder import DATASET, read_config, update_config, write_salvaged


def go_on(folder: Path, options: Mapping[str, Any], *, as_json: bool) -> None:
    """Go on with the run of a folder; `options` are settings that it shall have from now on."""
    config = read_config(folder)
    domain = parse_domain(config["domain"], f"{folder}/config.yaml, domain")
    if options.get("base_url"):
        options = {**options, "base_url": cleaned(options["base_url"])}
    settings = settings_of(renewed(config["settings"], options), options)
    if settings.model is None:
        raise InputError(
            f"{folder} holds an imported tree, no run: explore-instruct run --from {folder}"
        )
    settings = with_addresses(settings, os.environ)
    for settings_there in by_role(settings).values():
        open_endpoint(settings_there)  # raises for a model that cannot be asked, before anything is
    check_price(settings)
    check_fit(domain, settings)
    place = Place.of(folder, config.get("thread"), os.environ)
    asked = config_of(domain, settings, config.get("thread")) if options else None
    try:
        values = asyncio.run(_go_on(folder, place, domain, settings, asked))
    except DamagedError as error:
        if place != Place.in_folder(folder):
            raise
        raise RunError(f"{error}; {write_salvaged(folder)}") from error
    conclude(folder, settings, values, as_json=as_json)


async def _go_on(
    folder: Path, place: Place, domain: Domain, settings: Settings, config: Mapping[str, Any] | None
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
            say(Console(stderr=True), f"{folder} is finished already.{await _further(run)}")
        return await watched(run, folder, domain)


async def _further(run: LocalRun) -> str:
    """Say how a run that a cap stopped can go on."""
    stopped_by = str((await run.values())["stopped_by"])
    option = stopped_by.replace("_", "-")
    return f" Go on with a larger --{option}." if option.startswith("max-") else ""
