"""The tree as lines: whole where it fits, else its upper levels, each branch to be shown."""

from random import Random

import pytest

from nodes.show.outline import SHOWN_BYTES, outline
from store.tree import TaskTree


def grown(size: int, name: str, widest: int = 6) -> TaskTree:
    draw, tree = Random(size), TaskTree()
    room: list[str] = []
    for n in range(size):
        parent = room.pop(draw.randrange(len(room))) if n else None
        room += [tree.add(f"{n} {name}", "", parent).id] * widest
    return tree


@pytest.mark.parametrize("size", [1, 31, 205, 300])
def test_a_tree_of_usual_size_is_shown_whole(size: int) -> None:
    tree = grown(size, "a task with a name of usual length")
    lines = outline(tree, tree.root)
    assert len(lines) == size
    ids = [line.replace("· ", "").split()[0] for line in lines]
    assert ids == list(tree.preorder())
    assert [line.count("· ") for line in lines] == [tree.task(task).depth for task in ids]


@pytest.mark.parametrize("name", ["a task", "为市场营销团队改写一封很长的电子邮件" * 4, "· " * 40])
def test_of_any_tree_every_task_can_be_reached(name: str) -> None:
    tree = grown(4_000, name)
    left, seen = [tree.root], set[str]()
    while left:
        lines = outline(tree, left.pop())
        assert sum(len(line.encode()) for line in lines) < 1.5 * SHOWN_BYTES
        seen |= {line.lstrip("· ").split(maxsplit=1)[0] for line in lines}
        left += [line.rpartition("show ")[2][:-1] for line in lines if line.endswith(")")]
    assert seen == set(tree.preorder())


def test_a_name_cannot_break_its_line_or_the_terminal() -> None:
    tree = TaskTree()
    tree.add("one\ntwo\x1b[31m \u202ered", "", None)
    assert outline(tree, tree.root) == ["t0 one two[31m red"]
