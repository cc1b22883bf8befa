"""Reads a task tree in the original implementation's format.

A folder holds `tree_meta_info.json` (nested tasks, each with a name, a reason, and the name of its
own file) and one JSON file per task (its records under "examples"). The original lets two branches
have a task of the same name, and such tasks share one file. Here names are unique, so the later
task is called "Name (Parent)"; the records of a shared file go to the first task that names it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, StringConstraints, ValidationError

from errors import InputError
from problems import problem_of
from record import Record
from store.tree import name_key

META_FILE = "tree_meta_info.json"
MAX_DEPTH = 32

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
FileName = Annotated[str, StringConstraints(min_length=1, pattern=r"^[^\x00]+$")]


class _Example(BaseModel):
    instruction: str
    input: str = ""
    output: str


class _TaskFile(BaseModel):
    examples: list[_Example]


class _Branch(BaseModel):
    raw_task_name: Name
    config_filename: FileName
    reason: str = ""
    children: list["_Branch"] = []


@dataclass(frozen=True, slots=True)
class OriginalTask:
    """One task: `name` is unique in the tree, `raw_name` is what the folder calls it.

    `parent` is the parent's position in the tree's tasks (None for the root).
    """

    name: str
    raw_name: str
    reason: str
    parent: int | None
    depth: int


@dataclass(frozen=True, slots=True)
class OriginalTree:
    """The tasks in depth-first pre-order, and the file that holds each task's records."""

    tasks: tuple[OriginalTask, ...]
    files: tuple[Path | None, ...]

    def records(self) -> Iterator[tuple[int, Record]]:
        """Yield each record with its task's position in `tasks`, task by task in that order.

        One file is open at a time.

        Raises InputError when a file has been removed or broken since the tree was read.
        """
        for task, path in enumerate(self.files):
            for example in _parse(path, _TaskFile).examples if path else ():
                yield task, Record(example.instruction, example.input, example.output)


def read_original(folder: Path) -> OriginalTree:
    """Return the tree of the folder, every file of it checked.

    Raises InputError for a missing folder or file, for JSON that does not parse or does not fit,
    for a file outside the folder, and for a tree deeper than MAX_DEPTH.
    """
    if not folder.is_dir():
        raise InputError(
            f"{folder}: no such folder; name one that holds {META_FILE} and a JSON file per task"
        )
    branches = list(_preorder(folder))
    names = _unique_names(branches)
    tree = OriginalTree(
        tuple(
            OriginalTask(name, branch.raw_task_name, branch.reason, parent, depth)
            for name, (branch, parent, depth) in zip(names, branches, strict=True)
        ),
        tuple(_task_files(folder, [branch for branch, _, _ in branches])),
    )
    for path in filter(None, tree.files):
        _parse(path, _TaskFile)
    return tree


def _preorder(folder: Path) -> Iterator[tuple[_Branch, int | None, int]]:
    """Yield every branch with its parent's position and its depth, parents before children."""
    waiting: list[tuple[_Branch, int | None, int]] = [
        (_parse(folder / META_FILE, _Branch), None, 0)
    ]
    for position in count():
        if not waiting:
            return
        branch, parent, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise InputError(
                f"{folder / META_FILE}: task {branch.raw_task_name!r} lies {depth} levels below the"
                f" root; at most {MAX_DEPTH} levels are read"
            )
        yield branch, parent, depth
        waiting += [(child, position, depth + 1) for child in reversed(branch.children)]


def _unique_names(branches: list[tuple[_Branch, int | None, int]]) -> list[str]:
    """Return a name per branch that no earlier one has: Name, Name (Parent), Name (Parent 2)."""
    names: list[str] = []
    taken: set[str] = set()
    for branch, parent, _ in branches:
        raw = branch.raw_task_name
        above = "" if parent is None else names[parent]
        others = (f"{raw} ({above} {number})" for number in count(2))
        name = next(n for n in chain([raw, f"{raw} ({above})"], others) if name_key(n) not in taken)
        taken.add(name_key(name))
        names.append(name)
    return names


def _task_files(folder: Path, branches: list[_Branch]) -> Iterator[Path | None]:
    """Yield each branch's file, None where an earlier branch has named the same one.

    Raises InputError for a file that is not inside the folder.
    """
    home = folder.resolve()
    seen: set[Path] = set()
    for branch in branches:
        path = (home / branch.config_filename).resolve()
        if not path.is_relative_to(home):
            raise InputError(
                f"{folder / META_FILE}: config_filename {branch.config_filename!r} of task"
                f" {branch.raw_task_name!r} leads out of the folder; it must name a file inside it"
            )
        yield None if path in seen else folder / branch.config_filename
        seen.add(path)


ModelT = TypeVar("ModelT", bound=BaseModel)


def _parse(path: Path, model: type[ModelT]) -> ModelT:
    try:
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is no file: put the task's JSON there")
        return model.model_validate_json(path.read_bytes(), strict=True)
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file; the tree cannot be read without it") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    except ValidationError as error:
        raise InputError(f"{path}: {problem_of(error)}") from error
