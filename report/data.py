"""Data sets of any form, as records: a run's folder, JSON Lines, a JSON list or Parquet.

A record comes as instruction / input / output, as prompt / completion, as question / answer, or as
a chat: `messages` or `conversations`, turns of role and content or of from and value. All of it is
untrusted; a row that fits none of them raises InputError, which names the file, the line and the
fix.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, FiniteFloat, ValidationError

from errors import InputError
from problems import fault_of
from report.tasks import MOST, Task, tasks_of_paths, tasks_of_tree
from store.files.folder import CALLS, CONFIG, DATASET, REJECTED, STATS, TREE, read_config, read_tree
from store.files.forms import form_of, read_objects
from store.files.json_lines import JSON_LINES
from store.files.original import META_FILE

_ASKING, _ANSWERING = {"user", "human"}, {"assistant", "gpt"}
_ASKED, _ANSWERED = ("instruction", "prompt", "question"), ("output", "completion", "answer")
_CHATS = ("messages", "conversations", "prompt")

DEEPEST = 64
"""Names in a path at most."""


def _text(value: object) -> object:
    """Return other data's numbers as text, and nothing as an empty one."""
    return "" if value is None else str(value) if isinstance(value, (int, float)) else value


def _path(value: object) -> object:
    return (value,) if isinstance(value, str) else value


_PARSING = ("language", "spacy_model")
"""What a domain says about how its texts are parsed."""

_WANTED = (
    "a record needs instruction, prompt, question, messages or conversations, or another key that "
    "--field names"
)

Line = TypeVar("Line", bound=BaseModel)
Text = Annotated[str, BeforeValidator(_text)]
Count = Annotated[int, Field(ge=0, le=MOST)]
Amount = Annotated[float, Field(ge=0, le=MOST)]


class Record(BaseModel, frozen=True):
    """One record; `path` names the tasks from the root to its own, empty where none is known.

    One `of_chat` has its instruction and its input in one text.
    """

    instruction: str
    input: Text = ""
    output: Text = ""
    id: Text = ""
    task: Text = ""
    path: Annotated[tuple[str, ...], BeforeValidator(_path), Field(max_length=DEEPEST)] = ()
    call: Text = ""
    model: Text = ""
    of_chat: bool = False

    def branch(self, depth: int = 1) -> str:
        """Return the name at this depth of the path; the root's or the task's name else."""
        return self.path[depth] if len(self.path) > depth else (*self.path, self.task)[0]


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
    """One line of calls.jsonl: what a call to the model brought."""

    call: str
    kept: Count
    rejected: Count


class Stats(BaseModel, frozen=True):
    """What a run's stats.json says of the effort; `usd` is None where the price is unknown.

    `inherited` are the records among all that came with the tree which the run began on.
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


@dataclass(frozen=True, slots=True)
class DataSet:
    """Records in their order, and what a run's folder knows besides; the calls in their order too.

    `language` and `spacy_model` are the domain's, None where they are unknown; `tasks` come parents
    first.
    """

    name: str
    source: str
    records: Sequence[Record]
    rejections: Sequence[Rejection] = ()
    calls: Sequence[Call] = ()
    tasks: Sequence[Task] = ()
    stats: Stats | None = None
    language: str | None = None
    spacy_model: str | None = None


def read_data_sets(paths: Iterable[Path], field: str | None = None) -> list[DataSet]:
    """Return the data sets, each under a name of its own.

    `field` names what stands for the instruction, where it has another name than those known.
    Raises InputError for unusable data.
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


def read_data_set(path: Path, field: str | None = None) -> DataSet:
    """Return the data of a file or a run's folder, as `read_data_sets` does."""
    if path.is_dir() and (tables := sorted((path / "data").glob("*.parquet"))):
        return _read_files(path.resolve().name, path, tables, field)
    if path.is_dir():
        return _read_folder(path, field)
    return _read_files(path.stem, path, [path], field)


def _read_files(name: str, source: Path, files: Iterable[Path], field: str | None) -> DataSet:
    """Return the records of files, such as the tables of a folder that `load_dataset` reads."""
    records = [record for file in files for record in _records(file, field)]
    if not records:
        raise InputError(f"{source} holds no records: name a file with some")
    return DataSet(name, str(source), records, tasks=tasks_of_paths(r.path for r in records))


def _read_folder(folder: Path, field: str | None) -> DataSet:
    if not (folder / DATASET).is_file():
        how = "resume the run first" if (folder / CONFIG).is_file() else "name a run's folder"
        if (folder / META_FILE).is_file():
            how = (
                "it is a tree of the original implementation: "
                f"explore-instruct import {folder} --out DIR"
            )
        raise InputError(f"{folder} has no {DATASET}: {how}")
    records = list(_records(folder / DATASET, field))
    rejected, calls, stats = folder / REJECTED, folder / CALLS, folder / STATS
    tree = read_tree(folder) if (folder / TREE).is_file() else None
    config = read_config(folder) if (folder / CONFIG).is_file() else {"domain": {}}
    domain = config["domain"]
    return DataSet(
        folder.resolve().name,
        str(folder),
        records,
        list(_parsed(rejected, Rejection)) if rejected.is_file() else [],
        list(_parsed(calls, Call)) if calls.is_file() else [],
        tasks_of_tree(tree, folder / TREE) if tree else tasks_of_paths(r.path for r in records),
        _stats(stats) if stats.is_file() else None,
        *(value if isinstance(value, str) else None for value in map(domain.get, _PARSING)),
    )


def _records(path: Path, field: str | None) -> Iterator[Record]:
    form = form_of(path)
    for number, value in read_objects(path, form):
        try:
            record = Record.model_validate(_flat(value, field), strict=False)
            _check_encodable(record)
        except (ValueError, ValidationError) as error:
            lacks = isinstance(error, ValidationError) and error.errors()[0]["type"] == "missing"
            told = fault_of(error) + (f"; {_WANTED}" if lacks else "")
            raise InputError(f"{path}, {form.noun} {number}: {told}") from error
        yield record if record.id else record.model_copy(update={"id": str(number)})


def _flat(value: Mapping[str, Any], field: str | None) -> Mapping[str, Any]:
    """Return a row with instruction and output, under whatever names it has them."""
    if field is not None:
        if value.get(field) is None:
            raise ValueError(f"the key {field!r}, which --field names, is missing")
        value = {**value, "instruction": value[field]}
    parts = Record.model_fields.keys() - {"of_chat"}
    known = {key: value[key] for key in parts if value.get(key) is not None}
    if "instruction" in known:
        return known
    for chat in _CHATS:
        if isinstance(value.get(chat), list):
            answer = value.get("completion") if chat == "prompt" else None
            return known | _first_turns([*value[chat], *_turns(answer)])
    for name, others in (("instruction", _ASKED), ("output", _ANSWERED)):
        found = [value[other] for other in others if value.get(other) is not None]
        known |= {name: found[0]} if found else {}
    return known


def _turns(answer: object) -> Sequence[object]:
    """Return what a completion says as turns of a chat: it is a list of them, one, or a text."""
    if answer is None or isinstance(answer, list):
        return answer or []
    return [answer if isinstance(answer, Mapping) else {"role": "assistant", "content": answer}]


def _first_turns(chat: Sequence[object]) -> dict[str, Any]:
    turns = [turn for turn in chat if isinstance(turn, Mapping)]
    told = [(turn.get("role") or turn.get("from"), _said(turn)) for turn in turns]
    asked = [said for who, said in told if who in _ASKING]
    answered = [said for who, said in told if who in _ANSWERING]
    if not asked:
        raise ValueError("its chat has no user's turn; give one with role user")
    return {"instruction": asked[0], "output": answered[0] if answered else "", "of_chat": True}


def _said(turn: Mapping[str, Any]) -> object:
    """Return a turn's text; of content in parts, the texts among them."""
    content = turn.get("content", turn.get("value"))
    if not isinstance(content, list):
        return content
    parts = [part for part in content if isinstance(part, Mapping)]
    return "\n".join(str(part["text"]) for part in parts if isinstance(part.get("text"), str))


def _check_encodable(record: Record) -> None:
    """Raise ValueError for half a surrogate pair, which is no text."""
    for part in ("instruction", "input", "output", "id", "task", "call"):
        if any("\ud800" <= sign <= "\udfff" for sign in getattr(record, part)):
            raise ValueError(f"the key {part!r} holds half of a surrogate pair; remove it")


def _parsed(path: Path, model: type[Line]) -> Iterator[Line]:
    if form_of(path) != JSON_LINES:
        raise InputError(f"{path} holds no JSON Lines: resume the run, which writes it again")
    for number, value in read_objects(path, JSON_LINES):
        try:
            yield model.model_validate(value)
        except ValidationError as error:
            raise InputError(f"{path}, line {number}: {fault_of(error)}") from error


def _stats(path: Path) -> Stats:
    try:
        return Stats.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(f"{path} cannot be read: {fault_of(error)}") from error
