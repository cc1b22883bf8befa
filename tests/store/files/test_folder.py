import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from errors import InputError
from nodes.show.view import whole_tree
from record import Subtask, row_of
from search.limits import Limits
from store.admission import Admission, Origin
from store.exploration import Exploration
from store.files.data_set import read_records
from store.files.folder import (
    CALLS,
    CONFIG,
    DATABASE,
    DATASET,
    REJECTED,
    STATS,
    TREE,
    create,
    dataset_rows,
    existing,
    read_config,
    read_tree,
    rejection_rows,
    update_config,
    write_outputs,
)
from store.journal.log import GENESIS, Entry, Journal
from tests.search.knowing import searching
from tests.store.samples import ORIGIN, RULES, begin, explored, parts, task

CONFIGURED = {"settings": {"depth": 2, "model": None}, "domain": {"name": "邮件", "seeds": ["a"]}}


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    opened = Journal(f"sqlite:///{tmp_path / DATABASE}")
    yield opened
    opened.close()


def a_run(journal: Journal) -> tuple[str, Exploration]:
    """Return the head and the exploration of a run with kept, rejected and pruned work."""
    planted = [begin(), task(0, None, "writing"), task(1, 0, "mail"), task(2, 0, "诗歌")]
    exploration, entries = explored(*planted), planted
    admission = Admission(exploration, Origin("t1", ORIGIN), RULES)
    entries += admission.subtasks(1, [Subtask("Mail", ""), Subtask("Thanks", "")])
    for task_id, instructions in {
        "t1": ["Thank a friend", "Thank a friend!", "No"],
        "t2": ["写一首关于春天的诗"],
        "t3": ["Describe a gift"],
    }.items():
        origin = Origin(task_id, ORIGIN)
        admission = Admission(exploration, origin, RULES)
        found = [admission.record(parts(text)) for text in instructions]
        entries += [*found, Admission(exploration, origin, RULES).close_call(found)]
    return journal.commit(GENESIS, entries), exploration


def after(journal: Journal, head: str, exploration: Exploration, *entries: Entry) -> str:
    for entry in entries:
        exploration.apply(entry)
    return journal.commit(head, entries)


# The folder and its settings


def test_a_new_folder_says_how_to_repeat_the_run(tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "first"
    create(folder, CONFIGURED)
    assert read_config(folder) == CONFIGURED
    text = (folder / CONFIG).read_text("utf-8")
    assert "邮件" in text
    assert text.index("settings:") < text.index("domain:")


def test_an_empty_folder_may_be_used(tmp_path: Path) -> None:
    create(tmp_path, CONFIGURED)
    assert [path.name for path in tmp_path.iterdir()] == [CONFIG]


def test_a_folder_in_use_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear friend")
    with pytest.raises(InputError, match=r"holds files already: name another folder with --out$"):
        create(tmp_path, CONFIGURED)
    (tmp_path / DATABASE).touch()
    with pytest.raises(InputError, match=r"holds another run: name another folder with --out$"):
        create(tmp_path, CONFIGURED)
    update_config(tmp_path, {"domain": {}, "settings": {"model": "openai:x"}})
    with pytest.raises(InputError, match=f"holds another run.*explore-instruct resume {tmp_path}"):
        create(tmp_path, CONFIGURED)
    assert sorted(path.name for path in tmp_path.iterdir()) == [CONFIG, "letter.txt", DATABASE]


def test_a_place_where_no_folder_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="is a file: name another folder"):
        create(tmp_path / "file", CONFIGURED)
    for place in (tmp_path / "file" / "below", tmp_path / ("long" * 100)):
        with pytest.raises(InputError, match="cannot be made"):
            create(place, CONFIGURED)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"domain: [", "cannot be read"),
        (b"domain: \xff", "cannot be read"),
        (b"domain: 2024-13-45", "cannot be read"),
        (b"", "needs the mappings domain and settings"),
        (b"- domain\n- settings\n", "needs the mappings domain and settings"),
        (b"domain: {}", "needs the mappings domain and settings"),
    ],
)
def test_a_config_that_is_none_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / CONFIG).write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_config(tmp_path)


# What is read back


@pytest.mark.parametrize("read", [read_config, read_tree, lambda folder: existing(folder, DATASET)])
def test_a_folder_without_a_run_is_refused(tmp_path: Path, read: Callable[[Path], object]) -> None:
    with pytest.raises(InputError, match=r"is missing.*: name a run's folder"):
        read(tmp_path)
    with pytest.raises(InputError):
        read(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"\xff",
        b"[]",
        b'{"nodes": []}',
        b'{"nodes": 5, "edges": []}',
        b'{"nodes": [{"id": "t0"}], "edges": []}',
        b'{"nodes": [{"id": "", "name": "R", "depth": 0}], "edges": []}',
        b'{"nodes": [{"id": "t0", "name": "R", "depth": 0, "kept": "x"}], "edges": []}',
        b'{"nodes": [], "edges": [{"source": "t0", "target": "t1"}]}',
        b"[" * 100_000,
    ],
)
def test_a_tree_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / TREE).write_bytes(content)
    with pytest.raises(InputError, match=f"{TREE} (cannot be read|is no tree)"):
        read_tree(tmp_path)


def test_a_run_without_its_files_yet_is_told_from_a_folder_without_a_run(tmp_path: Path) -> None:
    create(tmp_path / "run", CONFIGURED)
    with pytest.raises(InputError, match=r"write it with: explore-instruct resume"):
        read_tree(tmp_path / "run")


# What is written


def test_the_files_of_a_run_are_written_and_read_back(tmp_path: Path, journal: Journal) -> None:
    head, exploration = a_run(journal)
    tree = whole_tree(exploration, searching(exploration, Limits(2, (2, 1), 2)))
    write_outputs(tmp_path, journal, head, exploration, tree, {"records": 3, "stopped_by": None})
    assert {path.name for path in tmp_path.iterdir()} >= {DATASET, REJECTED, CALLS, TREE, STATS}
    read = [row_of(record) for record in read_records(tmp_path / DATASET)]
    assert read == list(dataset_rows(journal, head, exploration))
    assert read_tree(tmp_path) == tree
    rejected = (tmp_path / REJECTED).read_text("utf-8").splitlines()
    assert [json.loads(line) for line in rejected] == list(
        rejection_rows(journal, head, exploration)
    )
    assert json.loads((tmp_path / STATS).read_text("utf-8")) == {"records": 3, "stopped_by": None}
    assert "诗歌" in (tmp_path / DATASET).read_text("utf-8")


def test_writing_again_gives_the_same_bytes(tmp_path: Path, journal: Journal) -> None:
    head, exploration = a_run(journal)
    written: list[dict[str, bytes]] = []
    for _ in range(2):
        tree = whole_tree(exploration, searching(exploration, Limits(2, (2, 1), 2)))
        write_outputs(tmp_path, journal, head, exploration, tree, {"records": 3})
        names = (DATASET, REJECTED, CALLS, TREE, STATS)
        written.append({name: (tmp_path / name).read_bytes() for name in names})
    assert written[0] == written[1]


def test_a_row_of_the_dataset_is_a_record_with_its_place(journal: Journal) -> None:
    head, exploration = a_run(journal)
    rows = list(dataset_rows(journal, head, exploration))
    assert rows[0] == {
        "id": "r0",
        "instruction": "Thank a friend",
        "input": "",
        "output": "An answer.",
        "task": "mail",
        "path": ["writing", "mail"],
        "depth": 1,
        "model": "scripted",
        "nearest_id": None,
        "nearest_rouge_l": 0.0,
        "call": "a1",
    }
    assert [(row["id"], row["path"]) for row in rows[1:]] == [
        ("r1", ["writing", "诗歌"]),
        ("r2", ["writing", "mail", "Thanks"]),
    ]
    assert list(rows[0]) == [
        *["id", "instruction", "input", "output", "task", "path", "depth"],
        *["model", "nearest_id", "nearest_rouge_l", "call"],
    ]


def test_a_row_of_the_rejections_says_what_and_why(journal: Journal) -> None:
    head, exploration = a_run(journal)
    name, repeated, short = rejection_rows(journal, head, exploration)
    assert (name["kind"], name["rule"], name["text"], name["task"]) == (
        "task",
        "copy",
        "Mail",
        "mail",
    )
    assert repeated == {
        "kind": "record",
        "rule": "duplicate",
        "score": 1.0,
        "nearest_id": "r0",
        "nearest_text": "Thank a friend",
        "text": "Thank a friend!",
        "task": "mail",
        "why": "ROUGE-L 1.00 with r0",
        "call": "a1",
    }
    assert (short["rule"], short["nearest_id"], short["text"]) == ("length", None, "No")


def test_a_pruned_branch_leaves_the_dataset_but_not_the_rejections(journal: Journal) -> None:
    head, exploration = a_run(journal)
    head = after(journal, head, exploration, Entry("prune", {"task": "t1"}))
    assert [row["id"] for row in dataset_rows(journal, head, exploration)] == ["r1"]
    assert [row["task"] for row in rejection_rows(journal, head, exploration)] == ["mail"] * 3


def test_rows_carry_the_names_that_tasks_have_now(journal: Journal) -> None:
    head, exploration = a_run(journal)
    renamed = Entry("rename", {"task": "t1", "name": "letters", "reason": ""})
    head = after(journal, head, exploration, renamed)
    paths: list[Any] = [row["path"] for row in dataset_rows(journal, head, exploration)]
    assert paths[2] == ["writing", "letters", "Thanks"]
    assert {row["task"] for row in rejection_rows(journal, head, exploration)} == {"letters"}
