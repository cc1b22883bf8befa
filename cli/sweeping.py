"""Whether the runs of a sweep can start: settled before any of them does."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from cli.estimating import effort_of, models_of
from cli.probing import probed_one
from errors import InputError
from models.endpoint import choose
from nodes.prepare import check_fit, check_price, check_seeds
from nodes.resources import open_endpoint, with_models
from nodes.roles import by_role
from nodes.settings import Settings
from nodes.spending import NOTHING
from nodes.state import Spent
from sweep.folder import Prepared
from sweep.plan import Run
from words import several

Address = tuple[str | None, str | None]


async def prepare(runs: Sequence[Run]) -> list[Prepared]:
    """Return the runs with the models that will be asked; every model is asked once, if need be.

    What that costs is the first run's that asks the model. Raises InputError, which names the run,
    for one that cannot start.
    """
    seen: set[Address] = set()
    return [
        Prepared(run, settings, await _probed(run, settings, seen))
        for run, settings in zip(runs, await settled(runs), strict=True)
    ]


async def settled(runs: Iterable[Run]) -> list[Settings]:
    """Return the settings of the runs, with the models and the base URLs that will be asked.

    Raises InputError, which names the run, for settings that cannot be.
    """
    served: dict[str, str] = {}
    return [await _settled(run, served) for run in runs]


def effort_text(runs: Sequence[Run], settings: Iterable[Settings], *, as_json: bool) -> str:
    """Say what the runs bring and take, each and together, when every task reaches its quota."""
    efforts = {
        run.name: {"models": models_of(one), **effort_of(one, one.expected)}
        for run, one in zip(runs, settings, strict=True)
    }
    names = ("records", "calls", "tokens", "usd")
    whole = {name: _sum(effort[name] for effort in efforts.values()) for name in names}
    if as_json:
        return json.dumps({"runs": efforts, **whole})
    lines = [
        f"{name}: {_words(effort, ' from ' + ' and '.join(effort['models']))}"
        for name, effort in efforts.items()
    ]
    return "\n".join([*lines, f"{several(len(runs), 'run')} together: {_words(whole)}"])


def _sum(amounts: Iterable[float | None]) -> float | None:
    """Return the sum, None where one is unknown."""
    known = list(amounts)
    return None if None in known else sum(filter(None, known))


def _words(effort: Mapping[str, Any], source: str = "") -> str:
    usd = "at an unknown price" if effort["usd"] is None else f"about {effort['usd']:.2f} USD"
    records, *amounts = (
        several(effort[name], name[:-1]) for name in ("records", "calls", "tokens")
    )
    return f"up to {records}{source}: about {', '.join(amounts)}, {usd}"


def check_endpoints(prepared: Iterable[Prepared]) -> None:
    """Raise InputError, which names the run, where a model cannot be asked from here any more."""
    seen: set[Address] = set()
    for one in prepared:
        for asked in _new(one.settings, seen):
            with _naming(one.run):
                open_endpoint(asked)


async def _settled(run: Run, served: dict[str, str]) -> Settings:
    asked = run.settings
    with _naming(run):
        choice = choose(asked.model, asked.base_url, os.environ)
        settings = await with_models(asked, choice, served, os.environ)
        check_price(settings)
        check_fit(run.domain, settings)
        check_seeds(run.domain, settings)
    return settings


async def _probed(run: Run, settings: Settings, seen: set[Address]) -> Spent:
    spent = NOTHING
    for asked in _new(settings, seen):
        with _naming(run):
            spent = await probed_one(asked, spent)
    return spent


def _new(settings: Settings, seen: set[Address]) -> Iterator[Settings]:
    """Yield what each role's model is asked by, where it was not seen before; then it was."""
    for asked in by_role(settings).values():
        if (asked.model, asked.base_url) not in seen:
            seen.add((asked.model, asked.base_url))
            yield asked


@contextmanager
def _naming(run: Run) -> Iterator[None]:
    """Let an error say which run it is about."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{run.name}: {error}") from error
