import json
from collections.abc import Callable, Iterator
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from store.tree import Task, TaskTree, TreeError, name_key

# Each line lists spellings of one name.
SPELLINGS = [
    ["Voice", "VOICE", " voice", "Ｖｏｉｃｅ"],
    ["Straße", "STRASSE", "strasse"],
    ["Fix it", "ﬁx  it", "FIX\u00a0IT", "fix\nit"],
    ["Café", "Cafe\u0301", "CAFÉ"],
    ["改写", "改写 "],
    ["a"],
    ["b"],
    ["c"],
]
MEANING = {spelling: n for n, line in enumerate(SPELLINGS) for spelling in line}
a_name = st.sampled_from(sorted(MEANING))


def small() -> TaskTree:
    """Return writing(rewriting(tone, length), mail(thanks))."""
    tree = TaskTree()
    for name, parent in [
        ("writing", None),
        ("rewriting", "t0"),
        ("mail", "t0"),
        ("tone", "t1"),
        ("thanks", "t2"),
        ("length", "t1"),
    ]:
        tree.add(name, f"why {name}", parent)
    return tree


def again(tree: TaskTree) -> TaskTree:
    """Return the tree that the JSON of its node-link data describes."""
    data = json.loads(json.dumps(tree.node_link()))
    copy = TaskTree()
    copy.graph = nx.DiGraph(nx.node_link_graph(data, directed=True, edges="edges"))
    for task_id, node in copy.graph.nodes.items():
        copy._know(Task(task_id, node["name"], node["reason"], node["parent"], node["depth"]))
    return copy


def test_a_task_knows_its_place() -> None:
    tree = small()
    assert tree.task("t3") == Task("t3", "tone", "why tone", parent="t1", depth=2)
    assert tree.root == "t0"
    assert tree.children("t1") == ["t3", "t5"]
    assert tree.children("t3") == []
    assert tree.peers("t3") == ["t5"]
    assert tree.peers("t0") == []
    assert tree.lineage("t5") == ["t0", "t1", "t5"]
    assert tree.path("t5") == ["writing", "rewriting", "length"]
    assert (len(tree), "t5" in tree, "t6" in tree) == (6, True, False)


def test_preorder_visits_children_in_the_order_of_their_admission() -> None:
    tree = small()
    assert list(tree.preorder()) == ["t0", "t1", "t3", "t5", "t2", "t4"]
    assert list(tree.preorder("t1")) == ["t1", "t3", "t5"]
    assert list(TaskTree().preorder()) == []


@pytest.mark.parametrize("spellings", SPELLINGS)
def test_spellings_of_one_name_are_one_name(spellings: list[str]) -> None:
    tree = small()
    added = tree.add(spellings[0], "", "t0")
    for other in spellings:
        assert tree.find(other) == added.id
        with pytest.raises(TreeError, match=r"exists already \(t6\)"):
            tree.add(other, "", "t1")


@given(st.text())
def test_the_key_of_a_key_is_itself(name: str) -> None:
    assert name_key(name_key(name)) == name_key(name)


def test_pruning_takes_the_whole_branch_and_frees_its_names() -> None:
    tree = small()
    assert tree.prune("t1") == ["t1", "t3", "t5"]
    assert list(tree.preorder()) == ["t0", "t2", "t4"]
    assert tree.find("tone") is None
    assert tree.add("tone", "", "t2").id == "t6"


def test_a_renamed_task_keeps_its_place_and_gives_its_name_back() -> None:
    tree = small()
    tree.rename("t1", "Restyling", "a better word")
    assert tree.task("t1") == Task("t1", "Restyling", "a better word", parent="t0", depth=1)
    assert tree.path("t3") == ["writing", "Restyling", "tone"]
    assert (tree.find("rewriting"), tree.find("RESTYLING")) == (None, "t1")
    tree.rename("t1", "restyling", "only its case")
    assert (tree.task("t1").name, tree.find("Restyling")) == ("restyling", "t1")


def test_what_would_break_the_tree_is_refused_and_changes_nothing() -> None:
    tree = small()
    before = json.dumps(tree.node_link())
    refused: list[tuple[Callable[[], object], str]] = [
        (lambda: tree.add("second root", "", None), "exactly the first task"),
        (lambda: tree.add("orphan", "", "t9"), "its parent 't9' is not in the tree"),
        (lambda: tree.add("MAIL", "", "t1"), r"named 'MAIL' exists already \(t2\)"),
        (lambda: tree.task("t9"), "no task 't9'"),
        (lambda: tree.prune("t0"), "the root cannot be pruned"),
        (lambda: tree.prune("t9"), "no task 't9'"),
        (lambda: tree.rename("t1", "mail", ""), r"exists already \(t2\)"),
        (lambda: tree.rename("t9", "new", ""), "no task 't9'"),
    ]
    for change, message in refused:
        with pytest.raises(TreeError, match=message):
            change()
    assert json.dumps(tree.node_link()) == before


def test_an_empty_tree_has_no_root_and_takes_only_a_root() -> None:
    tree = TaskTree()
    with pytest.raises(TreeError, match="add the root first"):
        _ = tree.root
    with pytest.raises(TreeError, match="exactly the first task"):
        tree.add("a", "", "t0")
    assert again(tree).add("a", "", None).id == "t0"


def test_node_link_data_and_the_tree_do_not_share_what_changes() -> None:
    tree = small()
    data = tree.node_link()
    text = json.dumps(data)
    tree.add("new", "", "t0")
    tree.rename("t1", "other", "")
    assert json.dumps(data) == text


class GrowingTree(RuleBasedStateMachine):
    """A TaskTree beside its slow, obvious twin: a list of [id, name, parent], oldest first."""

    def __init__(self) -> None:
        super().__init__()
        self.tree = TaskTree()
        self.twin: list[list[Any]] = []
        self.born = 0

    @initialize(name=a_name)
    def plant(self, name: str) -> None:
        self._add(name, None)

    @rule(name=a_name, data=st.data())
    def add(self, name: str, data: st.DataObject) -> None:
        parent = self._some_task(data)
        if self._takes(name) is None:
            self._add(name, parent)
        else:
            with pytest.raises(TreeError):
                self.tree.add(name, "", parent)

    @rule(name=a_name, data=st.data())
    def rename(self, name: str, data: st.DataObject) -> None:
        task_id = self._some_task(data)
        if self._takes(name) in {None, task_id}:
            self.tree.rename(task_id, name, "new")
            next(row for row in self.twin if row[0] == task_id)[1] = name
        else:
            with pytest.raises(TreeError):
                self.tree.rename(task_id, name, "new")

    @precondition(lambda self: len(self.twin) > 1)
    @rule(data=st.data())
    def prune(self, data: st.DataObject) -> None:
        task_id = data.draw(st.sampled_from([row[0] for row in self.twin[1:]]))
        gone = list(self._below(task_id))
        assert self.tree.prune(task_id) == gone
        self.twin = [row for row in self.twin if row[0] not in gone]

    @rule()
    def store_and_load(self) -> None:
        loaded = again(self.tree)
        assert json.dumps(loaded.node_link()) == json.dumps(self.tree.node_link())
        self.tree = loaded

    @invariant()
    def is_what_the_twin_says(self) -> None:
        if not self.twin:
            return
        assert nx.is_arborescence(self.tree.graph)
        assert list(self.tree.preorder()) == list(self._below("t0"))
        for task_id, name, parent in self.twin:
            task = self.tree.task(task_id)
            assert (task.name, task.parent) == (name, parent)
            assert task.depth == (0 if parent is None else self.tree.task(parent).depth + 1)
            assert self.tree.children(task_id) == self._children(task_id)
            assert self.tree.lineage(task_id)[-1] == task_id
            assert len(self.tree.path(task_id)) == task.depth + 1
        assert {n: self.tree.find(n) for n in MEANING} == {n: self._takes(n) for n in MEANING}

    def _add(self, name: str, parent: str | None) -> None:
        added = self.tree.add(name, "", parent)
        assert added.id == f"t{self.born}"
        self.born += 1
        self.twin.append([added.id, name, parent])

    def _some_task(self, data: st.DataObject) -> str:
        chosen: str = data.draw(st.sampled_from([row[0] for row in self.twin]))
        return chosen

    def _takes(self, name: str) -> str | None:
        return next((row[0] for row in self.twin if MEANING[row[1]] == MEANING[name]), None)

    def _children(self, task_id: str) -> list[str]:
        return [row[0] for row in self.twin if row[2] == task_id]

    def _below(self, task_id: str) -> Iterator[str]:
        yield task_id
        for child in self._children(task_id):
            yield from self._below(child)


GrowingTree.TestCase.settings = settings(max_examples=30, stateful_step_count=25)
TestGrowingTree = GrowingTree.TestCase
