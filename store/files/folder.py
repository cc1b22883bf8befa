"""A run's folder: its settings, and the files that are written from the journal.

- run.db          journal and checkpoints: the run itself
- config.yaml     the domain and all settings: enough to repeat the run
- tree.json       networkx node-link data of the task tree
- dataset.jsonl   a record a line
- rejected.jsonl  a rejection a line
- calls.jsonl     a call to the model a line, which records and rejections name
- stats.json      counts, rates, tokens, cost, seconds, stopped_by, the report's statistics
- report.html     the picture of it all, which the package report writes
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, NotRequired

import yaml
from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from errors import InputError
from problems import fault_of
from record import record_of, row_of
from store.calls import call_rows
from store.exploration import Exploration
from store.files.original import META_FILE
from store.files.replacing import is_draft
from store.files.writing import write_jsonl, write_text
from store.journal.log import Journal
from store.journal.salvage import salvage
from words import error_line

DATABASE = "run.db"
CONFIG = "config.yaml"
LOCK = "run.lock"
TREE = "tree.json"
DATASET = "dataset.jsonl"
REJECTED = "rejected.jsonl"
CALLS = "calls.jsonl"
STATS = "stats.json"
REPORT = "report.html"
SALVAGED = "salvaged.jsonl"
_DATABASE_FILES = {DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm"}
RUN_FILES = {LOCK, CONFIG, TREE, DATASET, REJECTED, CALLS, STATS, REPORT, *_DATABASE_FILES}


Count = Annotated[int, Field(ge=0)]


class _Node(TypedDict):
    id: Annotated[str, Field(min_length=1)]
    name: str
    depth: int
    kept: NotRequired[Count]
    rejected: NotRequired[Count]


class _Edge(TypedDict):
    source: str
    target: str


class _Tree(TypedDict):
    nodes: list[_Node]
    edges: list[_Edge]


_TREE = TypeAdapter(_Tree)
_REJECTION = ("kind", "rule", "score", "nearest_id", "nearest_text", "text", "task", "why")
"""Fields of a rejection, beside its `call`."""


def create(folder: Path, config: Mapping[str, Any]) -> None:
    """Make the folder with its config.yaml. Raises InputError when it holds something already."""
    try:
        _check_unused(folder)
        folder.mkdir(parents=True, exist_ok=True)
        update_config(folder, config)
    except OSError as error:
        raise InputError(f"{folder} cannot be made: {error.strerror}") from error


def update_config(folder: Path, config: Mapping[str, Any]) -> None:
    """Write another config.yaml."""
    write_text(folder / CONFIG, yaml.safe_dump(dict(config), allow_unicode=True, sort_keys=False))


def read_config(folder: Path) -> dict[str, Any]:
    """Return what config.yaml says. Raises InputError when the folder holds no run."""
    path = folder / CONFIG
    if not path.is_file():
        raise InputError(f"{folder} holds no run ({CONFIG} is missing): name a run's folder")
    try:
        config = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise InputError(f"{path} cannot be read: {error_line(error)}") from error
    parts = config if isinstance(config, dict) else {}
    if not all(isinstance(parts.get(key), dict) for key in ("domain", "settings")):
        raise InputError(f"{path} is no run's config: it needs the mappings domain and settings")
    return parts


def read_tree(folder: Path) -> dict[str, Any]:
    """Return the node-link data of tree.json. Raises InputError when it is missing or broken."""
    path = existing(folder, TREE)
    try:
        tree: dict[str, Any] = json.loads(path.read_text("utf-8"))
        _TREE.validate_python(tree)
        known = {node["id"] for node in tree["nodes"]}
        strangers = [e for e in tree["edges"] if not {e["source"], e["target"]} <= known]
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read: {fault_of(error)}") from error
    if strangers:
        raise InputError(f"{path} is no tree: {strangers[0]} joins a task that is not in it")
    return tree


def read_stats(folder: Path) -> dict[str, Any]:
    """Return what stats.json says. Raises InputError when it is missing or broken."""
    path = existing(folder, STATS)
    try:
        stats = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read: {fault_of(error)}") from error
    if not isinstance(stats, dict):
        raise InputError(f"{path} cannot be read: it holds no JSON object")
    return stats


def existing(folder: Path, name: str) -> Path:
    """Return the path of a run's file. Raises InputError when there is none."""
    path = folder / name
    if path.is_file():
        return path
    how = "name a run's folder"
    if (folder / CONFIG).is_file():
        how = f"write it with: explore-instruct resume {folder}"
    elif (folder / META_FILE).is_file():
        how = (
            "it is a tree of the original implementation: "
            f"explore-instruct import {folder} --out DIR"
        )
    raise InputError(f"{path} is missing: {how}")


def write_outputs(  # noqa: PLR0917 - what a run consists of
    folder: Path,
    journal: Journal,
    head: str,
    exploration: Exploration,
    tree: dict[str, Any],
    stats: dict[str, Any],
) -> None:
    """Write every file that follows from the journal at `head`."""
    for name, rows in ROWS.items():
        write_jsonl(folder / name, rows(journal, head, exploration))
    write_text(folder / TREE, json.dumps(tree, ensure_ascii=False, indent=1) + "\n")
    write_text(folder / STATS, json.dumps(stats, ensure_ascii=False, indent=1) + "\n")


def write_salvaged(folder: Path) -> str:
    """Write the records that a damaged run.db still gives; say where they are, and how many."""
    path, data = folder / SALVAGED, folder / DATASET
    where = f"{write_jsonl(path, salvage(folder / DATABASE))} records that it still gives: {path}"
    if data.is_file():
        with data.open("rb") as lines:
            where += f"; {sum(1 for _ in lines)} written before: {data}"
    return where


def dataset_rows(journal: Journal, head: str, exploration: Exploration) -> Iterator[dict[str, Any]]:
    """Yield a row for every record whose task is in the tree, in the order they were kept."""
    tree = exploration.tree
    for entry in journal.chain(head, ["record"]):
        record = record_of(entry.body)
        if record.task in tree:
            name, path = tree.task(record.task).name, tuple(tree.path(record.task))
            yield row_of(replace(record, task=name, path=path))


def rejection_rows(
    journal: Journal, head: str, exploration: Exploration
) -> Iterator[dict[str, Any]]:
    """Yield a row for every rejection, in order; a rejected subtask's `task` is its parent."""
    for entry in journal.chain(head, ["rejection"]):
        body = entry.body
        name = exploration.text_of(body["task"]) or body["task"]
        parts = {part: body[part] for part in _REJECTION}
        yield parts | {"task": name, "call": body.get("call")}


ROWS = {DATASET: dataset_rows, REJECTED: rejection_rows, CALLS: call_rows}
"""The files of JSON Lines that a run has, and what yields their rows."""


def _resumes(folder: Path) -> bool:
    """Return whether there is a run to resume: an imported tree names no model."""
    try:
        return bool(read_config(folder)["settings"].get("model"))
    except InputError:
        return False


def _check_unused(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder} is a file: name another folder with --out")
    if folder.exists() and not all(map(is_draft, folder.iterdir())):
        is_run = any((folder / name).exists() for name in (DATABASE, CONFIG))
        holds = "another run" if is_run else "files already"
        raise InputError(
            f"{folder} holds {holds}: name another folder with --out"
            + (f", or go on with: explore-instruct resume {folder}" if _resumes(folder) else "")
        )
