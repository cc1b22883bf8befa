"""Data sets of any form, as records: a run's folder, or files of any form in store/files/forms.py.

The one reader of records. All data is untrusted: a row that is no record raises InputError, which
names the file, the line and the fix.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field, FiniteFloat, ValidationError

from errors import InputError
from problems import fault_of
from record import Record
from store.files.choices import Choices
from store.files.folder import CALLS, CONFIG, DATASET, REJECTED, STATS, TREE, existing, read_config
from store.files.forms import form_of, read_objects
from store.files.json_lines import JSON_LINES
from store.files.records import Text, record_from
from store.files.shapes import PAIRS, Origin
from store.files.tasks import MOST, TaskCounts, tasks_of_paths, tasks_of_tree
from store.files.unreadable import folder_fault, is_saved
from turns import SHAPES

Line = TypeVar("Line", bound=BaseModel)
Count = Annotated[int, Field(ge=0, le=MOST)]
Amount = Annotated[float, Field(ge=0, le=MOST)]


class Rejection(BaseModel, frozen=True):
    """One line of rejected.jsonl."""

    kind: str
    rule: str
    text: Text = ""
    task: Text = ""
    score: FiniteFloat | None = None
    nearest_text: Text = ""
    why: Text = ""


class Call(BaseModel, frozen=True):
    """One line of calls.jsonl: what a call to the model brought, and what it cost."""

    call: str
    kept: Count
    rejected: Count
    prompt_tokens: Count = 0
    completion_tokens: Count = 0

    @property
    def tokens(self) -> int:
        """Prompt and answer."""
        return self.prompt_tokens + self.completion_tokens


class Unseen(BaseModel, frozen=True):
    """How many tasks are still to be found: expected, and the 90 % interval."""

    expected: Count
    low: Count
    high: Count


class Stats(BaseModel, frozen=True):
    """What a run's stats.json says of its cost; `usd` is None where the price is unknown.

    `inherited` counts the records that came with the tree which the run began on.
    """

    records: Count = 0
    inherited: Count = 0
    rejected: Count = 0
    calls: Count = 0
    prompt_tokens: Count = 0
    completion_tokens: Count = 0
    usd: Amount | None = None
    seconds: Amount = 0.0
    stopped_by: str | None = None
    strategy: str | None = None
    model: str | None = None
    unseen: Unseen | None = None


@dataclass(frozen=True, slots=True)
class DataSet:
    """Records and calls in their order, and what else a run's folder says.

    `chats` counts the records that were read from chats, with instruction and input in one text.
    `notes` say in sentences where the instructions were found, and what was not read. `language`
    and `spacy_model` are the domain's, None where they are unknown. In `tasks` parents come first.
    """

    name: str
    source: str
    records: Sequence[Record]
    rejections: Sequence[Rejection] = ()
    calls: Sequence[Call] = ()
    tasks: Sequence[TaskCounts] = ()
    stats: Stats | None = None
    language: str | None = None
    spacy_model: str | None = None
    chats: int = 0
    notes: Sequence[str] = ()


def read_data_sets(paths: Iterable[Path], field: str | None = None) -> list[DataSet]:
    """Return the data sets, each under a name of its own.

    `field` names what stands for the instruction, where its shape does not say so. Raises
    InputError for unusable data.
    """
    taken: set[str] = set()
    found = []
    for path in paths:
        data = read_data_set(path, field)
        others = (f"{data.name} ({number})" for number in count(2))
        name = next(name for name in chain([data.name], others) if name not in taken)
        taken.add(name)
        found.append(replace(data, name=name))
    return found


def read_data_set(path: Path, field: str | None = None, *, option: str = "--field") -> DataSet:
    """Return the data of a file, a run's folder, or a folder that `load_dataset` reads.

    `option` is what names the field in a command: an error says so. Raises InputError for unusable
    data.
    """
    if path.is_dir() and is_saved(path):
        raise folder_fault(path)
    tables = sorted((path / "data").glob("*.parquet")) if path.is_dir() else []
    if path.is_dir() and not tables:
        return _read_folder(path, field, option)
    found = [pair for file in tables or [path] for pair in _read(file, field, option)]
    if not found:
        raise InputError(f"{path} holds no records: name a file with some")
    data = _data_set(path.resolve().name if tables else path.stem, path, found)
    return replace(data, notes=_notes(found))


def read_records(path: Path) -> Iterator[Record]:
    """Yield the records of a file, one row at a time. Raises InputError at the first unusable row.

    A record without an id gets its row's number.
    """
    return (record for record, _ in _read(path))


def _read_folder(folder: Path, field: str | None, option: str) -> DataSet:
    dataset = existing(folder, DATASET)
    data = _data_set(folder.resolve().name, folder, list(_read(dataset, field, option)))
    config = read_config(folder) if (folder / CONFIG).is_file() else {"domain": {}}
    named = (config["domain"].get(key) for key in ("language", "spacy_model"))
    language, spacy_model = (value if isinstance(value, str) else None for value in named)
    stats = folder / STATS
    return replace(
        data,
        rejections=_lines(folder / REJECTED, Rejection),
        calls=_lines(folder / CALLS, Call),
        tasks=tasks_of_tree(folder) if (folder / TREE).is_file() else data.tasks,
        stats=_stats(stats) if stats.is_file() else None,
        language=language,
        spacy_model=spacy_model,
    )


def _data_set(name: str, source: Path, found: Sequence[tuple[Record, Origin]]) -> DataSet:
    records = [record for record, _ in found]
    tasks = tasks_of_paths(record.path for record in records)
    chats = sum(origin.is_chat for _, origin in found)
    return DataSet(name, str(source), records, tasks=tasks, chats=chats)


def _notes(found: Sequence[tuple[Record, Origin]]) -> list[str]:
    choices = Choices()
    for record, origin in found:
        told = {*PAIRS, *SHAPES, origin.field.partition(".")[0]}
        choices.add(origin, (column for column in record.more if column not in told))
    where, unread = choices.found(), choices.unread()
    sentences = (where and f"The instruction is {where}.", unread and f"Not measured: {unread}.")
    return [sentence for sentence in sentences if sentence]


def _read(
    path: Path, field: str | None = None, option: str = "--field"
) -> Iterator[tuple[Record, Origin]]:
    """Yield each record of a file, and where its instruction stands."""
    return ((record, origin) for _, record, origin in read_rows(path, field, option))


def read_rows(
    path: Path, field: str | None = None, option: str = "--field"
) -> Iterator[tuple[dict[str, Any], Record, Origin]]:
    """Yield each row of a file, its record, and where its instruction stands.

    A record without an id gets its row's number. Raises InputError at the first unusable row.
    """
    form = form_of(path)
    for number, row in read_objects(path, form):
        try:
            record, origin = record_from(row, field)
        except ValueError as error:
            fault = f"{path}, {form.noun} {number}: {fault_of(error)}"
            raise InputError(f"{fault} ({option} names another field)") from error
        yield row, record if record.id else replace(record, id=str(number)), origin


def _lines(path: Path, model: type[Line]) -> list[Line]:
    """Return the lines of a run's file, none where there is no such file."""
    if not path.is_file():
        return []
    if form_of(path) != JSON_LINES:
        raise InputError(f"{path} holds no JSON Lines: resume the run, which writes it again")
    found = []
    for number, value in read_objects(path, JSON_LINES):
        try:
            found.append(model.model_validate(value))
        except ValidationError as error:
            raise InputError(f"{path}, line {number}: {fault_of(error)}") from error
    return found


def _stats(path: Path) -> Stats:
    try:
        return Stats.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(f"{path} cannot be read: {fault_of(error)}") from error
