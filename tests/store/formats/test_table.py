import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from store.files.writing import write_jsonl
from store.formats import parquet as parquet_format
from store.formats.format import FileFormat, Row
from store.formats.table import FORMATS

NAMES = ["Tone", "Length", "改写", "Mail"]
FILES = {
    name: form.write
    for name, form in FORMATS.items()
    if isinstance(form, FileFormat) and not form.needs
}
LETTERS = 'aZ0 \t\r\n"\\/,:{}[]\0\x7f\x85\xa0éß改\u2028\u2029\ufeff\uffff😀'


@st.composite
def a_record(draw: st.DrawFn) -> dict[str, Any]:
    path = ["Root", *draw(st.lists(st.sampled_from(NAMES), max_size=3))]
    text = st.text(LETTERS, max_size=12)
    return {
        "id": "",
        "instruction": draw(text),
        "input": draw(text),
        "output": draw(text),
        "task": "/".join(path),
        "path": path,
        "depth": len(path) - 1,
        "model": draw(st.sampled_from(["openai:x", "embedded"])),
        "nearest_id": draw(st.none() | st.just("r0")),
        "nearest_rouge_l": draw(st.none() | st.floats(0, 1)),
        "call": draw(st.none() | st.just("c0")),
    }


def numbered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "id": f"r{position}"} for position, row in enumerate(rows)]


records = st.lists(a_record(), max_size=40).map(numbered)


def a_row(position: int = 0, task: str = "T", path: tuple[str, ...] = ("R", "T")) -> Row:
    texts = {"instruction": f"do {position}", "input": "", "output": "done"}
    return {"id": f"r{position}", **texts, "task": task, "path": list(path)}


@settings(max_examples=50, deadline=None)  # each example writes and syncs five files
@given(rows=records)
def test_every_format_gives_the_records_back(
    rows: list[dict[str, Any]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("export")
    for name, write in FILES.items():
        assert write(folder / name, iter(rows)) == len(rows)
    assert write_jsonl(folder / "jsonl", iter(rows)) == len(rows)

    asked = [
        f"{r['instruction']}\n\n{r['input']}"
        if r["instruction"] and r["input"]
        else r["instruction"] + r["input"]
        for r in rows
    ]
    answers = [r["output"] for r in rows]
    lines = (folder / "jsonl").read_bytes().decode().split("\n")
    assert [json.loads(line) for line in lines[:-1]] == rows
    assert lines[-1] == ""
    assert json.loads((folder / "alpaca").read_text("utf-8")) == [
        {key: row[key] for key in ("instruction", "input", "output")} for row in rows
    ]
    chats = [json.loads(x) for x in (folder / "messages").read_bytes().decode().split("\n")[:-1]]
    assert [[m["role"] for m in chat["messages"]] for chat in chats] == [
        ["user", "assistant"] for _ in rows
    ]
    assert [chat["messages"][0]["content"] for chat in chats] == asked
    assert [chat["messages"][1]["content"] for chat in chats] == answers
    talks = json.loads((folder / "sharegpt").read_text("utf-8"))
    assert [[turn["from"] for turn in t["conversations"]] for t in talks] == [
        ["human", "gpt"] for _ in rows
    ]
    assert [t["conversations"][0]["value"] for t in talks] == asked
    assert [t["conversations"][1]["value"] for t in talks] == answers
    assert parquet.read_table(folder / "parquet").to_pylist() == rows


def test_lists_are_readable_lines_of_plain_unicode(tmp_path: Path) -> None:
    FILES["alpaca"](tmp_path / "a", [{"instruction": "改写", "input": "é", "output": "\n"}] * 2)
    line = '{"instruction": "改写", "input": "é", "output": "\\n"}'
    assert (tmp_path / "a").read_bytes() == f"[\n{line},\n{line}\n]\n".encode()


@pytest.mark.parametrize("name", sorted(FILES))
def test_the_same_records_give_the_same_bytes(tmp_path: Path, name: str) -> None:
    rows = [a_row(position) for position in range(20)]
    FILES[name](tmp_path / "one", rows)
    FILES[name](tmp_path / "two", iter(rows))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_half_a_surrogate_pair_is_a_question_mark_in_every_format(tmp_path: Path) -> None:
    row = {**a_row(), "depth": 1, "output": "half \ud800 a pair"}
    for name, write in FILES.items():
        assert write(tmp_path / name, [row]) == 1
    (read,) = parquet.read_table(tmp_path / "parquet").to_pylist()
    assert read["output"] == "half ? a pair"
    assert b"half ? a pair" in (tmp_path / "alpaca").read_bytes()


def test_parquet_is_written_in_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_format, "ROW_GROUP", 8)
    FILES["parquet"](tmp_path / "p", (a_row(position) for position in range(20)))
    metadata = parquet.ParquetFile(tmp_path / "p").metadata
    assert [metadata.row_group(group).num_rows for group in range(3)] == [8, 8, 4]


def broken() -> Iterator[Row]:
    yield a_row()
    raise ZeroDivisionError


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_failure_half_way_leaves_the_old_file_and_nothing_else(tmp_path: Path, name: str) -> None:
    target = tmp_path / "data"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError):
        FILES[name](target, broken())
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    assert target.read_text() == "old"
