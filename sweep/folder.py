"""A sweep's folder: its plan, the folders of its runs, and what they come to.

- plan.json     every run: its domain and settings, as asked for and as they are carried out
- NAME/         the folder of the run NAME
- table.json    the figures of all runs, with their intervals
- report.html   the table, and the runs side by side
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from errors import InputError
from nodes.settings import Settings
from nodes.state import Spent
from problems import fault_of, shown
from prompts.domain import Domain, parse_domain
from store.files.folder import STATS, read_stats
from store.files.replacing import is_draft
from store.files.writing import write_text
from sweep.plan import Key, Run
from sweep.shares import PARTS, WHOLE

PLAN = "plan.json"
LOCK = "sweep.lock"
TABLE = "table.json"
REPORT = "report.html"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run that can start: its settings with the model and the base URLs that will be asked.

    `spent` is what it cost to see that they answer.
    """

    run: Run
    settings: Settings
    spent: Spent


def read_plan(folder: Path) -> list[Prepared]:
    """Return the runs that were prepared in this folder before, none where it is empty.

    Raises InputError where it holds something else.
    """
    path = folder / PLAN
    if not path.is_file():
        own = {LOCK}
        if any(entry.name not in own and not is_draft(entry) for entry in folder.iterdir()):
            raise InputError(f"{folder} holds files already: name another folder with --out")
        return []
    try:
        content = json.loads(path.read_bytes())
        domains = {
            label: parse_domain(domain, f"{path}, {label}")
            for label, domain in content["domains"].items()
        }
        return [_prepared(row, domains) for row in content["runs"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{path} cannot be read: {fault_of(error)}") from error


def write_plan(folder: Path, prepared: Sequence[Prepared]) -> None:
    """Write what is to be run."""
    domains = {one.run.key.domain: one.run.domain.model_dump(mode="json") for one in prepared}
    runs = [_row(one) for one in prepared]
    text = json.dumps({"runs": runs, "domains": domains}, ensure_ascii=False, indent=1)
    write_text(folder / PLAN, text + "\n")


def new_runs(
    folder: Path, source: Path, before: Sequence[Prepared], runs: Iterable[Run]
) -> list[Run]:
    """Return the runs that were not prepared before.

    A sweep that has begun may be added to; its runs stay what they are. Raises InputError for one
    that is to be another now, or that is gone.
    """
    asked = {run.key: run for run in runs}
    for one in before:
        known = one.run
        run = asked.pop(known.key, None)
        if run is None:
            raise _changed(folder, source, f"{known.name} was one of its runs")
        if run.domain != known.domain:
            raise _changed(folder, source, f"the domain {known.key.domain} was another")
        if run.settings != known.settings:
            raise _changed(folder, source, _difference(known, run))
    names = {one.run.name for one in before}
    for run in asked.values():
        if run.name in names:
            raise InputError(f"{source}: two runs would be called {run.name}: rename a model")
    return list(asked.values())


def is_finished(folder: Path) -> bool:
    """Return whether a run's folder holds all that its run brings."""
    return (folder / STATS).is_file() and bool(read_stats(folder).get("finished"))


def _changed(folder: Path, source: Path, why: str) -> InputError:
    return InputError(
        f"{folder} was begun from another {source.name}: {why}; put that back, or name another "
        "folder with --out (a sweep that has begun can only be added to)"
    )


def _difference(known: Run, run: Run) -> str:
    """Return what differs first between a run and what it is to be now, in words."""
    old, new = known.settings.model_dump(), run.settings.model_dump()
    name = next(name for name in old if old[name] != new[name])
    before, now = _word(old[name]), _word(new[name])
    if name in (*WHOLE, *PARTS):
        return f"the share of {known.name} of {name} was {before}, and would be {now}"
    return f"{known.name} had {name} {before}, which is {now} now"


def _word(value: object) -> str:
    return "unset" if value is None else shown(value)


def _row(one: Prepared) -> dict[str, Any]:
    return {
        "name": one.run.name,
        **asdict(one.run.key),
        "asked": one.run.settings.model_dump(mode="json", exclude_none=True),
        "settings": one.settings.model_dump(mode="json", exclude_none=True),
        "spent": one.spent,
    }


def _prepared(row: dict[str, Any], domains: dict[str, Domain]) -> Prepared:
    key = Key(row["domain"], row["model"], row["strategy"], row["seed"])
    asked = Settings.model_validate(row["asked"])
    run = Run(key, row["name"], domains[key.domain], asked)
    return Prepared(run, Settings.model_validate(row["settings"]), cast("Spent", row["spent"]))
