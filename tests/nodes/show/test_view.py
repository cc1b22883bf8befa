import json
from dataclasses import asdict
from random import Random
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nodes.show.view import SHOWN_BRANCHES, SHOWN_TASKS, counts, state_view, whole_tree
from search.limits import Limits
from search.unseen import Estimator
from store.exploration import Exploration
from store.facts import Progress, Rounds
from store.journal.log import Entry
from tests.search.knowing import searching
from tests.store.samples import begin, explored, task

LIMITS = Limits(depth=3, breadth=(4, 3, 2), patience=2)
MOST_BYTES = 32 * 1024
NAMES = {
    "short": "n",
    "English": "a task with a rather long name about mails that nobody wants to",
    "Chinese": "为市场营销团队改写一封很长的电子邮件并且保持礼貌和专业的语气" * 3,
    "quotes": '"\\' * 40,
}


def grown(size: int, widest: int, name: str, seed: int = 0) -> Exploration:
    """Return an exploration of so many tasks, none with more than `widest` children."""
    draw = Random(seed)
    exploration = explored(begin())
    tree = exploration.tree
    room: list[str] = []
    for n in range(size):
        parent = room.pop(draw.randrange(len(room))) if room else None
        added = tree.add(f"{n} {name}", "", parent)
        exploration.progress[added.id] = Progress(draw.randrange(9), draw.randrange(200), 17)
        exploration.rounds[added.id] = Rounds(asked=3, poor=draw.randrange(3))
        room += [added.id] * widest
    return exploration


def size_of(view: dict[str, Any]) -> int:
    return len(json.dumps(view, ensure_ascii=False).encode())


def viewed(exploration: Exploration, limits: Limits) -> dict[str, Any]:
    return state_view(exploration, searching(exploration, limits))


def check_view(exploration: Exploration, limits: Limits) -> dict[str, Any]:
    """Check what holds for every view, and return it."""
    view: dict[str, Any] = viewed(exploration, limits)["tree"]
    assert json.loads(json.dumps(view)) == view
    assert size_of(view) < MOST_BYTES
    graph: nx.DiGraph[str] = nx.DiGraph(nx.node_link_graph(view, edges="edges"))
    assert nx.is_arborescence(graph)
    shown = {node["id"]: node for node in view["nodes"]}
    assert list(shown) == [task_id for task_id in exploration.tree.preorder() if task_id in shown]
    for task_id, node in shown.items():
        assert list(graph.predecessors(task_id)) == [p for p in [node["parent"]] if p is not None]
        visible = [task_id, *nx.descendants(graph, task_id)]
        folded = sum(shown[other].get("folded", 0) for other in visible)
        assert len(visible) + folded == len(list(exploration.tree.preorder(task_id)))
    return view


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("widest", [3, 50])
def test_the_view_of_two_thousand_tasks_is_small_and_closed(name: str, widest: int) -> None:
    exploration = grown(2_000, widest, name)
    view = check_view(exploration, LIMITS)
    assert len(view["nodes"]) <= SHOWN_TASKS
    branches = exploration.tree.children("t0")
    assert {node["id"] for node in view["nodes"]} & set(branches)


def test_of_a_large_tree_finished_branches_are_folded_to_a_node_each() -> None:
    exploration = grown(1_000, 4, "a task of usual length")
    done = Limits(1, (1,), patience=2)
    view = check_view(exploration, done)
    shown = {node["id"] for node in view["nodes"]}
    assert shown == {"t0", *exploration.tree.children("t0")}
    assert sum(node.get("folded", 0) for node in view["nodes"]) == 1_000 - len(view["nodes"])


@settings(max_examples=25)
@given(
    size=st.integers(1, 400),
    widest=st.integers(1, 60),
    name=st.sampled_from(list(NAMES.values())),
    seed=st.integers(0, 999),
)
def test_a_view_is_a_closed_tree_whose_folded_tasks_add_up(
    size: int, widest: int, name: str, seed: int
) -> None:
    exploration = grown(size, widest, name, seed)
    deepest = max(exploration.tree.task(t).depth for t in exploration.tree.preorder())
    breadth = (min(widest, 4),) * (deepest + 1)
    check_view(exploration, Limits(deepest + seed % 2, breadth, patience=2))


def test_a_tree_of_usual_size_is_shown_whole() -> None:
    view = viewed(grown(150, 4, "a task of usual length"), LIMITS)["tree"]
    assert len(view["nodes"]) == 150
    assert not any("folded" in node for node in view["nodes"])


def test_a_shown_task_says_how_it_stands() -> None:
    exploration = explored(
        begin(),
        task(0, None, "writing"),
        task(1, 0, "mail"),
        task(2, 1, "thanks" * 20),
        Entry("round", {"task": "t1", "asked": 1, "proposed": 3, "admitted": 0}),
        Entry("round", {"task": "t1", "asked": 1, "proposed": 3, "admitted": 0}),
        Entry("call", {"task": "t2", "kept": 4, "rejected": 1}),
    )
    view = viewed(exploration, Limits(2, (1, 2), patience=2))["tree"]
    none = {"kept": 0, "rejected": 0}
    assert view["nodes"] == [
        {"id": "t0", "name": "writing", "parent": None, "depth": 0, "status": "complete"} | none,
        {"id": "t1", "name": "mail", "parent": "t0", "depth": 1, "status": "saturated"} | none,
        {
            "id": "t2",
            "name": "thanks" * 10,
            "parent": "t1",
            "depth": 2,
            "status": "depth",
            "kept": 4,
            "rejected": 1,
        },
    ]
    assert view["edges"] == [{"source": "t0", "target": "t1"}, {"source": "t1", "target": "t2"}]


def test_branches_at_work_are_shown_before_settled_ones() -> None:
    """Of 300 children 150 are open, the younger half."""
    tasks = [task(n, 0, f"branch {n}") for n in range(1, 301)]
    exploration = explored(begin(), task(0, None, "root"))
    for entry in tasks:
        exploration.tree.add(entry.body["name"], "", "t0")
        exploration.progress[entry.body["id"]] = Progress()
    settled = {f"t{n}": Rounds(asked=2, poor=2) for n in range(1, 151)}
    exploration.rounds = settled
    limits = Limits(2, (300, 2), patience=2)
    view = check_view(exploration, limits)
    shown = {node["id"] for node in view["nodes"]}
    assert {f"t{n}" for n in range(151, 301)} <= shown
    assert view["nodes"][0]["folded"] == 301 - len(view["nodes"]) > 0


def test_the_whole_tree_has_every_task_with_its_reason_and_counts() -> None:
    exploration = grown(300, 4, NAMES["Chinese"])
    data = whole_tree(exploration, searching(exploration, LIMITS))
    assert [node["id"] for node in data["nodes"]] == list(exploration.tree.graph)
    search = searching(exploration, LIMITS)
    for node in data["nodes"]:
        found, done = exploration.tree.task(node["id"]), exploration.progress[node["id"]]
        assert (node["name"], node["reason"], node["depth"]) == (found.name, "", found.depth)
        assert (node["kept"], node["rejected"]) == (done.kept, done.rejected)
        assert node["status"] == search.status(node["id"])
    assert "status" not in exploration.tree.node_link()["nodes"][0]


def test_the_summary_counts_by_depth_branch_and_rule() -> None:
    exploration = explored(
        begin(),
        task(0, None, "writing"),
        task(1, 0, "mail"),
        task(2, 0, "poems"),
        task(3, 1, "thanks"),
        task(4, 1, "offers"),
        *[Entry("round", {"task": "t4", "asked": 1, "proposed": 1, "admitted": 0})] * 2,
        Entry("call", {"task": "t1", "kept": 2, "rejected": 1}),
        Entry("call", {"task": "t3", "kept": 3, "rejected": 0}),
        *[
            Entry("rejection", {"kind": "record", "task": "t1", "text": "x", "rule": rule})
            for rule in ("rouge_l", "copy", "rouge_l")
        ],
    )
    limits = Limits(3, (2, 2, 1), patience=2)
    assert viewed(exploration, limits)["exploration"] == {
        "tasks_by_depth": {"0": 1, "1": 2, "2": 2},
        "unseen": None,
        "branches": [
            {
                "task": "t1",
                "name": "mail",
                "tasks": 3,
                "records": 5,
                "saturation": 0.33,
                "settled": False,
                "unseen": None,
            },
            {
                "task": "t2",
                "name": "poems",
                "tasks": 1,
                "records": 0,
                "saturation": 0.0,
                "settled": False,
                "unseen": None,
            },
        ],
        "rejected_by_rule": {"copy": 1, "rouge_l": 2},
    }
    assert counts(exploration) == {"tasks": 5, "records": 5, "rejected": 3}


def test_the_summary_says_how_much_is_still_to_be_found_in_all_and_in_each_branch() -> None:
    exploration = explored(
        begin(),
        task(0, None, "writing"),
        *[task(n, 0, f"kind {n}") for n in range(1, 120)],
        *[
            Entry("round", {"task": f"t{n}", "asked": 1, "proposed": 1, "admitted": 0})
            for n in (0, 1)
        ],
    )
    estimator = Estimator(exploration.standings)
    figures = viewed(exploration, LIMITS)["exploration"]
    assert estimator.in_all is not None
    assert figures["unseen"] == asdict(estimator.in_all)
    branch = estimator.below([exploration.standings["t2"]])
    assert branch is not None
    assert figures["branches"][1]["unseen"] == asdict(branch)


def test_the_summary_of_many_branches_stays_small() -> None:
    exploration = grown(1, 99, NAMES["Chinese"])
    for n in range(1, 61):
        added = exploration.tree.add(f"{n} {NAMES['Chinese']}", "", "t0")
        exploration.progress[added.id] = Progress()
    figures = viewed(exploration, LIMITS)["exploration"]
    assert [branch["task"] for branch in figures["branches"]] == [
        f"t{n}" for n in range(1, SHOWN_BRANCHES + 1)
    ]
    assert size_of(figures) < 8 * 1024


def test_before_the_first_task_there_is_nothing_to_show() -> None:
    exploration = explored()
    assert viewed(exploration, LIMITS)["tree"]["nodes"] == []
    assert viewed(exploration, LIMITS)["exploration"] == {
        "tasks_by_depth": {},
        "unseen": None,
        "branches": [],
        "rejected_by_rule": {},
    }
    assert counts(exploration) == {"tasks": 0, "records": 0, "rejected": 0}
