import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from errors import InputError, RunError
from store.files import replacing
from store.formats import export
from store.formats.export import FORMATS, Row, sample, split, write_jsonl

NAMES = ["Tone", "Length", "改写", "Mail"]
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
    for name, write in FORMATS.items():
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
    FORMATS["alpaca"](tmp_path / "a", [{"instruction": "改写", "input": "é", "output": "\n"}] * 2)
    line = '{"instruction": "改写", "input": "é", "output": "\\n"}'
    assert (tmp_path / "a").read_bytes() == f"[\n{line},\n{line}\n]\n".encode()


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_same_records_give_the_same_bytes(tmp_path: Path, name: str) -> None:
    rows = [a_row(position) for position in range(20)]
    FORMATS[name](tmp_path / "one", rows)
    FORMATS[name](tmp_path / "two", iter(rows))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_half_a_surrogate_pair_is_a_question_mark_in_every_format(tmp_path: Path) -> None:
    row = {**a_row(), "depth": 1, "output": "half \ud800 a pair"}
    for name, write in FORMATS.items():
        assert write(tmp_path / name, [row]) == 1
    (read,) = parquet.read_table(tmp_path / "parquet").to_pylist()
    assert read["output"] == "half ? a pair"
    assert b"half ? a pair" in (tmp_path / "alpaca").read_bytes()


def test_parquet_is_written_in_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "ROW_GROUP", 8)
    FORMATS["parquet"](tmp_path / "p", (a_row(position) for position in range(20)))
    metadata = parquet.ParquetFile(tmp_path / "p").metadata
    assert [metadata.row_group(group).num_rows for group in range(3)] == [8, 8, 4]


paths = st.lists(st.tuples(st.just("R")) | st.tuples(st.just("R"), st.sampled_from(NAMES)))
placed = paths.map(lambda all_: [a_row(at, path[-1], path) for at, path in enumerate(all_)])


def broken() -> Iterator[Row]:
    yield a_row()
    raise ZeroDivisionError


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_failure_half_way_leaves_the_old_file_and_nothing_else(tmp_path: Path, name: str) -> None:
    target = tmp_path / "data"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError):
        FORMATS[name](target, broken())
    assert [path.name for path in tmp_path.iterdir()] == ["data"]
    assert target.read_text() == "old"


def test_a_place_that_cannot_hold_a_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"missing/x: not a place for a file"):
        write_jsonl(tmp_path / "missing" / "x", [])
    with pytest.raises(InputError, match="name a file in a folder that exists"):
        write_jsonl(tmp_path, [])


def test_a_full_disk_stops_with_the_files_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(replacing, "fsync", no_room)
    with pytest.raises(RunError, match=r"data: cannot be written \(No space left on device\)"):
        write_jsonl(tmp_path / "data", [a_row()])
    assert list(tmp_path.iterdir()) == []


def fair_shares(supply: Counter[str], size: int) -> list[int]:
    """Deal one record a round to every task that has one left: the slow, obvious way."""
    dealt = dict.fromkeys(supply, 0)
    while sum(dealt.values()) < min(size, supply.total()):
        lowest = min(dealt[task] for task in supply if dealt[task] < supply[task])
        task = next(t for t in supply if dealt[t] == lowest and dealt[t] < supply[t])
        dealt[task] += 1
    return sorted(dealt.values())


@given(rows=placed, size=st.integers(0, 20), seed=st.integers(0, 5))
def test_a_sample_is_as_even_over_tasks_as_their_supply_allows(
    rows: list[Row], size: int, seed: int
) -> None:
    drawn = sample(rows, size, seed)
    supply = Counter(row["task"] for row in rows)
    shares = Counter(row["task"] for row in drawn)
    assert sorted(shares[task] for task in supply) == fair_shares(supply, size)
    positions = [int(row["id"][1:]) for row in drawn]
    assert positions == sorted(set(positions))
    assert all(row in sample(rows, size + 1, seed) for row in drawn)


def test_a_sample_follows_from_seed_and_ids_not_from_order() -> None:
    rows = [a_row(position, f"T{position % 3}") for position in range(60)]
    ids = {row["id"] for row in sample(rows, 12, 1)}
    assert {row["id"] for row in sample(rows[::-1], 12, 1)} == ids
    assert {row["id"] for row in sample(rows, 12, 2)} != ids


@given(rows=placed, share=st.floats(0.01, 0.99), seed=st.integers(0, 5))
def test_a_split_never_cuts_a_branch(rows: list[Row], share: float, seed: int) -> None:
    branches = {row["path"][1] for row in rows if len(row["path"]) > 1}
    if len(branches) < 2:
        with pytest.raises(InputError, match="fewer than two branches"):
            split(rows, share, seed)
        return
    train, validation = split(rows, share, seed)
    assert sorted(row["id"] for row in train + validation) == sorted(row["id"] for row in rows)
    held_out = {row["path"][1] for row in validation}
    assert held_out
    assert held_out < branches
    assert all(len(row["path"]) == 1 or row["path"][1] not in held_out for row in train)
    assert split(rows, share, seed) == (train, validation)


def test_a_split_comes_near_the_share() -> None:
    rows = [a_row(i, path=("R", f"B{i % 20}", f"T{i}")) for i in range(400)]
    for share, expected in ((0.05, 20), (0.1, 40), (0.5, 200)):
        assert len(split(rows, share, seed=3)[1]) == expected


@pytest.mark.parametrize("share", [0, 1, -0.1, 1.5, float("nan")])
def test_an_impossible_share_is_named(share: float) -> None:
    with pytest.raises(InputError, match="name one between 0 and 1"):
        split([a_row()], share, seed=0)
