import json
import os
from pathlib import Path
from typing import Any

import pytest

from errors import InputError
from record import Record
from store.files.original import MAX_DEPTH, META_FILE, OriginalTask, read_original
from store.tree import name_key
from tests.shared_data import DEMO, shared


def branch(name: str, *children: dict[str, Any], file: str | None = None) -> dict[str, Any]:
    return {
        "raw_task_name": name,
        "config_filename": file or f"{name.lower()}.json",
        "reason": f"why {name}",
        "children": list(children),
    }


def write_tree(folder: Path, tree: dict[str, Any]) -> Path:
    """Write the folder, with one record for every task's file."""
    (folder / META_FILE).write_text(json.dumps(tree), encoding="utf-8")
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        waiting += node["children"]
        examples = [{"instruction": node["raw_task_name"], "input": "", "output": "done"}]
        (folder / node["config_filename"]).write_text(json.dumps({"examples": examples}))
    return folder


def test_the_demo_has_9_tasks_and_4433_records() -> None:
    tree = read_original(shared(DEMO))
    records = list(tree.records())
    assert len(tree.tasks) == 9
    assert len(records) == 4433
    assert tree.tasks[0].name == "Assistance for text editting"
    assert {task.parent for task in tree.tasks[1:]} == {0}
    assert sum(task == 0 for task, _ in records) == 2
    assert records[0][1].instruction == "Rewrite this text in another way"


def test_tasks_come_in_preorder_with_parent_and_depth(tmp_path: Path) -> None:
    tree = read_original(
        write_tree(tmp_path, branch("Root", branch("A", branch("A1"), branch("A2")), branch("B")))
    )
    assert [(task.name, task.parent, task.depth) for task in tree.tasks] == [
        ("Root", None, 0),
        ("A", 0, 1),
        ("A1", 1, 2),
        ("A2", 1, 2),
        ("B", 0, 1),
    ]
    assert tree.tasks[2] == OriginalTask("A1", "A1", "why A1", 1, 2)
    assert list(tree.records())[2] == (2, Record("A1", "", "done"))


def test_tasks_of_one_name_get_their_parents_name_and_share_a_file_once(tmp_path: Path) -> None:
    shared = branch("tone", file="tone.json")
    tree = read_original(
        write_tree(
            tmp_path,
            branch("R", branch("A", branch("Tone"), shared), branch("B", shared), branch("b ")),
        )
    )
    names = [task.name for task in tree.tasks]
    assert names == ["R", "A", "Tone", "tone (A)", "B", "tone (B)", "b (R)"]
    assert tree.tasks[5].raw_name == "tone"
    assert len({name_key(name) for name in names}) == len(names)
    assert [task for task, _ in tree.records()] == [0, 1, 2, 4, 6]


def test_a_third_twin_below_one_parent_gets_a_number(tmp_path: Path) -> None:
    tree = read_original(write_tree(tmp_path, branch("R", branch("T"), branch("T"), branch("T"))))
    assert [task.name for task in tree.tasks] == ["R", "T", "T (R)", "T (R 2)"]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere: no such folder; name one that holds"):
        read_original(tmp_path / "nowhere")


def test_a_folder_without_the_tree_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=rf"{META_FILE}: no such file"):
        read_original(tmp_path)


def test_broken_json_is_located(tmp_path: Path) -> None:
    (tmp_path / META_FILE).write_text('{\n  "raw_task_name": ]')
    with pytest.raises(InputError, match=rf"{META_FILE}: Invalid JSON: .* line 2 column 20"):
        read_original(tmp_path)


def test_a_missing_task_file_is_named(tmp_path: Path) -> None:
    write_tree(tmp_path, branch("R", branch("A"))).joinpath("a.json").unlink()
    with pytest.raises(InputError, match=r"a\.json: no such file"):
        read_original(tmp_path)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (
            '{"examples": [{"instruction": "x", "output": 5}]}',
            r"examples\[0\]\.output: .*string.* 5",
        ),
        ('{"examples": [{"instruction": "x"}]}', r"the key 'examples\[0\]\.output' is missing$"),
        ('{"examples": {}}', r"examples: input should be a valid (list|array), not a dict$"),
        ("[]", r"input should be an object, not a list$"),
        ('{"examples": [', r"Invalid JSON: .* line 1 column 14"),
        (b'{"examples": ["\xff"]}', r"Invalid JSON: .*"),
        (json.dumps({"examples": "x" * 999}), r"examples: .* not 'x{39}…'$"),
    ],
)
def test_a_wrong_task_file_names_file_field_and_what_is_allowed(
    tmp_path: Path, content: str | bytes, fault: str
) -> None:
    write_tree(tmp_path, branch("R"))
    data = content if isinstance(content, bytes) else content.encode()
    (tmp_path / "r.json").write_bytes(data)
    with pytest.raises(InputError, match=rf"r\.json: {fault}"):
        read_original(tmp_path)


@pytest.mark.parametrize("name", ["../outside.json", "/etc/passwd", "sub/../../outside.json"])
def test_a_file_outside_the_folder_is_refused_before_it_is_read(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "tree"
    folder.mkdir()
    (tmp_path / "outside.json").write_text('{"examples": []}')
    (folder / META_FILE).write_text(json.dumps(branch("R", file=name)))
    with pytest.raises(InputError, match="leads out of the folder"):
        read_original(folder)


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "tree"
    folder.mkdir()
    (tmp_path / "outside.json").write_text('{"examples": []}')
    (folder / "r.json").symlink_to(tmp_path / "outside.json")
    (folder / META_FILE).write_text(json.dumps(branch("R")))
    with pytest.raises(InputError, match=r"'r\.json' of task 'R' leads out of the folder"):
        read_original(folder)


@pytest.mark.parametrize("name", ["", "a\0b", "x" * 5000, "."])
def test_names_that_cannot_be_files_are_refused(tmp_path: Path, name: str) -> None:
    tree = branch("R")
    tree["config_filename"] = name
    (tmp_path / META_FILE).write_text(json.dumps(tree))
    with pytest.raises(InputError):
        read_original(tmp_path)


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 5000])
def test_depth_is_bounded(tmp_path: Path, levels: int) -> None:
    opening = '{"raw_task_name": "T", "config_filename": "t.json", "children": ['
    (tmp_path / META_FILE).write_text(opening * (levels + 1) + "]}" * (levels + 1))
    (tmp_path / "t.json").write_text('{"examples": []}')
    with pytest.raises(InputError, match=r"at most 32 levels|recursion"):
        read_original(tmp_path)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    write_tree(tmp_path, branch("R"))
    (tmp_path / "r.json").unlink()
    os.mkfifo(tmp_path / "r.json")
    with pytest.raises(InputError, match=r"r\.json is no file"):
        read_original(tmp_path)
