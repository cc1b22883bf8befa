"""Data of every form, and what is wrong with it."""

import codecs
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from errors import InputError
from record import row_of
from store.files.data_set import read_data_set, read_data_sets, read_records
from store.files.writing import write_jsonl
from store.formats.format import FileFormat
from store.formats.parquet import write_parquet
from store.formats.table import FORMATS
from tests.report.samples import HOSTILE, record, rejection, write_lines
from tests.running import run_scripted

ROWS = [record("Say hello", input="to me", model="m", depth=0), record("Say bye", "Leaf")]
ROWS = [{"nearest_id": None, "nearest_rouge_l": 0.0, "model": "m", "depth": 1} | r for r in ROWS]


FILES = {
    name: form.write
    for name, form in FORMATS.items()
    if isinstance(form, FileFormat) and not form.needs
}


@pytest.mark.parametrize("form", [*FILES, "jsonl"])
def test_every_form_is_read(tmp_path: Path, form: str) -> None:
    path = tmp_path / f"data.{form}"
    FILES.get(form, write_jsonl)(path, ROWS)
    found = read_data_set(path)
    asked = [f"{r.instruction} {r.input}".split() for r in found.records]
    assert asked == [["Say", "hello", "to", "me"], ["Say", "bye"]]
    assert [r.output for r in found.records] == ["About Say hello", "About Say bye"]
    if form in {"parquet", "jsonl"}:
        assert [r.path[-1] for r in found.records] == ["Root", "Leaf"]
        assert [(t.name, t.kept) for t in found.tasks] == [("Root", 1), ("Leaf", 1)]


CHAT = [{"role": "user", "content": "Say hi"}, {"role": "assistant", "content": "Hi"}]
PARTS = [{"type": "text", "text": "Say"}, {"type": "image"}, {"type": "text", "text": "hi"}]
SHAPES: dict[str, tuple[dict[str, Any], tuple[str, str, bool]]] = {
    "prompt": ({"prompt": "Say hi", "completion": "Hi"}, ("Say hi", "Hi", False)),
    "question": ({"question": "Say hi", "answer": "Hi"}, ("Say hi", "Hi", False)),
    "roles": ({"conversations": CHAT}, ("Say hi", "Hi", True)),
    "two chats": ({"prompt": CHAT[:1], "completion": CHAT[1:]}, ("Say hi", "Hi", True)),
    "a chat and a text": ({"prompt": CHAT[:1], "completion": "Hi"}, ("Say hi", "Hi", True)),
    "a chat and a turn": ({"prompt": CHAT[:1], "completion": CHAT[1]}, ("Say hi", "Hi", True)),
    "a chat and a number": ({"prompt": CHAT[:1], "completion": 5}, ("Say hi", "5", True)),
    "parts": ({"messages": [CHAT[0] | {"content": PARTS}]}, ("Say\nhi", "", True)),
    "claimed": ({"instruction": "Say hi", "output": "Hi", "of_chat": 1}, ("Say hi", "Hi", False)),
}


@pytest.mark.parametrize(("value", "expected"), SHAPES.values(), ids=SHAPES.keys())
def test_records_of_other_shapes_are_read(
    tmp_path: Path, value: dict[str, Any], expected: tuple[str, str, bool]
) -> None:
    data = read_data_set(write_lines(tmp_path / "d.jsonl", [value]))
    (found,) = data.records
    assert (found.instruction, found.output, data.chats == 1) == expected


DOLLY = {"instruction": "When?", "context": "In 1999.", "response": "1999", "category": "qa"}
TOLD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "Alpaca": ({"instruction": "x", "input": "y", "output": "z", "id": 1}, []),
    "Dolly": (DOLLY, ["Not measured: the column category."]),
    "preference": (
        {"prompt": "x", "chosen": CHAT, "rejected": CHAT, "score": 1, "source": "s"},
        [
            "The instruction is prompt (2 rows).",
            "Not measured: 2 rejected answers, the columns score, source.",
        ],
    ),
    "chat": (
        {"messages": [{"role": "system", "content": "S"}, *CHAT, *CHAT]},
        [
            "The instruction is the first user turn of messages (2 rows).",
            "Not measured: 2 system turns.",
        ],
    ),
}


@pytest.mark.parametrize(("value", "notes"), TOLD.values(), ids=TOLD.keys())
def test_what_was_chosen_and_what_is_not_measured_is_told(
    tmp_path: Path, value: dict[str, Any], notes: list[str]
) -> None:
    data = read_data_set(write_lines(tmp_path / "d.jsonl", [value] * 2))
    assert data.notes == notes


def test_dollys_context_and_response_are_read(tmp_path: Path) -> None:
    (found,) = read_data_set(write_lines(tmp_path / "d.jsonl", [DOLLY])).records
    assert (found.instruction, found.input, found.output) == ("When?", "In 1999.", "1999")


@pytest.mark.parametrize("pack", [gzip.compress, bytes])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize(
    "content",
    [
        b'{"prompt": "Say hi", "response": "Hi"}\n',
        b'[{"prompt": "Say hi", "response": "Hi"}]',
        b"prompt,response\nSay hi,Hi\n",
        b"prompt\tresponse\nSay hi\tHi\n",
    ],
)
def test_marks_and_gzip_change_nothing(
    tmp_path: Path, content: bytes, mark: bytes, pack: Callable[[bytes], bytes]
) -> None:
    (tmp_path / "d").write_bytes(pack(mark + content))
    (found,) = read_data_set(tmp_path / "d").records
    assert (found.instruction, found.output) == ("Say hi", "Hi")


def test_a_folder_for_load_dataset_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for split, rows in (("train", ROWS[:1]), ("validation", ROWS[1:])):
        write_parquet(tmp_path / "data" / f"{split}-0.parquet", rows)
    assert [r.instruction for r in read_data_set(tmp_path).records] == ["Say hello", "Say bye"]


def test_a_tree_of_the_original_is_to_be_imported(tmp_path: Path) -> None:
    (tmp_path / "tree_meta_info.json").write_text("{}")
    with pytest.raises(InputError, match=f"explore-instruct import {tmp_path}"):
        read_data_set(tmp_path)


def test_hostile_texts_are_read_as_they_are(tmp_path: Path) -> None:
    found = read_data_set(write_lines(tmp_path / "d.jsonl", map(record, HOSTILE)))
    assert [r.instruction for r in found.records] == HOSTILE


def test_a_runs_folder_is_read_whole(tmp_path: Path) -> None:
    run_scripted(tmp_path)
    found = read_data_set(tmp_path)
    stats = json.loads((tmp_path / "stats.json").read_text())
    assert found.stats is not None
    assert (len(found.records), len(found.rejections), len(found.tasks)) == (
        stats["records"],
        stats["rejected"],
        stats["tasks"],
    )
    assert sum(task.kept for task in found.tasks) == stats["records"]
    assert found.tasks[0].parent == ""


def test_names_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    paths = [write_lines(place / "x.jsonl", ROWS) for place in (tmp_path, tmp_path / "b")]
    paths += [write_lines(tmp_path / name, ROWS) for name in ("x (2).jsonl", "x (2).json")]
    names = [data.name for data in read_data_sets(paths)]
    assert names == ["x", "x (2)", "x (2) (2)", "x (2) (3)"]


BROKEN: dict[str, tuple[object, str]] = {
    "no field": ({"ask": "x"}, "line 2: the field 'instruction' is missing"),
    "a number": ({"instruction": 5}, "line 2: the field 'instruction' is a number, no string"),
    "a list": (["x"], "line 2: it is a list"),
    "no user": ({"messages": [{"role": "system", "content": "x"}]}, "no user's turn"),
    "no text": (
        {"messages": [{"role": "user", "content": {"a": 1}}]},
        "its first user's turn is an object, no text",
    ),
    "turns": ({"messages": ["x", None, 5]}, "no user's turn"),
    "path": ({"instruction": "x", "path": 5}, "path: input should be a valid list, not 5"),
    "deep": ({"instruction": "x", "path": ["a"] * 65}, "path: value should have at most 64 items"),
    "surrogate": (
        {"instruction": "x\ud800"},
        "line 2: the field 'instruction' holds half of a surrogate pair; remove it",
    ),
}


@pytest.mark.parametrize(("value", "why"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_row_is_named(tmp_path: Path, value: object, why: str) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text(f"{json.dumps(ROWS[0])}\n{json.dumps(value)}\n")
    with pytest.raises(InputError) as told:
        read_data_set(path)
    assert why in str(told.value)
    assert f"{path}, line 2" in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("broken", [b'{"id": ', b'{"id": "\xff"}', b"5", b'{"id": "r1"}'])
def test_a_broken_line_of_the_dataset_is_named(tmp_path: Path, broken: bytes) -> None:
    whole = json.dumps(ROWS[0]).encode()
    path = tmp_path / "dataset.jsonl"
    path.write_bytes(whole + b"\n" + broken + b"\n" + whole)
    records = read_records(path)
    assert row_of(next(records)) == ROWS[0] | {"call": None}
    with pytest.raises(InputError, match="line 2: "):
        next(records)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "holds no records"),
        (b'{"instruction": "x"', "line 1: it is no JSON"),
        (b'[{"instruction": "x"}', "does not end"),
        (b"[" * 100_000, "nested too deeply"),
        (b"PAR1 is no table", "no Parquet file"),
        (b'{"instruction": "\xff"}', "not UTF-8"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "data"
    path.write_bytes(content)
    with pytest.raises(InputError, match=why):
        read_data_set(path)


def test_folders_without_a_run_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="name a run's folder"):
        read_data_set(tmp_path)
    with pytest.raises(InputError, match="name a file that exists"):
        read_data_set(tmp_path / "none")


@pytest.mark.parametrize(
    ("nodes", "edges"),
    [("ab", ["ab", "ba"]), ("abc", ["ac", "bc"]), ("ab", ["aa", "ab"]), ("a", ["aa"])],
)
def test_a_tree_that_is_none_is_refused(tmp_path: Path, nodes: str, edges: list[str]) -> None:
    write_lines(tmp_path / "dataset.jsonl", ROWS)
    tree: dict[str, Any] = {
        "nodes": [{"id": n, "name": n, "depth": 0} for n in nodes],
        "edges": [{"source": e[0], "target": e[1]} for e in edges],
    }
    (tmp_path / "tree.json").write_text(json.dumps(tree))
    with pytest.raises(InputError, match="is no tree"):
        read_data_set(tmp_path)


def test_broken_companions_are_named(tmp_path: Path) -> None:
    write_lines(tmp_path / "dataset.jsonl", ROWS)
    write_lines(tmp_path / "rejected.jsonl", [rejection("x"), rejection("y", rule=None)])
    with pytest.raises(InputError, match=r"rejected\.jsonl, line 2: rule: input should be"):
        read_data_set(tmp_path)
    (tmp_path / "rejected.jsonl").unlink()
    for value in ('"many"', "-1", "1" + "0" * 400, "NaN"):
        (tmp_path / "stats.json").write_text(f'{{"calls": {value}}}')
        with pytest.raises(InputError, match=r"stats\.json cannot be read"):
            read_data_set(tmp_path)


def test_companions_of_another_kind_are_named_as_what_they_are(tmp_path: Path) -> None:
    write_lines(tmp_path / "dataset.jsonl", ROWS)
    (tmp_path / "calls.jsonl").write_text('{"call": "c"}\n')
    with pytest.raises(InputError, match=r"calls\.jsonl, line 1: the key 'kept' is missing$"):
        read_data_set(tmp_path)
    (tmp_path / "calls.jsonl").write_text("[]")
    with pytest.raises(InputError, match=r"calls\.jsonl holds no JSON Lines"):
        read_data_set(tmp_path)


def test_scores_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    write_lines(tmp_path / "dataset.jsonl", ROWS)
    write_lines(tmp_path / "rejected.jsonl", [rejection("x", score=float("nan"))])
    with pytest.raises(InputError, match="score: input should be a finite number, not nan"):
        read_data_set(tmp_path)


def test_other_peoples_columns_are_taken_as_text(tmp_path: Path) -> None:
    row = {"instruction": "x", "id": 7, "task": 3, "path": "a/b", "input": None}
    (found,) = read_data_set(write_lines(tmp_path / "d.jsonl", [row])).records
    assert (found.id, found.task, found.path, found.input) == ("7", "3", ("a/b",), "")


def test_a_field_of_another_name_is_named(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "d.jsonl", [{"query": "Say hello", "instruction": "not me"}])
    (found,) = read_data_set(path, "query").records
    assert found.instruction == "Say hello"
    with pytest.raises(InputError, match="line 1: the field 'ask' is missing; it has query, instr"):
        read_data_set(path, "ask")
